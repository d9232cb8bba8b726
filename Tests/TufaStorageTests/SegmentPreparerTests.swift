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
}
