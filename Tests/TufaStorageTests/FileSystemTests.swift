import Testing
import TufaBytes

@testable import TufaStorage

@Suite struct FileSystemTests {
    /// Both file systems answer alike.
    func exercise(_ system: some FileSystem, _ root: String) throws {
        let path = root + "/a"
        #expect(try system.status(of: path) == nil)
        #expect(throws: DatabaseError.self) { try system.open(path, .read) }
        let file = try system.open(path, .create)
        #expect(throws: DatabaseError.self) { try system.open(path, .create) }
        try file.write([1, 2, 3], at: 5)
        try file.syncData()
        #expect(try file.byteCount() == 8)
        #expect(try file.bytes(count: 100, at: 0) == [0, 0, 0, 0, 0, 1, 2, 3])
        #expect(try file.bytes(count: 2, at: 6) == [2, 3])
        #expect(try file.bytes(count: 2, at: 60) == [])
        try file.truncate(to: 6)
        #expect(try system.contents(of: path, limit: 10) == [0, 0, 0, 0, 0, 1])
        #expect(throws: DatabaseError.self) { try system.contents(of: path, limit: 3) }
        try file.close()
        #expect(throws: DatabaseError.self) { try file.byteCount() }

        try system.createDirectory(root + "/d")
        #expect(throws: DatabaseError.self) { try system.createDirectory(root + "/d") }
        try system.open(root + "/d/x", .replace).close()
        try system.rename(path, to: root + "/b")
        try system.rename(root + "/b", to: root + "/d/x")
        #expect(try system.list(root) == ["d"])
        #expect(try system.list(root + "/d") == ["x"])
        #expect(try system.status(of: root + "/d/x") == .init(byteCount: 6, isDirectory: false))
        #expect(try system.status(of: root + "/d")?.isDirectory == true)
        try system.syncDirectory(root + "/d")
        try system.unlink(root + "/d/x")
        #expect(throws: DatabaseError.self) { try system.unlink(root + "/d/x") }
        #expect(throws: DatabaseError.self) { try system.list(root + "/none") }
        #expect(throws: DatabaseError.self) { try system.removeDirectory(root) }
        try system.removeDirectory(root + "/d")
        #expect(try system.list(root) == [])

        let lock = try system.lock(root + "/LOCK", holder: "process 7\nhost h")
        let refusal = #expect(throws: DatabaseError.self) {
            try system.lock(root + "/LOCK", holder: "process 8")
        }
        #expect(refusal?.code == .locked)
        #expect(refusal?.message.contains("process 7, host h") == true)
        lock.release()
        try system.lock(root + "/LOCK", holder: "process 9").release()
    }

    @Test func memory() throws {
        let system = MemoryFileSystem()
        try system.createDirectory("root")
        try exercise(system, "root")
    }

    @Test func posix() throws {
        let folder = try TestFolder()
        try exercise(PosixFileSystem(), folder.path)
    }

    @Test func crashKeepsWhatWasSynced() throws {
        let system = MemoryFileSystem()
        let file = try system.open("a", .create)
        try file.write([UInt8](repeating: 1, count: 2000), at: 0)
        try file.syncData()
        #expect(try system.crashed(keeping: .synced).status(of: "a") == nil)
        try system.syncDirectory("")
        try file.write([UInt8](repeating: 2, count: 2000), at: 500)
        let none = try system.crashed(keeping: .synced).contents(of: "a", limit: 9999)
        #expect(none == [UInt8](repeating: 1, count: 2000))
        let all = try system.crashed(keeping: .all).contents(of: "a", limit: 9999)
        #expect(
            all == [UInt8](repeating: 1, count: 500) + [UInt8](repeating: 2, count: 2000))
        var seen: Set<[UInt8]> = []
        for seed in 0..<64 {
            let left = try system.crashed(keeping: .random(seed: UInt64(seed)))
                .contents(of: "a", limit: 9999)
            #expect(left.count == 2000 || left.count == 2500)
            seen.insert(left)
        }
        #expect(seen.count > 20)
    }

    @Test func crashLeavesARenameDoneOrNotDone() throws {
        let system = MemoryFileSystem()
        for (name, byte) in [("a", 1 as UInt8), ("b", 2)] {
            let file = try system.open(name, .create)
            try file.write([byte], at: 0)
            try file.syncData()
        }
        try system.syncDirectory("")
        try system.rename("a", to: "b")
        #expect(try system.crashed(keeping: .synced).list("") == ["a", "b"])
        let done = system.crashed(keeping: .all)
        #expect(try done.list("") == ["b"])
        #expect(try done.contents(of: "b", limit: 9) == [1])
    }

    @Test func hookInjectsErrors() throws {
        let system = MemoryFileSystem()
        let file = try system.open("a", .create)
        system.onCall { call in
            call.name == "sync" ? DatabaseError(.io, "The disk is gone.", file: call.path) : nil
        }
        try file.write([1], at: 0)
        #expect(throws: DatabaseError.self) { try file.syncData() }
        #expect(system.callCount == 3)
    }
}
