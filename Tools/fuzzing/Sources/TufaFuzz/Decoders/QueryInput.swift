import TufaSearch

@testable import TufaBytes
@testable import TufaModel

/// What people type: search texts in both languages, and the cursors of pages.
enum QueryInput {
    static func feedSearch(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        let fields = ["title", "body"]
        let typed = WebSearchParser(analyzer: .english).parse(text)
        try BrokenPromise.unless(!typed.description.isEmpty, "A query has no words for itself")
        let throughExpression = try SearchExpression.typed(text).query(
            analyzer: .english, fields: fields)
        try BrokenPromise.unless(throughExpression == typed, "A typed query means two things")
        let expression = try BrokenPromise.expecting([.syntax, .limitExceeded]) {
            try SearchExpression(parsing: text)
        }
        guard let expression else { return }
        _ = try BrokenPromise.expecting([.unknownField, .limitExceeded]) {
            let query = try expression.query(analyzer: .english, fields: fields)
            try BrokenPromise.unless(!query.description.isEmpty, "A query has no words for itself")
        }
    }

    /// Feeds the bytes as the text of a cursor, and as the key of one that is whole.
    static func feedCursor(_ bytes: [UInt8]) throws {
        let table = try RowInput.table(0)
        try feed(String(decoding: bytes, as: UTF8.self), table)
        let whole = Cursor(table, queryFingerprint: 7, key: bytes)
        try BrokenPromise.unless(
            try Cursor(decoding: whole.text, table, queryFingerprint: 7) == whole,
            "A cursor that was written reads otherwise")
        var text = Array(whole.text.utf8)
        text[bytes.count % text.count] ^= bytes.first ?? 1
        try feed(String(decoding: text, as: UTF8.self), table)
    }

    private static func feed(_ text: String, _ table: TablePlan) throws {
        let cursor = try BrokenPromise.expecting([.invalidCursor]) {
            try Cursor(decoding: text, table, queryFingerprint: 7)
        }
        guard let cursor else { return }
        try BrokenPromise.unless(cursor.text == text, "A cursor is written otherwise")
    }
}
