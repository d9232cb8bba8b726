import Foundation
import Tufa

/// Commits without end, and says after each on standard output that it was acknowledged.
struct Writer: Sendable {
    let db: Database
    let number: Int64

    /// How many commits of each writer stay; the rows of older ones are deleted.
    static let keptCount: Int64 = 40

    func run() throws {
        while true {
            let count = try commit()
            // A line is written whole or not at all, as it is shorter than a pipe's buffer.
            try FileHandle.standardOutput.write(contentsOf: Data("\(number) \(count)\n".utf8))
        }
    }

    /// One commit: a few rows more, those of an old commit less, and the count.
    private func commit() throws -> Int64 {
        try db.writeBlocking(as: "writer \(number)") { tx in
            var count =
                try tx.first(Count.where { $0.writer == number })
                ?? tx.insert(Count(writer: number))
            count.number += 1
            let partCount = Int64.random(in: 1...4)
            for part in 1...partCount {
                let words = String(repeating: "word\(Int.random(in: 1...50)) ", count: 8)
                try tx.insert(
                    Deed(
                        writer: number, number: count.number, part: part, partCount: partCount,
                        text: "by\(number) \(words)"))
            }
            let old = count.number - Self.keptCount
            for deed in try tx.fetch(Deed.where { $0.writer == number && $0.number == old }) {
                try tx.delete(deed.id)
            }
            try tx.update(count.id) { $0.number = count.number }
            return count.number
        }.value
    }
}
