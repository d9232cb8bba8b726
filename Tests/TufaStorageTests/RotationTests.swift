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
}
