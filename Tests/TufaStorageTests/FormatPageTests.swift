import Testing
import TufaBytes

@testable import TufaStorage

/// The worked examples of `Docs/Format` are what the code writes.
@Suite struct FormatPageTests {
    static let environment = StorageEnvironment(
        fileSystem: MemoryFileSystem(), random: { 0x1122_3344_5566_7788 },
        now: { 1_700_000_000_000_000 })

    /// One commit of one event, in a database whose chance and clock stand still.
    static func example() throws -> DatabaseDirectory {
        var environment = environment
        environment.fileSystem = MemoryFileSystem()
        let directory = try DatabaseDirectory.create(at: "db", environment, .small)
        let layout = RowLayout([(.text, false), (.int64, true)])
        var row = RowBuilder()
        row.begin(layout)
        [UInt8]("Ada".utf8).withUnsafeBytes { row.setVariable($0, layout.fields[0]) }
        row.setNull(1, layout.fields[1])
        let group = GroupBuffer()
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        try group.beginCommit(firstPosition: 1, actor: "me", label: "", key: "", metadata: none)
        group.append(
            EventHeader(
                kind: .create, table: 1, schemaVersion: 1, id: RowID(high: 0x0102, low: 0x0304),
                previousPosition: 0, rowVersion: 1),
            payload: row.bytes)
        try group.endCommit(time: 1_700_000_000_000_000)
        try directory.log?.append(group, sync: true)
        return directory
    }

    /// Lines of sixteen bytes, as the pages show them; runs of zeros are left out.
    static func dump(_ bytes: [UInt8], from base: Int) -> String {
        let digits = Array("0123456789abcdef")
        func hex(_ byte: UInt8) -> String {
            String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
        var lines: [String] = []
        for start in stride(from: 0, to: bytes.count, by: 16) {
            let line = bytes[start..<min(start + 16, bytes.count)]
            if line.allSatisfy({ $0 == 0 }) { continue }
            let offset = String(base + start, radix: 16)
            let pad = String(repeating: "0", count: max(0, 4 - offset.count))
            lines.append(pad + offset + "  " + line.map(hex).joined(separator: " "))
        }
        return lines.joined(separator: "\n")
    }

    static func page(_ name: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try PosixFileSystem()
            .contents(of: "/" + root + "/Docs/Format/" + name, limit: 1 << 20)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func expect(_ name: String, shows dump: String) throws {
        let text = try page(name)
        #expect(text.contains("```\n" + dump + "\n```"), "\(name) should show:\n\(dump)")
    }

    @Test func log() throws {
        let directory = try Self.example()
        let bytes = try directory.fileSystem.contents(
            of: "db/" + FileNames.segment(1), limit: 1 << 20)
        try Self.expect("Log.md", shows: Self.dump(Array(bytes[..<4096]), from: 0))
        try Self.expect("Log.md", shows: Self.dump(Array(bytes[4096..<8192]), from: 4096))
    }

    @Test func manifest() throws {
        let directory = try Self.example()
        let bytes = try directory.fileSystem.contents(of: "db/MANIFEST", limit: 1 << 20)
        try Self.expect("Manifest.md", shows: Self.dump(Array(bytes[4096...]), from: 4096))
    }

    /// What LZ4 makes of a block may differ from release to release, so the example is read.
    @Test func archive() throws {
        let directory = try Self.example()
        let commits = try directory.allCommits()
        try directory.log?.rotate()
        let summary = try #require(try directory.archive().first)
        let file = try directory.fileSystem.open("db/" + summary.name, .readWrite)
        let bytes = try Self.exampleBytes(of: "Archive.md", from: 4096)
        try file.truncate(to: 4096)
        try file.write(bytes, at: 4096)
        let reader = try ArchiveReader(
            directory.fileSystem, root: "db", range: 1...1, manifest: directory.manifest)
        try reader.verify()
        var found: [TestCommit] = []
        _ = try reader.read(from: 1, through: 1) {
            found.append(TestCommit($0))
            return true
        }
        #expect(found == commits)
    }

    /// The bytes of the dump on a page.
    static func exampleBytes(of name: String, from base: Int) throws -> [UInt8] {
        let block = try #require(try page(name).components(between: "```\n", and: "\n```"))
        var bytes: [UInt8] = []
        for line in block.split(separator: "\n") {
            let words = line.split(separator: " ")
            let offset = try #require(Int(words[0], radix: 16)) - base
            bytes += [UInt8](repeating: 0, count: offset - bytes.count)
            for word in words.dropFirst() { bytes.append(try #require(UInt8(word, radix: 16))) }
        }
        return bytes
    }

    @Test func snapshot() throws {
        let directory = try Self.example()
        let writer = try SnapshotWriter(directory, position: 1, time: 1_700_000_000_000_000)
        writer.begin(SnapshotSection(kind: 1, a: 2, b: 3))
        try [UInt8]("Ada".utf8).withUnsafeBytes { try writer.write($0) }
        try writer.endSection()
        let name = try writer.finish(metadata: [7], stateHash: RowID(high: 8, low: 9))
        let bytes = try directory.fileSystem.contents(of: "db/" + name, limit: 1 << 20)
        try Self.expect("Snapshot.md", shows: Self.dump(Array(bytes[16384...]), from: 16384))
    }
}

extension String {
    /// What stands between the first `start` and the `end` after it.
    fileprivate func components(between start: String, and end: String) -> String? {
        guard let from = firstRange(of: start) else { return nil }
        let rest = String(self[from.upperBound...])
        guard let to = rest.firstRange(of: end) else { return nil }
        return String(rest[..<to.lowerBound])
    }
}
