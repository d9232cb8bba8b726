import TufaBytes

/// The rows of one commit, read and not yet applied.
struct ImportBatch {
    /// The place of the batch in the order of the input.
    private(set) var number = 0
    /// The rows; those from ``count`` on are left from an earlier batch.
    private(set) var rows: [InputRow]
    /// How many rows the batch has.
    private(set) var count = 0
    /// The line of the input with which the batch begins.
    private(set) var firstLine = 0
    /// What is wrong with the row behind the last one.
    var problem: DatabaseError?
    /// The first lines that could not be read and are left out, in their order.
    private(set) var skipped: [(line: Int, error: DatabaseError)] = []
    /// How many lines could not be read and are left out.
    private(set) var skippedCount: UInt64 = 0
    private let empty: InputRow

    init(fieldCount: Int) {
        empty = InputRow(fieldCount: fieldCount)
        rows = [empty]
    }

    /// Makes it a batch without rows.
    mutating func begin(_ number: Int) {
        self.number = number
        count = 0
        firstLine = 0
        problem = nil
        skipped.removeAll(keepingCapacity: true)
        skippedCount = 0
    }

    /// Whether there is nothing in it to apply or to tell.
    var isEmpty: Bool { count == 0 && problem == nil && skippedCount == 0 }

    /// Leaves out a line; its error is kept where it is among those that may be shown.
    mutating func skip(_ error: DatabaseError, line: Int, shown: Int) {
        skippedCount += 1
        if skipped.count < shown { skipped.append((line, error)) }
    }

    /// The row that is read next; it belongs to the batch only when it is kept.
    var slot: InputRow {
        get { rows[count] }
        _modify { yield &rows[count] }
    }

    /// Takes the row that was read into the batch.
    mutating func keep() {
        count += 1
        if count == rows.count { rows.append(empty) }
    }

    /// Notes the line that is being read.
    mutating func note(line: Int) {
        if firstLine == 0 { firstLine = line }
    }
}
