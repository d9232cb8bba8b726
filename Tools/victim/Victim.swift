import Foundation
import Tufa

/// A program that is there to be killed: it writes with several threads, and writes snapshots and
/// archives meanwhile, until it ends at the hands of a test, or the disk is full.
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
                    do { try writer.run() } catch { end("writer \(number)", error) }
                }
            }
            while true {
                usleep(UInt32.random(in: 5_000...60_000))
                do {
                    if Bool.random() { try db.snapshotBlocking() } else { try db.archiveBlocking() }
                } catch let error as DatabaseError where error.code == .diskFull {
                    // Nothing is lost by it; the writers go on until they are refused.
                    continue
                }
            }
        } catch {
            end("maintenance", error)
        }
    }

    /// Tells a full disk from what must not happen.
    static func end(_ who: String, _ error: any Error) -> Never {
        if (error as? DatabaseError)?.code == .diskFull { exit(4) }
        fail("\(who): \(error)")
    }

    /// Ends with the one exit code that a test takes for a failure of its own.
    static func fail(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(3)
    }
}
