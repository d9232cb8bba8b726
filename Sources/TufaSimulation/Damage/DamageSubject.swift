internal import Tufa
internal import TufaStorage
internal import TufaTesting

/// A small closed database to be damaged, and what is right about it.
package struct DamageSubject: Sendable {
    /// The form of its folder.
    package enum Shape: String, CaseIterable, Sendable {
        /// One segment.
        case log
        /// Two snapshots and the log behind them.
        case snapshots
        /// Archives, a snapshot among them, segments and a tail.
        case archives
    }

    let shape: Shape
    let system: MemoryFileSystem
    /// The same folder before the last third of the commits.
    let earlier: MemoryFileSystem
    /// A database of the same history, made at another time.
    let stranger: MemoryFileSystem
    /// The state hash of each commit.
    let hashes: [UInt64: String]
    let position: UInt64

    static let logOptions = LogOptions(segmentByteCount: 1 << 14, worksInBackground: false)

    /// Makes it; another seed gives other identities and rows.
    package init(_ shape: Shape, seed: UInt64 = 1) throws {
        self.shape = shape
        let made = try Self.make(shape, seed: seed)
        system = made.system
        earlier = made.earlier
        hashes = made.hashes
        position = made.hashes.keys.max() ?? 0
        stranger = try Self.make(shape, seed: seed &+ 1).system
    }

    /// Every file, by its path.
    func files() throws -> [String] {
        var files = ["db/MANIFEST"]
        for folder in ["log", "snapshots", "archive"] {
            files += try system.list("db/" + folder).map { "db/\(folder)/\($0)" }
        }
        return files
    }

    private static func make(
        _ shape: Shape, seed: UInt64
    ) throws -> (system: MemoryFileSystem, earlier: MemoryFileSystem, hashes: [UInt64: String]) {
        let system = MemoryFileSystem()
        let environment = RepeatableWorld(system, seed: seed).environment
        var hashes: [UInt64: String] = [0: String(repeating: "0", count: 32)]
        var earlier = system
        let types: [any Entity.Type] = [Author.self]
        let count = shape == .log ? 12 : 30
        func open() throws -> Database {
            try Database.openBlocking("db", environment, logOptions, .quiet, types)
        }
        var db = try open()
        hashes[db.view().position] = try db.view().stateHash()
        for number in 0..<count {
            let commit = try db.writeBlocking(label: "commit \(number)") { tx in
                try tx.insert(Library.author(number))
                if number % 3 == 1 {
                    try tx.update(Author.ID(Library.id(number - 1))) {
                        $0.name = String(repeating: "name \(number) of \(seed) ", count: 70)
                    }
                }
                if number % 5 == 4 { try tx.delete(Author.ID(Library.id(number - 2))) }
            }
            hashes[commit.position] = try db.view().stateHash()
            if shape == .archives, number % 10 == 7 { try db.archiveBlocking() }
            if shape != .log, number % 10 == 9 { try db.snapshotBlocking() }
            if number == count * 2 / 3 {
                try db.closeBlocking()
                earlier = system.crashed(keeping: .all)
                db = try open()
            }
        }
        try db.closeBlocking()
        return (system, earlier, hashes)
    }
}
