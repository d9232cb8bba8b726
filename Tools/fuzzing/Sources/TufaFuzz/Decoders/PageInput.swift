@testable import TufaBytes
@testable import TufaStorage

/// Header pages: of a segment, and a slot of a manifest.
enum PageInput {
    private static let refusals: Set<DatabaseError.Code> = [.damaged, .newerFormat, .foreignFile]

    static func feedSegment(_ bytes: [UInt8]) throws {
        // A header says how long its file is.
        var sized = bytes + [UInt8](repeating: 0, count: max(0, 88 - bytes.count))
        sized.put(UInt64(SegmentHeader.byteCount), at: 80)
        for page in [bytes, closed(sized)] {
            let name = FileNames.segment(page.number(UInt64.self, at: 64))
            let header = try BrokenPromise.expecting(refusals, file: name) {
                try SegmentHeader.read(
                    MemoryInput.file(name, page), name: name, forWriting: true)
            }
            guard let header else { continue }
            var copy = header.encoded()
            copy += [UInt8](repeating: 0, count: page.count - copy.count)
            let again = try SegmentHeader.read(
                MemoryInput.file(name, copy), name: name, forWriting: true)
            try BrokenPromise.unless(again == header, "A segment's header is written otherwise")
        }
    }

    static func feedManifest(_ bytes: [UInt8]) throws {
        for slot in [bytes, closed(bytes)] {
            let manifest = try BrokenPromise.expecting(refusals, file: FileNames.manifest) {
                try Manifest.decode(slot, forWriting: true)
            }
            guard let manifest else { continue }
            let again = try Manifest.decode(manifest.encoded(), forWriting: true)
            try BrokenPromise.unless(again == manifest, "A manifest is written otherwise")
        }
    }

    /// A page of these bytes with the checksum that it should have.
    static func closed(_ bytes: [UInt8]) -> [UInt8] {
        let covered = FilePrologue.pageByteCount - 4
        var page = Array(bytes.prefix(covered))
        page += [UInt8](repeating: 0, count: covered + 4 - page.count)
        page.put(CRC32C.checksum(Array(page[..<covered])), at: covered)
        return page
    }
}
