package import TufaBytes

/// A condition in SQL over the fields of one row.
///
/// It knows comparisons, AND, OR, NOT, IS [NOT] NULL, [NOT] IN, [NOT] BETWEEN, [NOT] LIKE,
/// arithmetic, `length`, `char_length`, `lower`, `upper` and literals; a condition that is neither
/// true nor false because of a NULL is unknown.
package struct CheckExpression: Sendable {
    /// The text that it was read from.
    package let text: String
    let root: ExpressionNode

    /// Reads a condition and checks its types against a table.
    ///
    /// - Throws: `syntax`, `unknown_field` or `type_mismatch`, with line and column.
    /// - Complexity: O(length of the text).
    package init(parsing text: String, table: TableSchema) throws(DatabaseError) {
        self.text = text
        var parser = ExpressionParser(SQLTokens(try SQLLexer.tokens(of: text)), table)
        root = try parser.condition()
        guard parser.tokens.next.kind == .end
        else { throw parser.tokens.next.unexpected("the end of the condition") }
    }

    /// True, false, or nil for unknown, of the row whose values `row` gives; -1 asks for `id`.
    ///
    /// - Throws: `check_violation` on a division by zero and on a number out of range.
    /// - Complexity: O(size of the expression and of the texts it looks at).
    package func evaluate(_ row: (Int) -> Value) throws(DatabaseError) -> Bool? {
        guard case .boolean(let result) = try ExpressionEvaluator.value(of: root, row)
        else { return nil }
        return result
    }

    /// Whether a row passes: unless the condition is false, as SQL has it.
    package func holds(_ row: (Int) -> Value) throws(DatabaseError) -> Bool {
        try evaluate(row) ?? true
    }

    /// Whether a row in its stored form passes.
    @unsafe
    package func holds(
        id: RowID, body: RowBody, layout: RowLayout
    ) throws(DatabaseError) -> Bool {
        try holds { index in
            unsafe index < 0 ? .uuid(id) : RowCodec.value(index, body, layout)
        }
    }
}
