internal import TufaBytes

/// The header page of a log segment (`Docs/Format/Log.md`, "Segment header").
struct SegmentHeader: Equatable {
    static let byteCount = FilePrologue.pageByteCount

    var prologue: FilePrologue
    /// The position of the segment's first event.
    var firstPosition: UInt64
    /// A random number that every frame repeats, so that no bytes from elsewhere pass for a frame.
    var salt: UInt64
    /// Length of the whole file, in bytes.
    var byteCount: UInt64
    /// The checksum of the last frame of the segment before, or 0.
    var previousChecksum: UInt32
    /// The time of the last commit before this segment, or the least number.
    var previousTime: Int64

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: Self.byteCount)
        prologue.append(.segment, to: &writer)
        writer.u64(firstPosition)
        writer.u64(salt)
        writer.u64(byteCount)
        writer.u32(previousChecksum)
        writer.u32(0)
        writer.i64(previousTime)
        FilePrologue.close(&writer, pageStart: 0)
        return writer.array
    }

    /// Reads the header of an open segment and checks it against the name and length of its file.
    static func read(_ file: any File, name: String, forWriting: Bool) throws -> SegmentHeader {
        let page = try file.bytes(count: Self.byteCount, at: 0)
        let header = try decode(page, name: name, forWriting: forWriting)
        let actual = try file.byteCount()
        guard actual == header.byteCount else {
            throw DatabaseError(
                .damaged, "The segment has \(actual) bytes; its header says \(header.byteCount).",
                file: name, offset: min(actual, header.byteCount))
        }
        return header
    }

    /// Reads the header page and checks it against the name of its file.
    static func decode(
        _ page: [UInt8], name: String, forWriting: Bool = false
    ) throws -> SegmentHeader {
        let header = try decodeAnyName(page, name: name, forWriting: forWriting)
        try header.requireName(name)
        return header
    }

    /// Reads the header page, under whatever name the file stands.
    static func decodeAnyName(
        _ page: [UInt8], name: String, forWriting: Bool = false
    ) throws -> SegmentHeader {
        try FilePrologue.read(.segment, page, file: name, forWriting: forWriting) {
            var header = SegmentHeader(
                prologue: $0, firstPosition: try $1.u64(), salt: try $1.u64(),
                byteCount: try $1.u64(), previousChecksum: try $1.u32(), previousTime: 0)
            try $1.skip(4)
            header.previousTime = try $1.i64()
            return header
        }
    }

    /// Throws where the file stands under another name than its own.
    func requireName(_ name: String) throws {
        guard FileNames.segment(firstPosition) == name else {
            throw DatabaseError(
                .foreignFile, "The segment begins at position \(firstPosition), against its name.",
                file: name, advice: "Give the file its own name back.")
        }
    }
}
