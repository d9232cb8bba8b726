import TufaBytes
import TufaModel

/// One row of an input, by the places of the fields.
struct InputRow {
    /// The identifier; nil where the input gives none.
    var id: RowID?
    /// The values in schema order; nil where the input gives none.
    var values: [Value?]
    /// The line of the input where the row begins.
    var line = 0

    init(fieldCount: Int) { values = Array(repeating: nil, count: fieldCount) }

    /// Forgets what was read.
    mutating func clear() {
        id = nil
        for index in values.indices { values[index] = nil }
    }
}

/// What is wrong in an input, and where in the buffer.
struct InputProblem: Error {
    var error: DatabaseError
    var at: Int

    init(_ code: DatabaseError.Code, _ message: String, at: Int, field: String? = nil) {
        error = DatabaseError(code, message, fields: field.map { [$0] } ?? [])
        self.at = at
    }

    init(_ error: DatabaseError, at: Int) {
        self.error = error
        self.at = at
    }
}
