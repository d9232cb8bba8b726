internal import TufaBytes

/// Finds every whole frame of one segment, whatever stands between them.
struct SegmentSalvage {
    private let file: any File
    private let name: String
    private let byteCount: UInt64
    /// What every frame repeats; nil where the header of the segment does not say it.
    private var salt: UInt64?
    /// Frames from here on were never acknowledged.
    private let tornOffset: UInt64?
    /// No event of the segment has this position or a later one.
    private let limit: UInt64
    private(set) var runs: [SalvageRun] = []
    private(set) var spots: [SalvageSpot] = []
    private(set) var schemas: [(position: UInt64, bytes: [UInt8])] = []
    /// The position that comes after the last one, by the seal of the segment; nil without one.
    private(set) var sealedPosition: UInt64?
    /// The position that comes after the last whole frame.
    private(set) var expected: UInt64

    init(
        _ file: any File, name: String, firstPosition: UInt64, salt: UInt64?, limit: UInt64,
        tornOffset: UInt64?
    ) throws {
        self.file = file
        self.name = name
        self.salt = salt
        self.limit = limit
        self.tornOffset = tornOffset
        byteCount = try file.byteCount()
        expected = firstPosition
    }

    /// Reads the segment; behind a seal nothing is looked at.
    mutating func run() throws {
        if salt == nil { salt = try commonSalt() }
        guard let salt else { return }
        var at = UInt64(SegmentHeader.byteCount)
        var isInBadPart = false
        while at + UInt64(FrameHeader.byteCount) <= byteCount, at < tornOffset ?? .max {
            guard let header = try header(at), header.salt == salt else {
                let next = try nextHeader(after: at, salt)
                if !isInBadPart, try next != nil || !isZero(from: at) {
                    note(at, "No whole frame begins here.")
                }
                guard let next else { return }
                isInBadPart = true
                at = next
                continue
            }
            if header.kind == .seal {
                if header.firstPosition >= expected {
                    sealedPosition = header.firstPosition
                    return
                }
                at += UInt64(FrameHeader.byteCount)
                continue
            }
            isInBadPart = try !take(header, at)
            at += header.frameByteCount
        }
    }

    private mutating func note(_ offset: UInt64, _ reason: String) {
        spots.append(.init(file: name, offset: offset, reason: reason, expected: expected))
    }

    /// Notes the frame; false where what it holds is not whole.
    private mutating func take(_ header: FrameHeader, _ at: UInt64) throws -> Bool {
        let last = header.firstPosition &+ UInt64(header.eventCount) &- 1
        guard header.firstPosition >= expected, last >= header.firstPosition, last < limit else {
            note(at, "The frame has positions that cannot be here.")
            return false
        }
        do {
            let content = try SalvageContent.frame(header, in: file, at: at)
            var found: [(UInt64, [UInt8])] = []
            let times = try SalvageContent.walk(content, first: header.firstPosition, last: last) {
                for event in $0.events where event.header.kind == .schema {
                    found.append((event.position, unsafe Array(event.payload)))
                }
            }
            schemas += found.map { (position: $0.0, bytes: $0.1) }
            runs.append(
                SalvageRun(
                    file: name, offset: at, first: header.firstPosition, last: last,
                    firstTime: times.first, lastTime: times.last,
                    form: .frame(payloadByteCount: Int(header.payloadByteCount))))
            expected = last + 1
            return true
        } catch let problem as FormatProblem {
            note(at, "The frame is damaged: \(problem.reason).")
            return false
        }
    }

    private func header(_ at: UInt64) throws -> FrameHeader? {
        let bytes = try file.bytes(count: FrameHeader.byteCount, at: at)
        guard bytes.count == FrameHeader.byteCount else { return nil }
        return unsafe bytes.withUnsafeBytes { bytes in
            // Safe: the bytes were counted, so there is an address.
            unsafe try? FrameHeader.load(bytes.baseAddress.unsafelyUnwrapped).get()
        }
    }

    private func nextHeader(after start: UInt64, _ salt: UInt64) throws -> UInt64? {
        var at = start + 8
        while let next = try MagicScan.next(FrameHeader.magic, in: file, from: at) {
            if let header = try header(next), header.salt == salt { return next }
            at = next + 8
        }
        return nil
    }

    private func isZero(from start: UInt64) throws -> Bool {
        var at = start
        while at < byteCount {
            let piece = try file.bytes(count: 1 << 20, at: at)
            if piece.isEmpty { return true }
            if !piece.allSatisfy({ $0 == 0 }) { return false }
            at += UInt64(piece.count)
        }
        return true
    }

    /// The salt that most frames of a segment have whose own header cannot be read.
    private func commonSalt() throws -> UInt64? {
        var counts: [UInt64: Int] = [:]
        var at = UInt64(SegmentHeader.byteCount)
        while let next = try MagicScan.next(FrameHeader.magic, in: file, from: at) {
            at = next + 8
            guard let header = try header(next) else { continue }
            counts[header.salt, default: 0] += 1
            at = max(at, next + UInt64(FrameHeader.byteCount))
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
