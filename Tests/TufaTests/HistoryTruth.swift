import Testing
import Tufa
import TufaBytes
import TufaModel

/// Every version that every row of a database ever had, put together from its events.
struct HistoryTruth {
    struct Key: Hashable {
        let table: String
        let id: RowID
    }

    /// One row's life.
    struct Life {
        var versions: [[String: Value]] = []
        /// What the last event left; nil where that was a deletion.
        var last: [String: Value]?
        var lastPosition: UInt64 = 0
    }

    private(set) var lives: [Key: Life] = [:]

    init(_ database: Database) throws {
        var lives: [Key: Life] = [:]
        try database.forEachCommit { commit in
            for event in commit.events where event.kind != .schema {
                let key = Key(table: event.table, id: event.id)
                var life = lives[key] ?? Life()
                life.lastPosition = event.position
                if event.kind == .delete {
                    life.last = nil
                } else {
                    var row = event.kind == .create ? [:] : life.last ?? [:]
                    for (name, value) in event.fields { row[name] = value }
                    life.last = row
                    life.versions.append(row)
                }
                lives[key] = life
            }
            return true
        }
        self.lives = lives
    }

    /// Holds a salvaged database against what was.
    func check(_ view: View, _ report: SalvageReport, _ hint: String) throws {
        var rows: [Key: [String: Value]] = [:]
        for table in ["users", "posts"] where report.rowCount > 0 {
            guard let found = try? view.fetch(QueryShape(table: table)) else { continue }
            for record in found {
                let values = zip(record.fieldNames, record.values).map { ($0, $1) }
                rows[Key(table: table, id: record.id)] = Dictionary(uniqueKeysWithValues: values)
            }
        }
        #expect(rows.count == report.rowCount, "\(hint)")
        for (key, row) in rows {
            let wasThere = lives[key]?.versions.contains(row) ?? false
            #expect(wasThere, "\(hint): \(key) never was \(row)")
        }
        let told = Set(
            (report.uncertain + report.leftOut).map { Key(table: $0.table, id: $0.id) })
        let lost = Set(report.lostEvents.map(\.position))
        // What was cut off at the very end may never have been acknowledged: only that is told.
        let isEndUnknown =
            !report.isEndKnown
            || report.places.contains { $0.reason.contains("last write is not whole") }
        let missing = report.gaps.reduce(0) { $0 + ($1.last.map { $0 + 1 } ?? $1.first) - $1.first }
        let end = isEndUnknown ? report.eventCount + missing : .max
        for (key, life) in lives where !told.contains(key) && life.lastPosition <= end {
            if lost.contains(life.lastPosition) { continue }
            let isMissing = report.gaps.contains {
                $0.first <= life.lastPosition && life.lastPosition <= $0.last ?? .max
            }
            if isMissing { continue }
            #expect(
                rows[key] == life.last,
                "\(hint): \(key) of position \(life.lastPosition) is not as it was")
        }
    }
}
