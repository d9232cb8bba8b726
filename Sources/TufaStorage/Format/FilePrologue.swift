internal import TufaBytes

/// The first 64 bytes of the header page of every file, and the rules for the page as a whole.
///
/// A page has 4096 bytes and ends with the CRC-32C of those before, in every version of every
/// format, so that damage and a newer format can be told apart.
struct FilePrologue: Equatable {
    static let pageByteCount = 4096
    static let byteCount = 64
    static let version: UInt32 = 1

    /// Eight bytes that name the kind of file.
    enum Magic: UInt64 {
        /// `TUFALOG` and a zero byte.
        case segment = 0x0047_4f4c_4146_5554
        /// `TUFAMAN` and a zero byte.
        case manifest = 0x004e_414d_4146_5554
        /// `TUFASNP` and a zero byte.
        case snapshot = 0x0050_4e53_4146_5554
        /// `TUFAARC` and a zero byte.
        case archive = 0x0043_5241_4146_5554

        /// The incompatible features that this version knows.
        var knownFeatures: UInt32 {
            switch self {
            case .segment, .manifest, .snapshot: 0
            case .archive: ArchiveTrailer.columnsFeature
            }
        }

        var name: String {
            switch self {
            case .segment: "a log segment"
            case .manifest: "a manifest"
            case .snapshot: "a snapshot"
            case .archive: "an archive"
            }
        }
    }

    /// Bits that any reader may ignore.
    var compatible: UInt32 = 0
    /// Bits that a reader may ignore and a writer may not.
    var readOnlyCompatible: UInt32 = 0
    /// Bits that nobody may ignore.
    var incompatible: UInt32 = 0
    var databaseID: RowID
    var lineage: RowID

    init(databaseID: RowID, lineage: RowID) {
        self.databaseID = databaseID
        self.lineage = lineage
    }

    func append(_ magic: Magic, to writer: inout ByteWriter) {
        writer.u64(magic.rawValue)
        writer.u32(Self.version)
        writer.u32(UInt32(Self.pageByteCount))
        writer.u32(compatible)
        writer.u32(readOnlyCompatible)
        writer.u32(incompatible)
        writer.u32(0)
        Self.appendID(databaseID, to: &writer)
        Self.appendID(lineage, to: &writer)
    }

    /// Fills the page with zeros and closes it with its checksum.
    static func close(_ writer: inout ByteWriter, pageStart: Int) {
        writer.zeros(pageByteCount - 4 - (writer.count - pageStart))
        let page = unsafe UnsafeRawBufferPointer(rebasing: writer.view[pageStart...])
        let checksum = unsafe CRC32C.checksum(page)
        writer.u32(checksum)
    }

    /// Checks a header page and hands it over behind the prologue.
    static func read<R>(
        _ magic: Magic, _ page: [UInt8], file: String, forWriting: Bool,
        _ body: (FilePrologue, inout ByteReader) throws -> R
    ) throws -> R {
        func damaged(_ why: String) -> DatabaseError {
            DatabaseError(.damaged, "This is not \(magic.name): \(why).", file: file, offset: 0)
        }
        guard page.count >= pageByteCount else {
            throw damaged("it has \(page.count) bytes, fewer than its header")
        }
        return unsafe try page.withUnsafeBytes { page in
            var reader = unsafe ByteReader(page)
            guard try reader.u64() == magic.rawValue else {
                throw damaged("its first bytes are others")
            }
            // Safe: the page was found long enough.
            let stored = unsafe page.loadUnaligned(
                fromByteOffset: pageByteCount - 4, as: UInt32.self)
            let covered = unsafe UnsafeRawBufferPointer(rebasing: page[..<(pageByteCount - 4)])
            guard unsafe UInt32(littleEndian: stored) == CRC32C.checksum(covered) else {
                throw damaged("the checksum of its header page does not match")
            }
            let prologue = try read(magic, &reader, file: file, forWriting: forWriting)
            return try body(prologue, &reader)
        }
    }

    /// The first and the last page of a file that has such a page at either end.
    ///
    /// - Throws: `damaged`, saying that it is cut off, where the last page is none.
    static func ends(
        of file: any File, _ byteCount: UInt64, _ magic: Magic, name: String
    ) throws -> (first: [UInt8], last: [UInt8]) {
        let size = UInt64(pageByteCount)
        func isPage(_ page: [UInt8]) -> Bool {
            page.count == pageByteCount
                && (0..<8).allSatisfy {
                    page[$0] == UInt8(truncatingIfNeeded: magic.rawValue >> ($0 * 8))
                }
        }
        let first = try file.bytes(count: pageByteCount, at: 0)
        if byteCount < 2 * size && (isPage(first) || byteCount < size) {
            throw cutOff(byteCount, magic, name, "its end is missing")
        }
        guard isPage(first) else { return (first, first) }
        let last = try file.bytes(count: pageByteCount, at: byteCount - size)
        guard isPage(last) else {
            throw cutOff(byteCount, magic, name, "its last page is not there")
        }
        return (first, last)
    }

    private static func cutOff(
        _ byteCount: UInt64, _ magic: Magic, _ name: String, _ why: String
    ) -> DatabaseError {
        DatabaseError(
            .damaged, "This is \(magic.name) that is cut off at \(byteCount) bytes: \(why).",
            file: name, offset: byteCount)
    }

    private static func read(
        _ magic: Magic, _ reader: inout ByteReader, file: String, forWriting: Bool
    ) throws -> FilePrologue {
        let version = try reader.u32()
        try reader.skip(4)
        var prologue = FilePrologue(databaseID: .none, lineage: .none)
        prologue.compatible = try reader.u32()
        prologue.readOnlyCompatible = try reader.u32()
        prologue.incompatible = try reader.u32()
        try reader.skip(4)
        if version > Self.version || prologue.incompatible & ~magic.knownFeatures != 0 {
            throw DatabaseError(
                .newerFormat,
                "This is \(magic.name) of format \(version) with the features "
                    + "\(prologue.incompatible); this version reads format \(Self.version).",
                file: file, advice: "Open it with a newer version.")
        }
        if forWriting && prologue.readOnlyCompatible != 0 {
            throw DatabaseError(
                .newerFormat,
                "This is \(magic.name) with features that this version cannot write "
                    + "(\(prologue.readOnlyCompatible)).", file: file,
                advice: "Open it for reading only, or with a newer version.")
        }
        prologue.databaseID = try readID(&reader)
        prologue.lineage = try readID(&reader)
        return prologue
    }

    /// Sixteen bytes in the order of a UUID.
    static func readID(_ reader: inout ByteReader) throws(ByteOverrun) -> RowID {
        RowID(high: try reader.u64().byteSwapped, low: try reader.u64().byteSwapped)
    }

    /// Sixteen bytes in the order of a UUID.
    static func appendID(_ id: RowID, to writer: inout ByteWriter) {
        writer.u64(id.high.byteSwapped)
        writer.u64(id.low.byteSwapped)
    }
}
