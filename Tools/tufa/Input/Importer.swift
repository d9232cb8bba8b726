import Tufa
import TufaBytes
import TufaModel

/// Brings the rows of an input into a table, a commit for each batch.
struct Importer {
    /// How many bad rows are shown before they are only counted.
    private static let shownBadRowCount = 10

    /// Who makes the commits.
    var actor = ""
    /// The label of the commits.
    var label = ""
    /// How many rows are in.
    private(set) var rowCount: UInt64 = 0
    /// How many bad rows were left out.
    private(set) var skippedCount: UInt64 = 0

    private let database: Database
    private let plan: TablePlan
    private var reader: RowReader
    private let batchRowCount: Int
    private let skipsBadRows: Bool
    private let console: Console
    private var row: InputRow
    /// The first line of the open batch.
    private var firstLine = 0

    init(
        _ database: Database, _ plan: TablePlan, _ reader: RowReader, batchRowCount: Int,
        skipsBadRows: Bool, _ console: Console
    ) {
        self.database = database
        self.plan = plan
        self.reader = reader
        self.batchRowCount = batchRowCount
        self.skipsBadRows = skipsBadRows
        self.console = console
        row = InputRow(fieldCount: plan.schema.fields.count)
    }

    /// Imports everything, and gives the seconds that it took.
    ///
    /// - Throws: what is wrong with a row, with its line and the line to go on from.
    mutating func run() throws -> Double {
        let progress = Progress("import", console)
        defer { progress.finish() }
        var isAtEnd = false
        while !isAtEnd {
            let before = rowCount
            firstLine = 0
            do {
                isAtEnd = try database.writeBlocking(as: actor, label: label) { transaction in
                    try fill(&transaction)
                }.value
            } catch var error as DatabaseError {
                rowCount = before
                let rest = "\(Progress.grouped(before)) rows before it are in"
                error.advice =
                    (error.advice.map { $0 + " " } ?? "")
                    + (firstLine > 0
                        ? "\(rest); go on from line \(firstLine), or leave bad rows out with "
                            + "--skip-bad."
                        : "\(rest).")
                throw error
            }
            progress.update(
                rowCount, "rows", part: reader.byteCount, of: reader.totalByteCount)
        }
        return progress.seconds
    }

    /// Reads a batch into a transaction; true at the end of the input.
    private mutating func fill(_ transaction: inout Transaction) throws -> Bool {
        var count = 0
        while count < batchRowCount {
            do {
                // Also where the very first line of the batch is the bad one.
                defer { if firstLine == 0 { firstLine = reader.lineNumber } }
                guard try reader.next(into: &row) else { return true }
                do {
                    try transaction.insert(plan, row.id ?? .make(), row.values)
                } catch {
                    // The engine refuses a row before it changes anything.
                    throw ImportFailure.placed(error, reader.name, row)
                }
                count += 1
                rowCount += 1
            } catch let error as DatabaseError where skipsBadRows && isOfTheRow(error) {
                skip(error)
            }
        }
        return false
    }

    private func isOfTheRow(_ error: DatabaseError) -> Bool {
        guard reader.canGoOn else { return false }
        switch error.code {
        case .uniqueViolation, .referenceViolation, .checkViolation, .notNullViolation,
            .typeMismatch, .valueTooLong, .rowExists, .unknownField, .syntax:
            return true
        default: return false
        }
    }

    private mutating func skip(_ error: DatabaseError) {
        skippedCount += 1
        if skippedCount <= Importer.shownBadRowCount {
            console.note("tufa: skipped: \(error.message)")
        } else if skippedCount == Importer.shownBadRowCount + 1 {
            console.note("tufa: more are skipped and only counted")
        }
    }
}

/// Errors of the engine about a row of an input.
enum ImportFailure {
    /// The error with the line of the row.
    static func placed(_ error: any Error, _ file: String, _ row: InputRow) -> any Error {
        guard var error = error as? DatabaseError else { return error }
        error.message = "Line \(row.line): \(error.message)"
        error.file = file
        if error.row == nil { error.row = row.id }
        return error
    }
}
