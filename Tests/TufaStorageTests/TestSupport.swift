import Synchronization
import Testing
import TufaBytes

@testable import TufaStorage

/// Numbers that are the same in every run.
final class TestRandom: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64) { state = Mutex(seed) }

    func next() -> UInt64 {
        state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }
    }
}

extension StorageEnvironment {
    static func test(_ system: any FileSystem, seed: UInt64 = 1) -> StorageEnvironment {
        let random = TestRandom(seed: seed)
        return StorageEnvironment(
            fileSystem: system, random: { random.next() }, now: { 1_700_000_000_000_000 })
    }
}

extension LogOptions {
    static var small: LogOptions {
        LogOptions(segmentByteCount: 16384, worksInBackground: false)
    }
}

/// One event as tests write and compare it.
struct TestEvent: Equatable {
    var header: EventHeader
    var payload: [UInt8]

    static func sample(_ position: UInt64, byteCount: Int? = nil) -> TestEvent {
        let kind: EventKind = position % 5 == 4 ? .delete : position % 3 == 0 ? .update : .create
        let count = byteCount ?? (kind == .delete ? 0 : Int(position % 40))
        return TestEvent(
            header: EventHeader(
                kind: kind, table: UInt16(position % 7), schemaVersion: 3,
                id: RowID(high: position &* 77, low: ~position), previousPosition: position / 2,
                rowVersion: UInt32(position % 9 + 1)),
            payload: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ Int(position)) })
    }
}

/// One commit as tests write and compare it.
struct TestCommit: Equatable {
    var firstPosition: UInt64
    var time: Int64
    var actor: String
    var label: String
    var key: String
    var metadata: [UInt8]
    var events: [TestEvent]

    var position: UInt64 { firstPosition + UInt64(events.count) - 1 }

    static func sample(_ first: UInt64, events count: Int, byteCount: Int? = nil) -> TestCommit {
        TestCommit(
            firstPosition: first, time: Int64(first) * 1000, actor: "actor \(first % 3)",
            label: first % 4 == 0 ? "label \(first)" : "", key: "k\(first)",
            metadata: [UInt8](repeating: 9, count: Int(first % 11)),
            events: (0..<UInt64(count)).map { .sample(first + $0, byteCount: byteCount) })
    }

    init(
        firstPosition: UInt64, time: Int64, actor: String, label: String, key: String,
        metadata: [UInt8], events: [TestEvent]
    ) {
        self.firstPosition = firstPosition
        self.time = time
        self.actor = actor
        self.label = label
        self.key = key
        self.metadata = metadata
        self.events = events
    }

    init(_ commit: CommitReader.Commit) {
        self.init(
            firstPosition: commit.firstPosition, time: commit.time, actor: commit.actor,
            label: commit.label, key: commit.key, metadata: Array(commit.metadata),
            events: commit.events.map {
                TestEvent(header: $0.header, payload: Array($0.payload))
            })
    }

    func append(to group: GroupBuffer) throws {
        try metadata.withUnsafeBytes {
            try group.beginCommit(
                firstPosition: firstPosition, actor: actor, label: label, key: key, metadata: $0)
        }
        for event in events {
            let cut = event.payload.count / 3
            event.payload.withUnsafeBytes {
                group.append(
                    event.header, payload: UnsafeRawBufferPointer(rebasing: $0[..<cut]),
                    UnsafeRawBufferPointer(rebasing: $0[cut...]))
            }
        }
        try group.endCommit(time: time)
    }
}

/// A database under test: writes groups, and remembers every commit.
final class TestDatabase {
    let system: MemoryFileSystem
    let directory: DatabaseDirectory
    var commits: [TestCommit] = []
    private let group = GroupBuffer()

    init(system: MemoryFileSystem = MemoryFileSystem(), _ options: LogOptions = .small) throws {
        self.system = system
        directory = try DatabaseDirectory.create(at: "db", .test(system), options)
    }

    init(opening system: MemoryFileSystem, _ options: LogOptions = .small) throws {
        self.system = system
        directory = try DatabaseDirectory.open(at: "db", .test(system, seed: 2), options)
        commits = try directory.allCommits()
    }

    var next: UInt64 { (commits.last?.position ?? 0) + 1 }

    /// Writes one group of commits with these numbers of events.
    func write(_ eventCounts: [Int], byteCount: Int? = nil, sync: Bool = true) throws {
        group.reset()
        var added: [TestCommit] = []
        var position = next
        for count in eventCounts {
            let commit = TestCommit.sample(position, events: count, byteCount: byteCount)
            try commit.append(to: group)
            added.append(commit)
            position += UInt64(count)
        }
        try directory.writable().append(group, sync: sync)
        commits += added
    }
}

extension DatabaseDirectory {
    func allCommits(after position: UInt64 = 0, through last: UInt64? = nil) throws -> [TestCommit]
    {
        var result: [TestCommit] = []
        try replay(after: position, through: last) {
            result.append(TestCommit($0))
            return true
        }
        return result
    }
}

/// The code of the error that a call must throw.
func errorCode<R>(_ body: () throws -> R) -> DatabaseError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? DatabaseError)?.code
    }
}

/// Disks as crashes left them.
final class Images: Sendable {
    static let survivors: [MemoryFileSystem.Survivors] = [
        .synced, .all, .random(seed: 1), .random(seed: 2), .random(seed: 3),
    ]

    private let images = Mutex<[MemoryFileSystem]>([])

    func add(_ image: MemoryFileSystem) { images.withLock { $0.append(image) } }

    var all: [MemoryFileSystem] { images.withLock { $0 } }
}

extension MemoryFileSystem {
    /// Has a bit of each unfinished file of a folder turn over before it is synced, until
    /// `onCall` is set again.
    func spoil(_ folder: String, at offset: UInt64) {
        onCall { [weak self] call in
            guard call.name == "sync", call.path.contains("/\(folder)/"),
                call.path.hasSuffix(FileNames.unfinished)
            else { return nil }
            do {
                let file = try self?.open(call.path, .readWrite)
                let bytes = try file?.bytes(count: 1, at: offset) ?? []
                try file?.write(bytes.map { $0 ^ 0x10 }, at: offset)
                return nil
            } catch {
                return error
            }
        }
    }
}
