internal import TufaBytes

/// A part of an expression while it is parsed.
struct TypedNode {
    var node: ExpressionNode
    /// Nil is the type of NULL, which fits every other.
    var type: ScalarType?
    var depth: Int
    var token: SQLToken

    /// What a text literal holds; it takes the type of what it is compared with.
    var textLiteral: String? {
        if case .literal(.text(let text)) = node { return text }
        return nil
    }

    var isNumeric: Bool { type == .int64 || type == .double || type == nil }
}

/// Reads an expression by recursive descent, the loosest operator first.
struct ExpressionParser {
    static let maximumDepth = 100

    var tokens: SQLTokens
    let table: TableSchema
    var nesting = 0

    init(_ tokens: SQLTokens, _ table: TableSchema) {
        self.tokens = tokens
        self.table = table
    }

    /// A whole condition.
    mutating func condition() throws(DatabaseError) -> ExpressionNode {
        try boolean(try disjunction()).node
    }

    mutating func disjunction() throws(DatabaseError) -> TypedNode {
        var parts = [try conjunction()]
        while tokens.take("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : try join(parts) { .or($0) }
    }

    private mutating func conjunction() throws(DatabaseError) -> TypedNode {
        var parts = [try negation()]
        while tokens.take("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : try join(parts) { .and($0) }
    }

    private func join(
        _ parts: [TypedNode], _ make: ([ExpressionNode]) -> ExpressionNode
    ) throws(DatabaseError) -> TypedNode {
        for part in parts { _ = try boolean(part) }
        return try typed(make(parts.map(\.node)), .boolean, parts)
    }

    private mutating func negation() throws(DatabaseError) -> TypedNode {
        let token = tokens.next
        guard tokens.take("not") else { return try nullTest() }
        try enter(token)
        defer { nesting -= 1 }
        let operand = try boolean(try negation())
        return try typed(.not(operand.node), .boolean, [operand])
    }

    private mutating func nullTest() throws(DatabaseError) -> TypedNode {
        var operand = try comparison()
        while tokens.take("is") {
            let isNegated = tokens.take("not")
            guard tokens.take("null") else { throw tokens.next.unexpected("NULL") }
            let test = ExpressionNode.isNull(operand.node)
            operand = try typed(isNegated ? .not(test) : test, .boolean, [operand])
        }
        return operand
    }

    private mutating func comparison() throws(DatabaseError) -> TypedNode {
        let left = try sum()
        let token = tokens.next
        if case .symbol(let symbol) = token.kind,
            let comparison = ExpressionParser.comparison(symbol)
        {
            _ = tokens.advance()
            let (left, right) = try matched(left, try sum(), token)
            return try typed(.compare(comparison, left.node, right.node), .boolean, [left, right])
        }
        let isNegated =
            tokens.isAt("not", "in") || tokens.isAt("not", "between") || tokens.isAt("not", "like")
        if isNegated { _ = tokens.advance() }
        guard let test = try membership(of: left) else { return left }
        return isNegated ? try typed(.not(test.node), .boolean, [test]) : test
    }

    private mutating func membership(of left: TypedNode) throws(DatabaseError) -> TypedNode? {
        let token = tokens.next
        if tokens.take("in") {
            try tokens.expect(symbol: "(")
            var parts: [TypedNode] = []
            repeat { parts.append(try sum()) } while tokens.take(symbol: ",")
            try tokens.expect(symbol: ")")
            var operand = left
            for index in parts.indices {
                (operand, parts[index]) = try matched(operand, parts[index], token)
            }
            return try typed(
                .isIn(operand.node, parts.map(\.node)), .boolean, parts + [operand])
        }
        if tokens.take("between") {
            let lower = try sum()
            try tokens.expect("and")
            let upper = try sum()
            let (first, low) = try matched(left, lower, token)
            let (operand, high) = try matched(first, upper, token)
            return try typed(
                .between(operand.node, low.node, high.node), .boolean, [operand, low, high])
        }
        if tokens.take("like") {
            let pattern = try sum()
            for part in [left, pattern] where part.type != .text && part.type != nil {
                throw part.token.error("LIKE compares texts.", .typeMismatch)
            }
            return try typed(.like(left.node, pattern.node), .boolean, [left, pattern])
        }
        return nil
    }

    private mutating func sum() throws(DatabaseError) -> TypedNode {
        var left = try product()
        while tokens.isAt(symbol: "+") || tokens.isAt(symbol: "-") {
            let token = tokens.advance()
            let operation: ExpressionNode.Arithmetic =
                token.kind == .symbol("+") ? .add : .subtract
            left = try arithmetic(operation, left, try product(), token)
        }
        return left
    }

    private mutating func product() throws(DatabaseError) -> TypedNode {
        var left = try factor()
        while true {
            let token = tokens.next
            let operation: ExpressionNode.Arithmetic
            switch token.kind {
            case .symbol("*"): operation = .multiply
            case .symbol("/"): operation = .divide
            case .symbol("%"): operation = .remainder
            default: return left
            }
            _ = tokens.advance()
            left = try arithmetic(operation, left, try factor(), token)
        }
    }

    private func arithmetic(
        _ operation: ExpressionNode.Arithmetic, _ left: TypedNode, _ right: TypedNode,
        _ token: SQLToken
    ) throws(DatabaseError) -> TypedNode {
        guard left.isNumeric, right.isNumeric
        else { throw token.error("\(token.shown) needs numbers on both sides.", .typeMismatch) }
        let isDouble = left.type == .double || right.type == .double
        if operation == .remainder, isDouble {
            throw token.error("% needs whole numbers on both sides.", .typeMismatch)
        }
        return try typed(
            .arithmetic(operation, left.node, right.node), isDouble ? .double : .int64,
            [left, right])
    }
}
