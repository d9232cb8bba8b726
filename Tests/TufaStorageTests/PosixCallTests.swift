import Foundation
import Synchronization
import Testing
import TufaBytes

@testable import TufaStorage

/// System calls that are interrupted, that do half of what they were asked, or that fail.
@Suite struct PosixCallTests {
    /// Answers for a call, one after the other; with none left, the system does it.
    private final class Answers: Sendable {
        enum Answer {
            case interrupted
            case half
            case nothing
            case failed(Int32)
        }
        private let left: Mutex<[Answer]>
        init(_ answers: [Answer]) { left = Mutex(answers) }

        /// What the call returns, or nil where the system is to be asked for `count` bytes.
        func next(_ count: inout Int) -> Int? {
            switch left.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            case nil: return nil
            case .half:
                count = (count + 1) / 2
                return nil
            case .nothing: return 0
            case .interrupted:
                errno = EINTR
                return -1
            case .failed(let number):
                errno = number
                return -1
            }
        }
        var isSpent: Bool { left.withLock { $0.isEmpty } }
    }

    private func calls(_ answers: Answers, for name: String) -> PosixCalls {
        var calls = PosixCalls.system
        let system = PosixCalls.system
        switch name {
        case "open":
            calls.open = { path, flags in
                var count = 1
                return answers.next(&count).map(Int32.init) ?? system.open(path, flags)
            }
        case "pread":
            calls.read = { file, target, count, offset in
                var count = count
                return answers.next(&count) ?? system.read(file, target, count, offset)
            }
        case "pwrite":
            calls.write = { file, bytes, count, offset in
                var count = count
                return answers.next(&count) ?? system.write(file, bytes, count, offset)
            }
        case "ftruncate":
            calls.truncate = { file, length in
                var count = 1
                return answers.next(&count).map(Int32.init) ?? system.truncate(file, length)
            }
        case "sync_file_range":
            calls.startWriting = { file, offset, length in
                var count = 1
                return answers.next(&count).map(Int32.init)
                    ?? system.startWriting(file, offset, length)
            }
        default:
            calls.sync = { file in
                var count = 1
                return answers.next(&count).map(Int32.init) ?? system.sync(file)
            }
        }
        return calls
    }

    /// Writes, cuts, syncs and reads a file; gives what it read.
    private func use(_ calls: PosixCalls) throws -> [UInt8] {
        let folder = try TestFolder()
        let system = PosixFileSystem(calls: calls)
        let file = try system.open(folder.path + "/file", .create)
        try file.write([UInt8](0..<200), at: 10)
        try file.truncate(to: 150)
        try file.startWriting(from: 0, count: 150)
        try file.syncData()
        return try file.bytes(count: 200, at: 0)
    }

    @Test(arguments: ["open", "pread", "pwrite", "ftruncate"])
    func interruptedCallsAreMadeAgain(_ name: String) throws {
        let expected = [UInt8](repeating: 0, count: 10) + [UInt8](0..<140)
        let answers = Answers([.interrupted, .interrupted, .interrupted])
        #expect(try use(calls(answers, for: name)) == expected)
        #expect(answers.isSpent)
    }

    @Test(arguments: ["pread", "pwrite"])
    func halfACallIsGoneOnWith(_ name: String) throws {
        let expected = [UInt8](repeating: 0, count: 10) + [UInt8](0..<140)
        let answers = Answers([.half, .half, .interrupted, .half])
        #expect(try use(calls(answers, for: name)) == expected)
        #expect(answers.isSpent)
    }

    @Test func aWriteThatWritesNothingIsAFullDiskAndNotALoop() throws {
        let error = #expect(throws: DatabaseError.self) {
            try use(calls(Answers([.half, .nothing]), for: "pwrite"))
        }
        #expect(error?.code == .diskFull && error?.message.contains("pwrite") == true)
    }

    /// A sync that was interrupted may have dropped what it did not write, so it is not retried.
    @Test(arguments: ["fdatasync", "sync_file_range"])
    func anInterruptedSyncIsAFailure(_ name: String) throws {
        let error = #expect(throws: DatabaseError.self) {
            try use(calls(Answers([.interrupted]), for: name))
        }
        #expect(error?.code == .io && error?.file?.hasSuffix("/file") == true)
    }

    @Test(arguments: [
        (EIO, DatabaseError.Code.io), (ENOSPC, .diskFull), (EDQUOT, .diskFull), (EROFS, .io),
    ])
    func anErrorNamesTheCallAndTheFile(_ number: Int32, _ code: DatabaseError.Code) throws {
        for name in ["pread", "pwrite", "ftruncate", "fdatasync", "sync_file_range"] {
            let error = #expect(throws: DatabaseError.self) {
                try use(calls(Answers([.failed(number)]), for: name))
            }
            #expect(error?.code == code && error?.file?.hasSuffix("/file") == true)
            #expect(error?.message.contains(name) == true, "\(String(describing: error))")
        }
    }

    /// A system or a file that does not know the call is no failure: a sync does the same later.
    @Test func writingThatCannotBeStartedIsLeftToTheSync() throws {
        let folder = try TestFolder()
        let file = try PosixFileSystem().open(folder.path + "/file", .create)
        try file.write([1, 2, 3], at: 0)
        // Linux answers EINVAL, as for a file that has no pages.
        try file.startWriting(from: UInt64(Int64.max), count: 8)
        try file.syncData()
    }

    /// The sync behind it could say that all is well.
    @Test func aLogIsPoisonedWhereWritingCannotBeStarted() throws {
        let folder = try TestFolder()
        let answers = Answers([.failed(EIO)])
        let system = PosixFileSystem(calls: calls(answers, for: "sync_file_range"))
        let database = try DatabaseDirectory.create(
            at: folder.path + "/db", .test(system), .small)
        let group = GroupBuffer()
        try TestCommit.sample(1, events: 2).append(to: group)
        #expect(errorCode { try database.writable().append(group, sync: true) } == .io)
        #expect(answers.isSpent)
        #expect(errorCode { try database.writable().append(group, sync: true) } == .poisoned)
        try? database.close()
    }

    /// A whole database on a disk whose calls are cut short all the time.
    @Test func aDatabaseOnADiskThatDoesHalfOfEverything() throws {
        let folder = try TestFolder()
        var calls = PosixCalls.system
        let system = PosixCalls.system
        let count = Atomic(0)
        calls.write = { file, bytes, size, offset in
            if count.wrappingAdd(1, ordering: .relaxed).newValue % 3 == 0 {
                errno = EINTR
                return -1
            }
            return system.write(file, bytes, max(1, size / 3), offset)
        }
        calls.read = { system.read($0, $1, max(1, $2 / 2), $3) }
        let environment = StorageEnvironment.test(PosixFileSystem(calls: calls))
        let path = folder.path + "/db"
        let database = try DatabaseDirectory.create(at: path, environment, .small)
        let group = GroupBuffer()
        let other = try TestDatabase()
        try other.write([3, 5, 7])
        for commit in other.commits { try commit.append(to: group) }
        try database.writable().append(group, sync: true)
        try database.close()
        let again = try DatabaseDirectory.open(at: path, .test(PosixFileSystem()), .small)
        #expect(try again.allCommits() == other.commits)
        try again.close()
    }
}
