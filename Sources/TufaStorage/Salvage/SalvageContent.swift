internal import TufaBytes

/// The commits of one frame or block, read and checked by themselves.
enum SalvageContent {
    /// The raw commits of a block, whose header is known good, from where its stored bytes begin.
    static func block(
        _ block: ArchiveBlock, in file: any File, at offset: UInt64
    ) throws -> [UInt8] {
        let count = Int(block.storedByteCount)
        let room = try file.byteCount()
        let start = offset + UInt64(ArchiveBlock.byteCount)
        guard start <= room, UInt64(count) <= room - start else {
            throw FormatProblem("a block is cut off")
        }
        let stored = try file.bytes(count: count, at: start)
        guard stored.count == count, CRC32C.checksum(stored) == block.checksum else {
            throw FormatProblem("the checksum of a block does not match")
        }
        let byteCount = Int(block.rawByteCount)
        var columns = ByteWriter(capacity: 0)
        return try unsafe [UInt8](
            unsafeUninitializedCapacity: byteCount
        ) { target, initialized in
            let room = unsafe UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(target)[..<byteCount])
            unsafe try stored.withUnsafeBytes { unsafe try block.unpack($0, into: room, &columns) }
            initialized = byteCount
        }
    }

    /// The payload of a frame, whose header is known good.
    static func frame(
        _ header: FrameHeader, in file: any File, at offset: UInt64
    ) throws -> [UInt8] {
        let count = Int(header.payloadByteCount)
        let room = try file.byteCount()
        let start = offset + UInt64(FrameHeader.byteCount)
        guard header.payloadByteCount & 7 == 0, header.eventCount > 0,
            count <= FrameHeader.maximumPayloadByteCount, start <= room,
            UInt64(count) <= room - start
        else { throw FormatProblem("the length of the frame is impossible") }
        let payload = try file.bytes(count: count, at: start)
        guard payload.count == count, CRC32C.checksum(payload) == header.payloadChecksum else {
            throw FormatProblem("the checksum of the commits does not match")
        }
        return payload
    }

    /// Hands the commits over, and gives the time of the first and the last.
    ///
    /// - Throws: ``FormatProblem`` where they are not what their header says.
    @discardableResult
    static func walk(
        _ content: [UInt8], first: UInt64, last: UInt64,
        _ body: (CommitReader.Commit) throws -> Void
    ) throws -> (first: Int64, last: Int64) {
        unsafe try content.withUnsafeBytes { bytes in
            var reader = unsafe CommitReader(bytes, firstPosition: first, after: .min)
            var firstTime: Int64?
            while let commit = try reader.next() {
                firstTime = firstTime ?? commit.time
                try body(commit)
            }
            guard let firstTime, reader.nextPosition == last &+ 1 else {
                throw FormatProblem("the commits are not those that their header names")
            }
            return (firstTime, reader.lastTime)
        }
    }
}
