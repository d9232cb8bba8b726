@testable import TufaBytes
@testable import TufaStorage

/// A whole archive.
enum ArchiveInput {
    private static let pageByteCount = FilePrologue.pageByteCount

    /// Feeds the archive as it is, and once more with every checksum made right.
    static func feed(_ bytes: [UInt8]) throws {
        try feedWhole(bytes)
        let mended = mended(bytes)
        if mended != bytes { try feedWhole(mended) }
    }

    private static func feedWhole(_ bytes: [UInt8]) throws {
        let trailer = bytes.count - pageByteCount
        let first = bytes.number(UInt64.self, at: trailer + 64)
        let last = max(first, bytes.number(UInt64.self, at: trailer + 72))
        let name = FileNames.archive(first, last)
        let system = try MemoryInput.system(name, bytes)
        let manifest = Manifest(
            databaseID: bytes.identifier(at: 32), lineage: bytes.identifier(at: 48))
        let refusals: Set<DatabaseError.Code> = [.damaged, .newerFormat, .foreignFile]
        let reader = try BrokenPromise.expecting(refusals, file: name) {
            try ArchiveReader(system, root: "db", range: first...last, manifest: manifest)
        }
        guard let reader else { return }
        for time in [Int64.min, reader.trailer.firstTime, .max] {
            let position = reader.position(near: time)
            try BrokenPromise.unless(
                position >= first && position <= last, "A time leads out of the archive")
        }
        _ = try BrokenPromise.expecting(refusals, file: name) {
            var next = first
            _ = try reader.read(from: first, through: last) { commit in
                try BrokenPromise.unless(commit.firstPosition == next, "Commits do not follow")
                try LogInput.walk(commit)
                next = commit.position &+ 1
                return true
            }
        }
        _ = try BrokenPromise.expecting(refusals, file: name) { try reader.verify() }
        let again = try ArchiveTrailer.decode(reader.trailer.encoded(), file: name)
        try BrokenPromise.unless(again == reader.trailer, "The last page is written otherwise")
    }

    /// The checksums of the blocks, of their headers, of the index and of both pages made right.
    private static func mended(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 2 * pageByteCount else { return bytes }
        var bytes = bytes
        let trailer = bytes.count - pageByteCount
        bytes.put(UInt64(bytes.count), at: trailer + 160)
        let start = Int(clamping: bytes.number(UInt64.self, at: trailer + 120))
        if start >= pageByteCount, start <= trailer {
            bytes.put(
                UInt64((trailer - start) / ArchiveIndexEntry.byteCount), at: trailer + 112)
            for entry in stride(from: start, to: trailer, by: ArchiveIndexEntry.byteCount)
            where entry + ArchiveIndexEntry.byteCount <= trailer {
                mendBlock(of: entry, &bytes)
            }
            let index = Array(bytes[start..<trailer])
            bytes.put(CRC32C.checksum(index), at: trailer + 128)
            let closed = PageInput.closed(Array(bytes[trailer...]))
            if let read = try? ArchiveTrailer.decode(closed, file: "") {
                let hash = index.withUnsafeBytes { read.chainHash(index: $0) }
                bytes.put(hash.high.byteSwapped, at: trailer + 144)
                bytes.put(hash.low.byteSwapped, at: trailer + 152)
            }
        }
        bytes.replaceSubrange(trailer..., with: PageInput.closed(Array(bytes[trailer...])))
        let head = PageInput.closed(Array(bytes[..<pageByteCount]))
        bytes.replaceSubrange(..<pageByteCount, with: head)
        return bytes
    }

    private static func mendBlock(of entry: Int, _ bytes: inout [UInt8]) {
        let header = entry + 8
        let offset = Int(clamping: bytes.number(UInt64.self, at: entry))
        let stored = Int(bytes.number(UInt32.self, at: header + 8))
        guard offset <= bytes.count - ArchiveBlock.byteCount else { return }
        let payload = offset + ArchiveBlock.byteCount
        guard payload >= 0, payload + stored <= bytes.count else { return }
        bytes.put(CRC32C.checksum(Array(bytes[payload..<payload + stored])), at: header + 48)
        let checksum = CRC32C.checksum(Array(bytes[header..<header + 52]))
        bytes.put(checksum, at: header + 52)
        for index in 0..<ArchiveBlock.byteCount { bytes[offset + index] = bytes[header + index] }
    }
}

extension [UInt8] {
    /// An identifier in the order of a UUID.
    func identifier(at offset: Int) -> RowID {
        RowID(
            high: number(UInt64.self, at: offset).byteSwapped,
            low: number(UInt64.self, at: offset + 8).byteSwapped)
    }
}
