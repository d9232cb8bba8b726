import Foundation
import Tufa

/// A program that is there to be killed: it writes with several threads, and writes snapshots and
/// archives meanwhile, until it ends at the hands of a test.
///
///     TufaVictim DATABASE WRITERS
@main
struct Victim {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let writerCount = Int64(arguments[2]), writerCount > 0 else {
            fail("usage: TufaVictim DATABASE WRITERS")
        }
        do {
            let db = try Database.openBlocking(arguments[1], Deed.self, Count.self)
            for number in 1...writerCount {
                let writer = Writer(db: db, number: number)
                Thread.detachNewThread {
                    do { try writer.run() } catch { fail("writer \(number): \(error)") }
                }
            }
            while true {
                usleep(UInt32.random(in: 5_000...60_000))
                if Bool.random() {
                    _ = try db.snapshotBlocking()
                } else {
                    _ = try db.archiveBlocking()
                }
            }
        } catch {
            fail("\(error)")
        }
    }

    /// Ends with the one exit code that a test takes for a failure of its own.
    static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(3)
    }
}
