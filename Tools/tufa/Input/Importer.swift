import Foundation
import Synchronization
import Tufa
import TufaBytes
import TufaModel

/// Brings the rows of an input into a table, a synced commit for each batch.
///
/// Two workers take turns: while one batch is applied and synced, the next one is read. A batch is
/// applied only after the one before it is on disk, so what is in is always a beginning of the
/// input.
final class Importer: Sendable {
    private static let workerCount = 2
    /// Where a batch ends however few its rows, so that a commit fits into a frame of the log.
    private static let largestBatchByteCount: UInt64 = 1 << 26
    /// How many bad rows are shown before they are only counted.
    private static let shownBadRowCount = 10

    /// What an import is told.
    struct Settings {
        /// Who makes the commits.
        var actor = ""
        /// The label of the commits.
        var label = ""
        /// How many rows make a commit.
        var batchRowCount = 1_000
        /// Whether bad rows are left out and counted.
        var skipsBadRows = false
    }

    /// What the workers share.
    private struct Shared {
        var reader: RowReader
        /// The number of the batch that is read next.
        var nextToRead = 0
        /// The number of the batch that is applied next.
        var nextToApply = 0
        var isAtEnd = false
        /// The earliest batch that failed; nothing behind it is applied.
        var failure: (batch: Int, error: any Error)?
        var rowCount: UInt64 = 0
        var skippedCount: UInt64 = 0
    }

    private let database: Database
    private let plan: TablePlan
    private let settings: Settings
    private let shared: Mutex<Shared>
    private let turn = NSCondition()
    private let progress: Progress
    private let inputName: String
    private let remarks: Remarks

    init(
        _ database: Database, _ plan: TablePlan, _ reader: RowReader, _ settings: Settings,
        _ console: Console
    ) {
        self.database = database
        self.plan = plan
        self.settings = settings
        inputName = reader.name
        remarks = console.remarks
        shared = Mutex(Shared(reader: reader))
        progress = Progress("import", console)
    }

    /// How many rows are in.
    var rowCount: UInt64 { shared.withLock(\.rowCount) }

    /// How many bad rows were left out.
    var skippedCount: UInt64 { shared.withLock(\.skippedCount) }

    /// Imports everything, and gives the seconds that it took.
    ///
    /// - Throws: what is wrong with a row, with its line and the line to go on from.
    func run() throws -> Double {
        defer { progress.finish() }
        let group = DispatchGroup()
        for _ in 0..<Importer.workerCount {
            group.enter()
            let thread = Thread {
                self.work()
                group.leave()
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
        group.wait()
        let seconds = progress.seconds
        if let error = shared.withLock({ $0.failure?.error }) { throw error }
        return seconds
    }

    /// Reads and applies batches until there are no more.
    private func work() {
        var batch = ImportBatch(fieldCount: plan.schema.fields.count)
        while read(&batch) {
            guard let rows = apply(batch) else { continue }
            let (all, bytes, total) = shared.withLock { shared in
                shared.rowCount += UInt64(rows)
                return (shared.rowCount, shared.reader.byteCount, shared.reader.totalByteCount)
            }
            progress.update(all, "rows", part: bytes, of: total)
        }
    }

    // MARK: Reading

    /// Reads the next batch; false where there is none.
    private func read(_ batch: inout ImportBatch) -> Bool {
        shared.withLock { shared in
            batch.begin(shared.nextToRead)
            guard !shared.isAtEnd, shared.failure == nil else { return false }
            let start = shared.reader.byteCount
            while batch.count < settings.batchRowCount,
                shared.reader.byteCount - start < Importer.largestBatchByteCount
            {
                do throws(DatabaseError) {
                    let isThere = try shared.reader.next(into: &batch.slot)
                    batch.note(line: shared.reader.lineNumber)
                    guard isThere else {
                        shared.isAtEnd = true
                        break
                    }
                    batch.keep()
                } catch {
                    batch.note(line: shared.reader.lineNumber)
                    if settings.skipsBadRows, shared.reader.canGoOn, Importer.isOfTheRow(error) {
                        batch.skip(
                            error, line: shared.reader.lineNumber,
                            shown: Importer.shownBadRowCount)
                    } else {
                        // The batches before this one are applied still; this one is left out.
                        batch.problem = error
                        shared.isAtEnd = true
                        break
                    }
                }
            }
            guard !batch.isEmpty else { return false }
            shared.nextToRead += 1
            return true
        }
    }

    // MARK: Applying

    /// Writes a batch when its turn has come; gives how many rows are in, nil where it failed.
    private func apply(_ batch: ImportBatch) -> Int? {
        let isWanted = waitForTurn(batch.number)
        // A failure is noted before the turn is passed, so that nothing behind it is applied.
        defer { passTurn() }
        guard isWanted else { return nil }
        do {
            if let problem = batch.problem { throw problem }
            return try database.writeBlocking(as: settings.actor, label: settings.label) {
                transaction in
                try insert(batch, &transaction)
            }.value
        } catch {
            fail(batch, error)
            return nil
        }
    }

    private func insert(_ batch: ImportBatch, _ transaction: inout Transaction) throws -> Int {
        var rows = batch.count
        var unread = batch.skipped[...]
        try transaction.insert(
            plan, count: batch.count,
            row: { index in (batch.rows[index].id ?? .make(), batch.rows[index].values) },
            refused: { index, error in
                // The engine refuses a row before it changes anything.
                let placed = ImportFailure.placed(error, inputName, batch.rows[index])
                guard settings.skipsBadRows, let placed = placed as? DatabaseError,
                    Importer.isOfTheRow(placed)
                else { throw placed }
                rows -= 1
                // What could not be read before this line is told before it.
                while let first = unread.first, first.line < batch.rows[index].line {
                    skip(unread.removeFirst().error)
                }
                skip(placed)
            })
        for (_, error) in unread { skip(error) }
        skip(uncounted: batch.skippedCount - UInt64(batch.skipped.count))
        return rows
    }

    /// False where an earlier batch failed, so that this one must not be applied.
    private func waitForTurn(_ number: Int) -> Bool {
        turn.lock()
        defer { turn.unlock() }
        while shared.withLock({ $0.nextToApply }) != number { turn.wait() }
        return shared.withLock { $0.failure == nil }
    }

    private func passTurn() {
        turn.lock()
        shared.withLock { $0.nextToApply += 1 }
        turn.broadcast()
        turn.unlock()
    }

    /// Keeps the earliest failure, with what the reader of the message can do.
    private func fail(_ batch: ImportBatch, _ error: any Error) {
        shared.withLock { shared in
            if let failure = shared.failure, failure.batch < batch.number { return }
            guard var error = error as? DatabaseError else {
                shared.failure = (batch.number, error)
                return
            }
            error.advice =
                (error.advice.map { $0 + " " } ?? "")
                + Importer.advice(
                    isFirst: batch.number == 0, batch.firstLine, Importer.isOfTheRow(error))
            shared.failure = (batch.number, error)
        }
    }

    // MARK: Bad rows

    private static func isOfTheRow(_ error: DatabaseError) -> Bool {
        switch error.code {
        case .uniqueViolation, .referenceViolation, .checkViolation, .notNullViolation,
            .typeMismatch, .valueTooLong, .rowExists, .unknownField, .syntax:
            return true
        default: return false
        }
    }

    /// What can be done after a batch was refused, in whole sentences.
    private static func advice(isFirst: Bool, _ firstLine: Int, _ isOfTheRow: Bool) -> String {
        let state =
            isFirst ? "Nothing was imported." : "Everything before line \(firstLine) is in."
        guard isOfTheRow else {
            return isFirst ? state : "\(state) Go on from there."
        }
        let next = isFirst ? "import again" : "go on from there"
        return "\(state) Mend the row and \(next), or leave bad rows out with --skip-bad."
    }

    /// Counts a bad row, and shows it while it is one of the first; called in turn.
    private func skip(_ error: DatabaseError) {
        let number = count(skipped: 1)
        guard number <= Importer.shownBadRowCount else { return }
        remarks.skipped(error)
    }

    private func skip(uncounted count: UInt64) {
        if count > 0 { _ = self.count(skipped: count) }
    }

    /// Counts bad rows, says once that there are more than are shown, and gives their number.
    private func count(skipped count: UInt64) -> UInt64 {
        let shown = UInt64(Importer.shownBadRowCount)
        let (before, after) = shared.withLock { shared in
            let before = shared.skippedCount
            shared.skippedCount += count
            return (before, shared.skippedCount)
        }
        if before <= shown, after > shown {
            remarks.note("more are skipped and only counted")
        }
        return after
    }
}

/// Errors of the engine about a row of an input.
enum ImportFailure {
    /// The error with the line of the row.
    static func placed(_ error: any Error, _ file: String, _ row: InputRow) -> any Error {
        guard var error = error as? DatabaseError else { return error }
        error.message = "Line \(row.line): \(error.message)"
        error.file = file
        // An identifier that was only just made says nothing; the owner of a unique value does.
        if row.id == nil, error.code != .uniqueViolation { error.row = nil }
        if error.row == nil { error.row = row.id }
        return error
    }
}
