import Testing
import TufaBytes

@testable import TufaStorage

/// Bytes that are wrong and whose checksums are right: errors, and never a trap.
@Suite struct FuzzTests {

    /// Changes some bytes inside `range`, mostly to values that decoders stumble over.
    func mutate(_ bytes: inout [UInt8], _ range: Range<Int>, _ random: TestRandom) {
        for _ in 0...(random.next() % 3) {
            let at = range.lowerBound + Int(random.next() % UInt64(range.count))
            switch random.next() % 5 {
            case 0: bytes[at] = 0xff
            case 1: bytes[at] = 0
            case 2: bytes[at] ^= 1 << UInt8(random.next() % 8)
            case 3: bytes[at] = UInt8(truncatingIfNeeded: random.next())
            default:
                for index in at..<min(at + 8, range.upperBound) {
                    bytes[index] = random.next() % 4 == 0 ? 0x7f : 0xff
                }
            }
        }
    }

    func seal(_ bytes: inout [UInt8], _ range: Range<Int>, at place: Int) {
        let checksum = CRC32C.checksum(Array(bytes[range]))
        for index in 0..<4 {
            bytes[place + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))
        }
    }

    func database() throws -> TestDatabase {
        let database = try TestDatabase()
        for _ in 0..<12 { try database.write([3, 2], byteCount: 120) }
        _ = try database.directory.archive()
        let writer = try SnapshotWriter(database.directory, position: 20, time: 1)
        writer.begin(SnapshotSection(kind: 1))
        try [UInt8](repeating: 5, count: 20_000).withUnsafeBytes { try writer.write($0) }
        try writer.endSection()
        try writer.finish(metadata: [1, 2, 3], stateHash: .none)
        try database.directory.close()
        return database
    }

    func read(_ system: MemoryFileSystem) throws {
        let directory = try DatabaseDirectory.open(at: "db", .test(system), mode: .readOnly, .small)
        try directory.replay(after: 0) { commit in
            _ = TestCommit(commit)
            return true
        }
        for entry in try SnapshotCatalog(directory).entries() where entry.problem == nil {
            try SnapshotCatalog(directory).open(entry.position).verify()
        }
    }

    /// Runs `rounds` changes of one file; whatever happens must be an answer or an error.
    func fuzz(
        _ path: (MemoryFileSystem) throws -> String, seed: UInt64, rounds: Int,
        _ change: (inout [UInt8], TestRandom) -> Void
    ) throws {
        let database = try database()
        let system = database.system
        let path = try path(system)
        let good = try system.contents(of: path, limit: 1 << 20)
        let random = TestRandom(seed: seed)
        let file = try system.open(path, .readWrite)
        for round in 0..<rounds {
            var bytes = good
            change(&bytes, random)
            try file.write(bytes, at: 0)
            do {
                try read(system)
            } catch {
                #expect(error is DatabaseError, "round \(round): \(error)")
            }
            var verifier = StorageVerifier(system, root: "db")
            _ = try verifier.run()
        }
    }

    func first(_ folder: String) -> (MemoryFileSystem) throws -> String {
        { system in
            let names = try system.list("db/" + folder)
            return "db/" + folder + "/" + (try #require(names.last))
        }
    }

    @Test func manifests() throws {
        try fuzz({ _ in "db/MANIFEST" }, seed: 1, rounds: 300) { bytes, random in
            for slot in 0..<2 {
                mutate(&bytes, slot * 4096..<slot * 4096 + 200, random)
                seal(&bytes, slot * 4096..<slot * 4096 + 4092, at: slot * 4096 + 4092)
            }
        }
    }

    @Test func segmentHeaders() throws {
        try fuzz(first("log"), seed: 2, rounds: 300) { bytes, random in
            mutate(&bytes, 0..<110, random)
            seal(&bytes, 0..<4092, at: 4092)
        }
    }

    @Test func framesAndCommits() throws {
        try fuzz(first("log"), seed: 3, rounds: 600) { bytes, random in
            let length = Int(bytes[4100]) | Int(bytes[4101]) << 8
            let payload = 4096 + 64..<4096 + 64 + length
            if random.next() % 2 == 0 {
                mutate(&bytes, payload, random)
                seal(&bytes, payload, at: 4096 + 56)
            } else {
                mutate(&bytes, 4096..<4096 + 56, random)
            }
            seal(&bytes, 4096..<4096 + 60, at: 4096 + 60)
        }
    }

    @Test func archives() throws {
        try fuzz(first("archive"), seed: 4, rounds: 1000) { bytes, random in
            let last = bytes.count - 4096
            if random.next() % 2 == 0 {
                mutate(&bytes, last + 64..<last + 170, random)
            } else {
                // A single block: the index is one line, which repeats the header of the block.
                mutate(&bytes, 4096..<4096 + 52, random)
                seal(&bytes, 4096..<4096 + 52, at: 4096 + 52)
                bytes.replaceSubrange(last - 56..<last, with: bytes[4096..<4096 + 56])
                if random.next() % 4 == 0 { mutate(&bytes, last - 64..<last - 56, random) }
            }
            sealArchive(&bytes)
        }
    }

    /// Sets every checksum behind the blocks, and the hash, to what the bytes now ask for.
    func sealArchive(_ bytes: inout [UInt8]) {
        let last = bytes.count - 4096
        seal(&bytes, last - 64..<last, at: last + 128)
        seal(&bytes, last..<last + 4092, at: last + 4092)
        bytes.replaceSubrange(last + 144..<last + 160, with: chainHash(bytes, last))
        bytes.replaceSubrange(64..<96, with: bytes[last + 64..<last + 96])
        seal(&bytes, 0..<4092, at: 4092)
        seal(&bytes, last..<last + 4092, at: last + 4092)
    }

    @Test func snapshots() throws {
        try fuzz(first("snapshots"), seed: 5, rounds: 600) { bytes, random in
            let last = bytes.count - 4096
            let start = 3 * 16384
            let index = start..<start + 43
            if random.next() % 2 == 0 {
                mutate(&bytes, last..<last + 150, random)
            } else {
                mutate(&bytes, index, random)
                seal(&bytes, index, at: last + 112)
            }
            seal(&bytes, last..<last + 4092, at: last + 4092)
        }
    }

    @Test func blocksOfLZ4() throws {
        try fuzz(first("archive"), seed: 6, rounds: 400) { bytes, random in
            let stored = Int(bytes[4104]) | Int(bytes[4105]) << 8
            let payload = 4096 + 56..<4096 + 56 + stored
            mutate(&bytes, payload, random)
            seal(&bytes, payload, at: 4096 + 48)
            seal(&bytes, 4096..<4096 + 52, at: 4096 + 52)
            let last = bytes.count - 4096
            bytes.replaceSubrange(last - 56..<last, with: bytes[4096..<4096 + 56])
            sealArchive(&bytes)
        }
    }

    /// The hash of an archive of one block, so that what is behind it is reached.
    func chainHash(_ bytes: [UInt8], _ last: Int) -> [UInt8] {
        guard let trailer = try? ArchiveTrailer.decode(Array(bytes[last...]), file: "") else {
            return [UInt8](repeating: 0, count: 16)
        }
        let hash = Array(bytes[last - 64..<last]).withUnsafeBytes { trailer.chainHash(index: $0) }
        var writer = ByteWriter()
        FilePrologue.appendID(hash, to: &writer)
        return writer.array
    }
}
