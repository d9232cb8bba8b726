internal import TufaBytes

extension ExpressionParser {
    static func comparison(_ symbol: String) -> Comparison? {
        symbol == "!=" ? .notEqual : Comparison.allCases.first { $0.symbol == symbol }
    }

    mutating func enter(_ token: SQLToken) throws(DatabaseError) {
        nesting += 1
        if nesting > ExpressionParser.maximumDepth { throw tooDeep(token) }
    }

    private func tooDeep(_ token: SQLToken) -> DatabaseError {
        token.error(
            "The expression is nested deeper than \(ExpressionParser.maximumDepth) levels.",
            .limitExceeded)
    }

    /// A node over parts, where its depth is within the bound that keeps evaluation off the end of
    /// the stack.
    func typed(
        _ node: ExpressionNode, _ type: ScalarType?, _ parts: [TypedNode]
    ) throws(DatabaseError) -> TypedNode {
        let depth = (parts.map(\.depth).max() ?? 0) + 1
        let token = parts.first?.token ?? tokens.next
        if depth > ExpressionParser.maximumDepth { throw tooDeep(token) }
        return TypedNode(node: node, type: type, depth: depth, token: token)
    }

    func boolean(_ part: TypedNode) throws(DatabaseError) -> TypedNode {
        guard part.type == .boolean || part.type == nil else {
            throw part.token.error(
                "Expected a condition, found a value of type \(part.type?.name ?? "NULL").",
                .typeMismatch)
        }
        return part
    }

    /// The two sides of a comparison, where they can be compared.
    func matched(
        _ left: TypedNode, _ right: TypedNode, _ token: SQLToken
    ) throws(DatabaseError) -> (TypedNode, TypedNode) {
        guard let leftType = left.type, let rightType = right.type, leftType != rightType
        else { return (left, right) }
        if left.isNumeric && right.isNumeric { return (left, right) }
        if let text = right.textLiteral { return (left, try literal(text, leftType, right)) }
        if let text = left.textLiteral { return (try literal(text, rightType, left), right) }
        throw token.error(
            "\(leftType.name) and \(rightType.name) cannot be compared.", .typeMismatch)
    }

    /// A text literal as a value of the type that it is compared with.
    private func literal(
        _ text: String, _ type: ScalarType, _ part: TypedNode
    ) throws(DatabaseError) -> TypedNode {
        var typed = part
        typed.type = type
        do {
            typed.node = .literal(try Value(parsing: text, as: type))
        } catch {
            throw part.token.error(error.message, .typeMismatch)
        }
        return typed
    }

    /// The value of a number as written; `sign` is empty or a minus.
    static func number(
        _ text: String, sign: String, _ token: SQLToken
    ) throws(DatabaseError) -> Value {
        let isWhole = text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
        // The language has "1." and ".5", and the strict reader of values has not to know them.
        guard
            let value: Value = isWhole
                ? Int64(sign + text).map({ .int64($0) })
                : Double(sign + text).flatMap({ $0.isFinite ? .double($0) : nil })
        else { throw token.error("The number \(sign)\(text) is out of range.") }
        return value
    }
}
