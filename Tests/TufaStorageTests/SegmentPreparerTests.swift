import Foundation
import Synchronization
import Testing
import TufaBytes

@testable import TufaStorage

/// Segments that are made ahead, on a disk that has room for some lengths only.
@Suite struct SegmentPreparerTests {
    /// A disk on which no file becomes longer than one piece of zeros, 1 MiB.
    private func preparer() throws -> (SegmentPreparer, MemoryFileSystem) {
        let system = MemoryFileSystem()
        try system.createDirectory("log")
        let count = Mutex(0)
        system.onCall { call in
            let isSecond = count.withLock { count in
                if call.name == "create" { count = 0 }
                if call.name == "write" { count += 1 }
                return count > 1 && call.name == "write"
            }
            return isSecond ? DatabaseError(.diskFull, "Injected.", file: call.path) : nil
        }
        return (SegmentPreparer(.test(system), folder: "log"), system)
    }

    @Test func aShorterSegmentIsMadeWhereTheUsualHasNoRoom() throws {
        let (preparer, system) = try preparer()
        let prepared = try preparer.take(least: 5000, usual: 16 << 20)
        #expect(prepared.byteCount == 1 << 20)
        #expect(try prepared.file.byteCount() == 1 << 20)
        #expect(try system.list("log").count == 1)
        preparer.request(byteCount: 4 << 20)
        #expect(try preparer.take(least: 0, usual: 4 << 20).byteCount == 1 << 20)
    }

    @Test func aFrameThatHasNoRoomIsRefusedAndLeavesNothing() throws {
        let (preparer, system) = try preparer()
        #expect(errorCode { try preparer.take(least: 2 << 20, usual: 16 << 20) } == .diskFull)
        #expect(try system.list("log").isEmpty)
    }

    @Test func whatIsAskedForGrowsAndIsMadeAFewTimes() throws {
        let system = MemoryFileSystem()
        try system.createDirectory("log")
        let made = Atomic(0)
        system.onCall { call in
            if call.name == "create" { made.wrappingAdd(1, ordering: .relaxed) }
            return nil
        }
        let preparer = SegmentPreparer(.test(system), folder: "log")
        // A group that takes one small commit after the other, behind a short segment.
        for byteCount in stride(from: 1 << 16, to: 1 << 20, by: 150) as StrideTo<UInt64> {
            try preparer.ensureReady(least: byteCount, usual: 1 << 17)
        }
        #expect(made.load(ordering: .relaxed) <= 4)
        #expect(try preparer.take(least: 1 << 20, usual: 1 << 17).byteCount >= 1 << 20)
        #expect(try system.list("log").count == 1)
    }

    /// What a disk was asked for while a segment was made.
    private final class Calls: Sendable {
        let writes = Atomic(0)
        let syncs = Atomic(0)
    }

    /// A preparer, and what its disk is asked for; `atFirstSync` runs in its thread.
    private func counted(
        atFirstSync: @escaping @Sendable () -> Void = {}
    ) throws -> (SegmentPreparer, Calls) {
        let system = MemoryFileSystem()
        try system.createDirectory("log")
        let calls = Calls()
        system.onCall { call in
            if call.name == "write" { calls.writes.wrappingAdd(1, ordering: .relaxed) }
            if call.name == "sync", calls.syncs.wrappingAdd(1, ordering: .relaxed).newValue == 1 {
                atFirstSync()
            }
            return nil
        }
        return (SegmentPreparer(.test(system), folder: "log"), calls)
    }

    private func wait(until isDone: () -> Bool) {
        for _ in 0..<10_000 where !isDone() { usleep(1000) }
    }

    @Test func whatIsNotDueYetIsWrittenInPortionsThatNobodyWaitsForLong() throws {
        let (preparer, calls) = try counted()
        preparer.request(byteCount: 8 << 20, due: 0)
        wait { calls.syncs.load(ordering: .relaxed) == 16 }
        #expect(try preparer.take(least: 0, usual: 0).byteCount == 8 << 20)
        #expect(calls.syncs.load(ordering: .relaxed) == 16)
        #expect(calls.writes.load(ordering: .relaxed) == 16)
    }

    @Test func whatIsDueIsWrittenInLargePortions() throws {
        let (preparer, calls) = try counted()
        preparer.request(byteCount: 20 << 20, due: 1)
        #expect(try preparer.take(least: 0, usual: 0).byteCount == 20 << 20)
        #expect(calls.syncs.load(ordering: .relaxed) == 3)
    }

    @Test func theThreadKeepsUpWithWhatBecomesDue() throws {
        let began = DispatchSemaphore(value: 0)
        let goesOn = DispatchSemaphore(value: 0)
        let (preparer, calls) = try counted {
            began.signal()
            _ = goesOn.wait(timeout: .now() + 10)
        }
        preparer.request(byteCount: 16 << 20, due: 0)
        _ = began.wait(timeout: .now() + 10)
        preparer.request(byteCount: 16 << 20, due: 0.25)
        goesOn.signal()
        // A small one, a large one past the quarter, and the other half in small ones again.
        wait { calls.syncs.load(ordering: .relaxed) == 17 }
        #expect(try preparer.take(least: 0, usual: 0).byteCount == 16 << 20)
        #expect(calls.syncs.load(ordering: .relaxed) == 17)
    }

    @Test func whoWaitsForASegmentHastensIt() throws {
        let began = DispatchSemaphore(value: 0)
        let box = Mutex<SegmentPreparer?>(nil)
        let (preparer, calls) = try counted {
            began.signal()
            let preparer = box.withLock { $0 }
            for _ in 0..<10_000 where preparer?.isAwaited == false { usleep(1000) }
        }
        box.withLock { $0 = preparer }
        preparer.request(byteCount: 16 << 20, due: 0)
        _ = began.wait(timeout: .now() + 10)
        #expect(try preparer.take(least: 0, usual: 0).byteCount == 16 << 20)
        // A small portion, and the rest in two large ones.
        #expect(calls.syncs.load(ordering: .relaxed) == 3)
        box.withLock { $0 = nil }
    }
}
