import Testing
import Tufa

@testable import TufaVictim

/// What the program that is there to be killed has left.
enum VictimState {
    /// Opens it, and looks for every commit that was acknowledged, whole, in rows, indexes and
    /// texts; gives how many commits there are in all.
    static func check(
        _ path: String, _ acknowledged: [Int64: Int64], writers: Int, isReadOnly: Bool = false,
        _ place: String
    ) throws -> Int64 {
        var options = DatabaseOptions()
        options.isReadOnly = isReadOnly
        let db = try Database.openBlocking(path, options: options, Deed.self, Count.self)
        defer { #expect(throws: Never.self) { try db.closeBlocking() } }
        let view = db.view()
        var total: Int64 = 0
        for writer in 1...Int64(writers) {
            let count = try view.first(Count.where { $0.writer == writer })?.number ?? 0
            #expect(count >= acknowledged[writer] ?? 0, "\(place), writer \(writer)")
            total += count
            let deeds = try view.fetch(
                Deed.where { $0.writer == writer }.order { $0.number.ascending })
            let kept = max(1, count - Writer.keptCount + 1)
            // The commits that stay are there without a gap, each with all of its rows.
            let byNumber = Dictionary(grouping: deeds, by: \.number)
            let numbers = count == 0 ? [] : Array(kept...count)
            #expect(byNumber.keys.sorted() == numbers, "\(place), writer \(writer)")
            for (number, parts) in byNumber {
                let isWhole =
                    parts.map(\.part).sorted() == Array(1...Int64(parts.count))
                    && parts.allSatisfy { $0.partCount == Int64(parts.count) }
                #expect(isWhole, "\(place), writer \(writer), commit \(number)")
            }
            // The texts are found as the rows are.
            let found = try view.search(Deed.search("by\(writer)").limit(1).counted()).total
            #expect(found == deeds.count, "\(place), writer \(writer)")
        }
        return total
    }
}
