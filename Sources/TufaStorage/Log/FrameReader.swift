internal import TufaBytes

/// Reads the frames of one segment, in large pieces, into one buffer that is kept.
@safe final class FrameReader {
    /// What stands where the next frame should be.
    enum Step {
        /// A whole frame; its commits are in ``FrameReader/payload``.
        case frame(FrameHeader)
        /// The end that was written when the log was closed or went on in the next segment.
        case seal(FrameHeader)
        /// Zeros, or less room than a header takes.
        case zeros
        /// Anything else.
        case bad(FormatProblem)
    }

    static let pieceByteCount = 2 << 20

    let file: any File
    let name: String
    let segment: SegmentHeader
    /// Where the frame of the last step begins.
    private(set) var frameOffset: UInt64
    /// Where the next frame begins.
    private(set) var offset: UInt64
    /// What the next frame must begin with.
    private(set) var nextPosition: UInt64
    /// The time that the commits of the next frame must pass.
    private(set) var lastTime: Int64
    private var timeBefore: Int64
    /// What the next frame must be linked to.
    private(set) var previousChecksum: UInt32

    /// The payload of a frame that ends at or before this position is neither read nor checked.
    var skipsThrough: UInt64 = 0

    private var buffer: UnsafeMutableRawPointer
    private var capacity: Int
    private var bufferStart: UInt64 = 0
    private var bufferCount = 0
    private var payloadStart = 0
    private var payloadCount = 0

    init(_ file: any File, name: String, _ segment: SegmentHeader) {
        self.file = file
        self.name = name
        self.segment = segment
        offset = UInt64(SegmentHeader.byteCount)
        frameOffset = offset
        nextPosition = segment.firstPosition
        lastTime = segment.previousTime
        timeBefore = lastTime
        previousChecksum = segment.previousChecksum
        capacity = Int(min(UInt64(Self.pieceByteCount), max(segment.byteCount, 4096)))
        unsafe buffer = .allocate(byteCount: capacity, alignment: 64)
    }

    deinit { unsafe buffer.deallocate() }

    /// The commits of the last frame, until the next step.
    @unsafe var payload: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: buffer + payloadStart, count: payloadCount)
    }

    /// Puts `count` bytes at `start` into the buffer and says where they are; fewer at the end.
    private func load(_ start: UInt64, _ count: Int) throws -> (at: Int, count: Int) {
        if start < bufferStart || start - bufferStart + UInt64(count) > UInt64(bufferCount) {
            if count > capacity {
                unsafe buffer.deallocate()
                capacity = count
                unsafe buffer = .allocate(byteCount: capacity, alignment: 64)
            }
            bufferStart = start
            bufferCount = 0
            bufferCount = unsafe try file.read(
                into: UnsafeMutableRawBufferPointer(start: buffer, count: capacity), at: start)
        }
        let at = Int(start - bufferStart)
        return (at, min(count, bufferCount - at))
    }

    /// Reads and checks the next frame.
    func next() throws -> Step {
        frameOffset = offset
        payloadCount = 0
        guard offset + UInt64(FrameHeader.byteCount) <= segment.byteCount else { return .zeros }
        let (at, count) = try load(offset, FrameHeader.byteCount)
        guard count == FrameHeader.byteCount else {
            return .bad(FormatProblem("the file is shorter than its header says"))
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: buffer + at, count: count)
        if unsafe ZeroScan.isZero(bytes) { return .zeros }
        let header: FrameHeader
        switch unsafe FrameHeader.load(buffer + at) {
        case .failure(let problem): return .bad(problem)
        case .success(let loaded): header = loaded
        }
        if let problem = problem(with: header) { return .bad(problem) }
        if header.kind == .seal { return .seal(header) }
        if nextPosition &+ UInt64(header.eventCount) &- 1 <= skipsThrough {
            accept(header)
            return .frame(header)
        }
        let payload = try load(
            offset + UInt64(FrameHeader.byteCount), Int(header.payloadByteCount))
        guard payload.count == Int(header.payloadByteCount) else {
            return .bad(FormatProblem("the file is shorter than its header says"))
        }
        let body = unsafe UnsafeRawBufferPointer(start: buffer + payload.at, count: payload.count)
        guard unsafe CRC32C.checksum(body) == header.payloadChecksum else {
            return .bad(FormatProblem("the checksum of the commits does not match"))
        }
        payloadStart = payload.at
        payloadCount = payload.count
        accept(header)
        return .frame(header)
    }

    private func accept(_ header: FrameHeader) {
        offset += header.frameByteCount
        nextPosition &+= UInt64(header.eventCount)
        previousChecksum = header.checksum
        timeBefore = lastTime
        lastTime = header.lastTime
    }

    private func problem(with header: FrameHeader) -> FormatProblem? {
        if header.salt != segment.salt {
            return FormatProblem("the frame was written to another segment")
        }
        if header.previousChecksum != previousChecksum {
            return FormatProblem("the frame does not follow the one before it")
        }
        if header.firstPosition != nextPosition {
            return FormatProblem(
                "position \(nextPosition) is expected and \(header.firstPosition) found")
        }
        if header.kind == .seal {
            return header.payloadByteCount == 0 ? nil : FormatProblem("a seal has a payload")
        }
        if header.payloadByteCount & 7 != 0 || header.eventCount == 0
            || header.payloadByteCount > FrameHeader.maximumPayloadByteCount
            || offset + header.frameByteCount > segment.byteCount
        {
            return FormatProblem("the length of the frame is impossible")
        }
        return nil
    }

    /// Walks the commits of the last frame; what is wrong with them is damage, as they were whole.
    func commits(
        of header: FrameHeader, _ body: (CommitReader.Commit) throws -> Bool
    ) throws -> Bool {
        var reader = unsafe CommitReader(
            payload, firstPosition: header.firstPosition, after: timeBefore)
        var count: UInt32 = 0
        do {
            while let commit = try reader.next() {
                count &+= 1
                if try !body(commit) { return false }
            }
            guard count == header.commitCount, reader.nextPosition == nextPosition,
                reader.lastTime == header.lastTime
            else { throw FormatProblem("the counts of the frame do not agree with its commits") }
        } catch let problem as FormatProblem {
            throw problem.damage(file: name, base: frameOffset + UInt64(FrameHeader.byteCount))
        }
        return true
    }
}

/// Asks whether bytes are zeros, eight at a time.
enum ZeroScan {
    @unsafe
    static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe lastNonZero(bytes) == nil
    }

    /// The index of the last byte that is not zero.
    @unsafe
    static func lastNonZero(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var end = bytes.count
        while end & 7 != 0 {
            // Safe: end is above zero here and at most count.
            if unsafe bytes[end - 1] != 0 { return end - 1 }
            end -= 1
        }
        while end > 0 {
            if unsafe bytes.loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) != 0 { break }
            end -= 8
        }
        while end > 0 {
            if unsafe bytes[end - 1] != 0 { return end - 1 }
            end -= 1
        }
        return nil
    }
}
