@testable import TufaBytes
@testable import TufaStorage

/// The last page of a snapshot behind its prologue, then the index; its pages are zeros.
///
/// What the sections hold has decoders of its own, so no input is spent on it.
enum SnapshotInput {
    /// Length of what the last page has behind the prologue, in bytes.
    static let fieldByteCount = 80
    private static let maximumPageCount: UInt64 = 8
    private static let pageByteCount = SnapshotFormat.pageByteCount

    static func feed(_ bytes: [UInt8]) throws {
        let fields = Array(bytes.prefix(fieldByteCount))
        let index = Array(bytes.dropFirst(fieldByteCount))
        try feedFile(file(fields, index))
        let mended = mended(fields, index)
        try feedFile(file(mended.fields, mended.index))
    }

    private static func feedFile(_ bytes: [UInt8]) throws {
        let position = bytes.number(UInt64.self, at: FilePrologue.byteCount)
        let name = FileNames.snapshot(position)
        let system = try MemoryInput.system(name, bytes)
        let manifest = Manifest(databaseID: .none, lineage: .none)
        let refusals: Set<DatabaseError.Code> = [.damaged, .newerFormat, .foreignFile]
        _ = try BrokenPromise.expecting(refusals, file: name) {
            let reader = try SnapshotReader(
                system, root: "db", position: position, manifest: manifest)
            var byteCount = 0
            for section in reader.sections {
                let contents = try reader.contents(of: section)
                try BrokenPromise.unless(
                    contents.count == reader.byteCount(of: section)
                        && contents.allSatisfy { $0 == 0 },
                    "A section holds what its pages do not")
                byteCount += contents.count
            }
            try BrokenPromise.unless(
                byteCount <= bytes.count, "The sections are longer than the file")
            try reader.verify()
        }
        try checkRoundTrip(of: Array(bytes.suffix(FilePrologue.pageByteCount)), name)
    }

    private static func checkRoundTrip(of page: [UInt8], _ name: String) throws {
        let trailer = try BrokenPromise.expecting([.damaged, .newerFormat], file: name) {
            try SnapshotTrailer.decode(page, file: name)
        }
        guard let trailer else { return }
        let again = try SnapshotTrailer.decode(trailer.encoded(), file: name)
        try BrokenPromise.unless(again == trailer, "The last page is written otherwise")
    }

    private static func pageCount(_ fields: [UInt8]) -> UInt64 {
        min(fields.number(UInt64.self, at: 16), maximumPageCount)
    }

    private static func file(_ fields: [UInt8], _ index: [UInt8]) -> [UInt8] {
        var prologue = ByteWriter(capacity: FilePrologue.byteCount)
        FilePrologue(databaseID: .none, lineage: .none).append(.snapshot, to: &prologue)
        let page = PageInput.closed(prologue.array + fields)
        let zeros = pageByteCount * (Int(pageCount(fields)) + 1) - page.count
        return page + [UInt8](repeating: 0, count: zeros) + index + page
    }

    /// The same with the lengths and checksums that it should have.
    private static func mended(
        _ fields: [UInt8], _ index: [UInt8]
    ) -> (fields: [UInt8], index: [UInt8]) {
        var (fields, index) = (fields, index)
        fields += [UInt8](repeating: 0, count: fieldByteCount - fields.count)
        let pages = pageCount(fields)
        let table = Int(fields.number(UInt32.self, at: 24)) * SnapshotExtent.byteCount
        let checksum = CRC32C.checksum([UInt8](repeating: 0, count: pageByteCount))
        for page in 0..<Int(pages) { index.put(checksum, at: table + page * 4) }
        fields.put(pages, at: 16)
        let metadata = index.count - table - Int(pages) * 4
        if metadata >= 0 { fields.put(UInt32(metadata), at: 28) }
        let offset = SnapshotFormat.offset(ofPage: pages)
        fields.put(offset, at: 32)
        fields.put(UInt64(index.count), at: 40)
        fields.put(CRC32C.checksum(index), at: 48)
        fields.put(offset + UInt64(index.count + FilePrologue.pageByteCount), at: 72)
        return (fields, index)
    }
}
