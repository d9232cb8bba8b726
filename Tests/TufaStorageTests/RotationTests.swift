import Foundation
import Synchronization
import Testing
import TufaBytes

@testable import TufaStorage

struct RotationTests {
    @Test func roomAskedForDuringARotationDisturbsNothing() throws {
        let database = try TestDatabase(
            LogOptions(segmentByteCount: 1 << 16, worksInBackground: false))
        let log = try #require(database.directory.log)
        let asked = Mutex(0)
        // Another thread may ask for room while the new segment is about to get its name.
        database.system.onCall { call in
            if call.name == "rename", call.path.hasSuffix(".tmp") {
                asked.withLock { $0 += 1 }
                try? log.checkRoom(for: 60_000)
            }
            return nil
        }
        for _ in 0..<40 { try database.write([1], byteCount: 9000) }
        database.system.onCall(nil)
        #expect(asked.withLock { $0 } > 3)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        let names = try database.system.list("db/log")
        #expect(names.allSatisfy { $0.hasSuffix(".log") })
    }

    @Test func whatTheNewSegmentHoldsIsNotWaitedForDuringARotation() throws {
        let database = try TestDatabase(
            LogOptions(segmentByteCount: 1 << 16, worksInBackground: false))
        let log = try #require(database.directory.log)
        let made = Atomic(0)
        let asked = Atomic(0)
        // The old segment is full, and the new one is taken and has no name yet: another one would
        // be made by whoever commits meanwhile, and all would wait for that.
        database.system.onCall { call in
            if call.name == "create" { made.wrappingAdd(1, ordering: .relaxed) }
            if call.name == "rename", call.path.hasSuffix(".tmp") {
                let before = made.load(ordering: .relaxed)
                #expect(throws: Never.self) { try log.checkRoom(for: 20_000) }
                #expect(made.load(ordering: .relaxed) == before)
                asked.wrappingAdd(1, ordering: .relaxed)
            }
            return nil
        }
        for _ in 0..<40 { try database.write([1], byteCount: 9000) }
        database.system.onCall(nil)
        #expect(asked.load(ordering: .relaxed) > 3)
    }

    @Test func whoWaitsWhileTheNewSegmentIsMadeNeedsNoOther() throws {
        let database = try TestDatabase(
            LogOptions(segmentByteCount: 1 << 16, worksInBackground: false))
        let log = try #require(database.directory.log)
        let made = Atomic(0)
        let asking = DispatchSemaphore(value: 0)
        let answered = DispatchSemaphore(value: 0)
        database.system.onCall { call in
            guard call.name == "create" else { return nil }
            guard made.wrappingAdd(1, ordering: .relaxed).newValue == 1 else { return nil }
            let thread = Thread {
                asking.signal()
                try? log.checkRoom(for: 20_000)
                answered.signal()
            }
            thread.start()
            _ = asking.wait(timeout: .now() + 10)
            // Time to ask; whoever is later finds room at once, and the test says nothing.
            usleep(50_000)
            return nil
        }
        for _ in 0..<8 { try database.write([1], byteCount: 9000) }
        #expect(answered.wait(timeout: .now() + 10) == .success)
        database.system.onCall(nil)
        #expect(made.load(ordering: .relaxed) == 1)
    }

    @Test func whatWasPromisedRoomInASegmentThatGotNoNameFindsIt() throws {
        let database = try TestDatabase(
            LogOptions(segmentByteCount: 1 << 16, worksInBackground: false))
        let log = try #require(database.directory.log)
        for _ in 0..<5 { try database.write([1], byteCount: 9000) }
        let isFull = Atomic(false)
        database.system.onCall { call in
            guard call.path.hasSuffix(".tmp") else { return nil }
            if call.name == "rename", !isFull.exchange(true, ordering: .relaxed) {
                // Refused before, for the old segment has room for no more than 10,000 bytes.
                #expect(throws: Never.self) { try log.checkRoom(for: 25_000) }
                return DatabaseError(.diskFull, "Injected.", file: call.path)
            }
            return call.name != "rename" && isFull.load(ordering: .relaxed)
                ? DatabaseError(.diskFull, "Injected.", file: call.path) : nil
        }
        #expect(errorCode { try log.rotate() } == .diskFull)
        // What needs another segment still is refused.
        #expect(errorCode { try log.checkRoom(for: 80_000) } == .diskFull)
        // The header of the one that was given back can be written.
        database.system.onCall { call in
            call.name == "create" ? DatabaseError(.diskFull, "Injected.", file: call.path) : nil
        }
        try database.write([1], byteCount: 24_000)
        database.system.onCall(nil)
        try database.directory.close()
        let again = try TestDatabase(opening: database.system)
        #expect(again.commits == database.commits)
        #expect(try database.system.list("db/log").allSatisfy { $0.hasSuffix(".log") })
    }

    @Test(
        arguments: [
            (64, nil), (33, nil), (32, nil), (31, 0.0625), (24, 0.5), (16, 1), (4, 1), (0, 1),
        ] as [(UInt64, Double?)])
    func theNextSegmentIsDueAtThreeQuarters(_ left: UInt64, _ due: Double?) {
        #expect(Log.due(left, of: 64) == due)
    }
}
