internal import TufaBytes

/// The 56 bytes before the stored bytes of a block (`Docs/Format/Archive.md`, "Block").
struct ArchiveBlock: Equatable {
    static let byteCount = 56
    static let magic: UInt32 = 0x4b4c_4254
    /// How many raw bytes a block holds, unless a single commit has more.
    static let rawByteCount = 64 << 10
    /// A flag: the commits are stored as they are.
    static let storedRaw: UInt32 = 1
    /// A flag: the commits are stored by columns.
    static let byColumns: UInt32 = 2

    var rawByteCount: UInt32 = 0
    var storedByteCount: UInt32 = 0
    var flags: UInt32 = 0
    var firstPosition: UInt64
    var eventCount: UInt32 = 0
    var commitCount: UInt32 = 0
    var firstTime: Int64
    var lastTime: Int64
    /// The checksum of the stored bytes.
    var checksum: UInt32 = 0

    var lastPosition: UInt64 { firstPosition &+ UInt64(eventCount) &- 1 }

    /// Header, stored bytes and what fills them up to a multiple of eight.
    var wholeByteCount: UInt64 {
        UInt64(Self.byteCount) + (UInt64(storedByteCount) + 7) & ~7
    }

    func append(to writer: inout ByteWriter) {
        let start = writer.count
        writer.u32(Self.magic)
        writer.u32(rawByteCount)
        writer.u32(storedByteCount)
        writer.u32(flags)
        writer.u64(firstPosition)
        writer.u32(eventCount)
        writer.u32(commitCount)
        writer.i64(firstTime)
        writer.i64(lastTime)
        writer.u32(checksum)
        let checksum = unsafe CRC32C.checksum(
            UnsafeRawBufferPointer(rebasing: writer.view[start...]))
        writer.u32(checksum)
    }

    static func read(_ reader: inout ByteReader) throws -> ArchiveBlock {
        let offset = reader.offset
        let bytes = unsafe try reader.bytes(byteCount)
        var fields = unsafe ByteReader(bytes)
        guard try fields.u32() == magic else {
            throw FormatProblem("no block begins here", at: offset)
        }
        let stored = unsafe UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: byteCount - 4, as: UInt32.self))
        let covered = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(byteCount - 4)])
        guard unsafe CRC32C.checksum(covered) == stored else {
            throw FormatProblem("the checksum of a block header does not match", at: offset)
        }
        var block = ArchiveBlock(firstPosition: 0, firstTime: 0, lastTime: 0)
        block.rawByteCount = try fields.u32()
        block.storedByteCount = try fields.u32()
        block.flags = try fields.u32()
        block.firstPosition = try fields.u64()
        block.eventCount = try fields.u32()
        block.commitCount = try fields.u32()
        block.firstTime = try fields.i64()
        block.lastTime = try fields.i64()
        block.checksum = try fields.u32()
        // What LZ4 can make of a block, and columns of that: checked before anything is allocated.
        let longest = longest(from: Int(block.storedByteCount))
        let most =
            switch block.flags {
            case 0: longest
            case storedRaw: Int(block.storedByteCount)
            case byColumns: 3 * longest
            default: -1
            }
        guard block.eventCount > 0, block.rawByteCount <= most,
            block.rawByteCount <= FrameHeader.maximumPayloadByteCount,
            block.flags != storedRaw || block.rawByteCount == block.storedByteCount
        else { throw FormatProblem("the lengths of a block do not agree", at: offset) }
        return block
    }
}

/// One line of the index: a block and where it is.
struct ArchiveIndexEntry: Equatable {
    static let byteCount = ArchiveBlock.byteCount + 8

    var offset: UInt64
    var block: ArchiveBlock
}

/// The first page of an archive, and the last one, which says more.
struct ArchiveTrailer: Equatable {
    /// An incompatible feature: blocks may be stored by columns.
    static let columnsFeature: UInt32 = 1

    /// Whether blocks may be stored by columns.
    var hasColumns: Bool { prologue.incompatible & Self.columnsFeature != 0 }

    var prologue: FilePrologue
    var first: UInt64
    var last: UInt64
    var previousHash: RowID
    var firstTime: Int64 = 0
    var lastTime: Int64 = 0
    var blockCount: UInt64 = 0
    var indexOffset: UInt64 = 0
    var indexChecksum: UInt32 = 0
    /// The checksum of all raw bytes, one block after the other.
    var rawChecksum: UInt32 = 0
    var rawByteCount: UInt64 = 0
    var hash: RowID = .none
    var fileByteCount: UInt64 = 0

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: FilePrologue.pageByteCount)
        prologue.append(.archive, to: &writer)
        writer.u64(first)
        writer.u64(last)
        FilePrologue.appendID(previousHash, to: &writer)
        writer.i64(firstTime)
        writer.i64(lastTime)
        writer.u64(blockCount)
        writer.u64(indexOffset)
        writer.u32(indexChecksum)
        writer.u32(rawChecksum)
        writer.u64(rawByteCount)
        FilePrologue.appendID(hash, to: &writer)
        writer.u64(fileByteCount)
        FilePrologue.close(&writer, pageStart: 0)
        return writer.array
    }

    static func decode(_ page: [UInt8], file: String) throws -> ArchiveTrailer {
        try FilePrologue.read(.archive, page, file: file, forWriting: false) {
            var trailer = ArchiveTrailer(
                prologue: $0, first: try $1.u64(), last: try $1.u64(),
                previousHash: try FilePrologue.readID(&$1))
            trailer.firstTime = try $1.i64()
            trailer.lastTime = try $1.i64()
            trailer.blockCount = try $1.u64()
            trailer.indexOffset = try $1.u64()
            trailer.indexChecksum = try $1.u32()
            trailer.rawChecksum = try $1.u32()
            trailer.rawByteCount = try $1.u64()
            trailer.hash = try FilePrologue.readID(&$1)
            trailer.fileByteCount = try $1.u64()
            return trailer
        }
    }

    /// The hash of this archive: of the one before, the range and the index with its checksums.
    ///
    /// The index holds a checksum of every block, so the hash stands for the whole content at the
    /// price of reading the index; the key is the database, so no other one's archives fit in.
    @unsafe
    func chainHash(index: UnsafeRawBufferPointer) -> RowID {
        var input = ByteWriter(capacity: index.count + 64)
        FilePrologue.appendID(previousHash, to: &input)
        FilePrologue.appendID(prologue.lineage, to: &input)
        input.u64(first)
        input.u64(last)
        unsafe input.bytes(index)
        let hash = unsafe SipHash128.hash(
            key: (prologue.databaseID.high, prologue.databaseID.low), input.view)
        return RowID(high: hash.0, low: hash.1)
    }
}
