package import TufaBytes

/// A normal predicate as a list of tests with jumps, which looks at the bytes of a row.
///
/// It makes no values and allocates nothing, and its loop has no recursion, so it can filter
/// millions of rows a second.
package struct PredicateProgram: Sendable {
    struct Test: Sendable {
        enum Kind: UInt8, Sendable {
            case id, uuid, signedWord, double, boolean, bytes, prefix, isNull
        }

        var kind: Kind
        var comparison: Comparison
        var fieldIndex: Int
        var field: RowLayout.Field
        /// The value: an ordered word, the halves of an identifier, or a range of the pool.
        var first: UInt64
        var second: UInt64
        var onTrue: Int
        var onFalse: Int
    }

    static let accept = -1
    static let reject = -2

    let tests: [Test]
    let pool: [UInt8]
    let entry: Int
    let fixedByteCount: Int

    /// Compiles a predicate in the form of ``Predicate/normalized(for:)``.
    package init(_ predicate: Predicate, _ table: TablePlan) {
        var compiler = PredicateCompiler(table)
        entry = compiler.emit(
            predicate, onTrue: PredicateProgram.accept, onFalse: PredicateProgram.reject)
        tests = compiler.tests
        pool = compiler.pool
        fixedByteCount = table.layout.fixedByteCount
    }

    /// Whether a row matches; the body must be one of the table's.
    ///
    /// - Complexity: O(tests), and O(length) of the texts that they look at.
    @unsafe
    package func matches(id: RowID, body: RowBody) -> Bool {
        var at = entry
        while at >= 0 {
            let test = tests[at]
            at = unsafe holds(test, id, body) ? test.onTrue : test.onFalse
        }
        return at == PredicateProgram.accept
    }

    @unsafe @inline(__always)
    private func holds(_ test: Test, _ id: RowID, _ body: RowBody) -> Bool {
        if test.kind == .id {
            return test.comparison.holds(
                PredicateProgram.order(id, RowID(high: test.first, low: test.second)))
        }
        if test.field.isOptional, unsafe body.isNull(test.fieldIndex) {
            return test.kind == .isNull
        }
        switch test.kind {
        case .id, .isNull: return false
        case .uuid:
            return unsafe test.comparison.holds(
                PredicateProgram.order(
                    body.rowID(test.field), RowID(high: test.first, low: test.second)))
        case .signedWord, .double, .boolean:
            let word = unsafe orderedWord(test, body)
            return test.comparison.holds(word < test.first ? -1 : word == test.first ? 0 : 1)
        case .bytes, .prefix:
            let bytes = unsafe body.variable(test.field, fixedByteCount: fixedByteCount)
            return unsafe pool.withUnsafeBytes { pool in
                let value = unsafe UnsafeRawBufferPointer(
                    rebasing: pool[Int(test.first)..<Int(test.second)])
                if test.kind == .prefix {
                    return unsafe ByteOrder.isPrefix(value, of: bytes)
                }
                return unsafe test.comparison.holds(ByteOrder.order(bytes, value))
            }
        }
    }

    @unsafe @inline(__always)
    private func orderedWord(_ test: Test, _ body: RowBody) -> UInt64 {
        switch test.kind {
        case .boolean: unsafe body.boolean(test.field) ? 1 : 0
        case .double:
            PredicateProgram.ordered(
                unsafe Double(bitPattern: body.word(test.field)))
        default: unsafe body.word(test.field) ^ (1 << 63)
        }
    }

    @inline(__always)
    private static func order(_ left: RowID, _ right: RowID) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    /// A double as a number that orders like it, as in keys: NaN last, -0 equal to 0.
    static func ordered(_ double: Double) -> UInt64 {
        if double.isNaN { return .max }
        let bits = (double == 0 ? 0 : double).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | (1 << 63)
    }
}

/// Builds a program from its end to its start, so that every jump has its target already.
private struct PredicateCompiler {
    let table: TablePlan
    var tests: [PredicateProgram.Test] = []
    var pool: [UInt8] = []

    init(_ table: TablePlan) { self.table = table }

    /// The place to enter at, to decide the predicate and go on at one of the two places.
    mutating func emit(_ predicate: Predicate, onTrue: Int, onFalse: Int) -> Int {
        switch predicate {
        case .all: return onTrue
        case .none: return onFalse
        case .and(let parts):
            var entry = onTrue
            for part in parts.reversed() { entry = emit(part, onTrue: entry, onFalse: onFalse) }
            return entry
        case .or(let parts):
            var entry = onFalse
            for part in parts.reversed() { entry = emit(part, onTrue: onTrue, onFalse: entry) }
            return entry
        case .not(.isNull(let field)):
            return emit(.isNull(field: field), onTrue: onFalse, onFalse: onTrue)
        case .not(let inner):
            let field =
                switch inner {
                case .isIn(let field, _), .hasPrefix(let field, _): field
                default: preconditionFailure("a normal predicate negates leaves only")
                }
            let entry = emit(inner, onTrue: onFalse, onFalse: onTrue)
            // Of NULL, neither the test nor its opposite is true.
            guard table.isOptional(field) else { return entry }
            return emit(.isNull(field: field), onTrue: onFalse, onFalse: entry)
        case .isNull(let field):
            return append(.isNull, field, .equal, (0, 0), onTrue, onFalse)
        case .hasPrefix(let field, let prefix):
            return append(.prefix, field, .equal, store(prefix.utf8), onTrue, onFalse)
        case .isIn(let field, let values):
            return emit(field, values[...], onTrue: onTrue, onFalse: onFalse)
        case .compare(let field, let comparison, let value):
            return emit(field, comparison, value, onTrue: onTrue, onFalse: onFalse)
        }
    }

    /// A binary search over sorted values.
    private mutating func emit(
        _ field: Int, _ values: ArraySlice<Value>, onTrue: Int, onFalse: Int
    ) -> Int {
        if values.count <= 4 {
            var entry = onFalse
            for value in values {
                entry = emit(field, .equal, value, onTrue: onTrue, onFalse: entry)
            }
            return entry
        }
        let middle = values.startIndex + values.count / 2
        let low = emit(field, values[..<middle], onTrue: onTrue, onFalse: onFalse)
        let high = emit(field, values[middle...], onTrue: onTrue, onFalse: onFalse)
        return emit(field, .less, values[middle], onTrue: low, onFalse: high)
    }

    private mutating func emit(
        _ field: Int, _ comparison: Comparison, _ value: Value, onTrue: Int, onFalse: Int
    ) -> Int {
        let kind: PredicateProgram.Test.Kind
        let operand: (UInt64, UInt64)
        switch value {
        case .uuid(let id): (kind, operand) = (field < 0 ? .id : .uuid, (id.high, id.low))
        case .int64(let number):
            (kind, operand) = (.signedWord, (UInt64(bitPattern: number) ^ (1 << 63), 0))
        case .timestamp(let time):
            (kind, operand) = (.signedWord, (UInt64(bitPattern: time.microseconds) ^ (1 << 63), 0))
        case .double(let number): (kind, operand) = (.double, (PredicateProgram.ordered(number), 0))
        case .boolean(let flag): (kind, operand) = (.boolean, (flag ? 1 : 0, 0))
        case .text(let text): (kind, operand) = (.bytes, store(text.utf8))
        case .bytes(let bytes): (kind, operand) = (.bytes, store(bytes))
        case .null: preconditionFailure("a normal predicate compares with no NULL")
        }
        return append(kind, field, comparison, operand, onTrue, onFalse)
    }

    private mutating func store(_ bytes: some Sequence<UInt8>) -> (UInt64, UInt64) {
        let start = pool.count
        pool.append(contentsOf: bytes)
        return (UInt64(start), UInt64(pool.count))
    }

    private mutating func append(
        _ kind: PredicateProgram.Test.Kind, _ field: Int, _ comparison: Comparison,
        _ operand: (UInt64, UInt64), _ onTrue: Int, _ onFalse: Int
    ) -> Int {
        tests.append(
            PredicateProgram.Test(
                kind: kind, comparison: comparison, fieldIndex: field,
                field: field < 0 ? table.primaryKey.columns[0].field : table.layout.fields[field],
                first: operand.0, second: operand.1, onTrue: onTrue, onFalse: onFalse))
        return tests.count - 1
    }
}
