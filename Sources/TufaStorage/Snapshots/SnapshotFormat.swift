internal import TufaBytes

/// The name of one run of pages in a snapshot; the engine above gives the numbers their meaning.
package struct SnapshotSection: Hashable, Sendable {
    /// What kind of content it is.
    package var kind: UInt32
    /// The first number within the kind, such as a table.
    package var a: UInt32
    /// The second number within the kind, such as an index.
    package var b: UInt32

    /// Makes a name.
    package init(kind: UInt32, a: UInt32 = 0, b: UInt32 = 0) {
        self.kind = kind
        self.a = a
        self.b = b
    }
}

/// Where a section stands in its snapshot.
struct SnapshotExtent: Sendable, Equatable {
    static let byteCount = 32

    var section: SnapshotSection
    /// The number of its first page.
    var firstPage: UInt64
    /// How many bytes the caller gave; the last page is filled up with zeros.
    var byteCount: UInt64

    var pageCount: UInt64 {
        byteCount / UInt64(SnapshotFormat.pageByteCount)
            + (byteCount % UInt64(SnapshotFormat.pageByteCount) == 0 ? 0 : 1)
    }
}

enum SnapshotFormat {
    /// Length of a page of content, in bytes.
    static let pageByteCount = 16384
    /// The longest index that a reader accepts, in bytes: enough for 4 TiB of pages.
    static let maximumIndexByteCount: UInt64 = 1 << 30

    static func offset(ofPage page: UInt64) -> UInt64 { (page + 1) * UInt64(pageByteCount) }
}

/// The first page of a snapshot, and the last one, which says more.
struct SnapshotTrailer: Equatable {
    var prologue: FilePrologue
    var position: UInt64
    var time: Int64
    var pageCount: UInt64 = 0
    var sectionCount: UInt32 = 0
    var metadataByteCount: UInt32 = 0
    var indexOffset: UInt64 = 0
    var indexByteCount: UInt64 = 0
    var indexChecksum: UInt32 = 0
    var stateHash: RowID = .none
    var fileByteCount: UInt64 = 0

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: FilePrologue.pageByteCount)
        prologue.append(.snapshot, to: &writer)
        writer.u64(position)
        writer.i64(time)
        writer.u64(pageCount)
        writer.u32(sectionCount)
        writer.u32(metadataByteCount)
        writer.u64(indexOffset)
        writer.u64(indexByteCount)
        writer.u32(indexChecksum)
        writer.u32(0)
        FilePrologue.appendID(stateHash, to: &writer)
        writer.u64(fileByteCount)
        FilePrologue.close(&writer, pageStart: 0)
        return writer.array
    }

    /// Throws unless the position is that of the file's name.
    func requirePosition(_ name: UInt64, file: String) throws {
        guard position == name else {
            throw DatabaseError(
                .foreignFile, "The snapshot is of position \(position), against its name.",
                file: file, advice: "Give the file its own name back.")
        }
    }

    static func decode(_ page: [UInt8], file: String) throws -> SnapshotTrailer {
        try FilePrologue.read(.snapshot, page, file: file, forWriting: false) {
            var trailer = SnapshotTrailer(
                prologue: $0, position: try $1.u64(), time: try $1.i64())
            trailer.pageCount = try $1.u64()
            trailer.sectionCount = try $1.u32()
            trailer.metadataByteCount = try $1.u32()
            trailer.indexOffset = try $1.u64()
            trailer.indexByteCount = try $1.u64()
            trailer.indexChecksum = try $1.u32()
            try $1.skip(4)
            trailer.stateHash = try FilePrologue.readID(&$1)
            trailer.fileByteCount = try $1.u64()
            return trailer
        }
    }
}
