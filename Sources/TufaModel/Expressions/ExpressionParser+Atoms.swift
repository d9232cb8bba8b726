internal import TufaBytes

extension ExpressionParser {
    /// A signed atom.
    mutating func factor() throws(DatabaseError) -> TypedNode {
        let token = tokens.next
        if tokens.take(symbol: "+") {
            try enter(token)
            defer { nesting -= 1 }
            return try number(try factor())
        }
        guard tokens.take(symbol: "-") else { return try atom() }
        // The least int64 has no positive twin, so a minus belongs to the number after it.
        if case .number(let text) = tokens.next.kind {
            _ = tokens.advance()
            let value = try ExpressionParser.number(text, sign: "-", token)
            return TypedNode(node: .literal(value), type: value.type, depth: 1, token: token)
        }
        try enter(token)
        defer { nesting -= 1 }
        let operand = try number(try factor())
        return try typed(.negate(operand.node), operand.type ?? .int64, [operand])
    }

    private func number(_ part: TypedNode) throws(DatabaseError) -> TypedNode {
        guard part.isNumeric
        else { throw part.token.error("A sign needs a number after it.", .typeMismatch) }
        return part
    }

    private mutating func atom() throws(DatabaseError) -> TypedNode {
        let token = tokens.next
        switch token.kind {
        case .symbol("("):
            _ = tokens.advance()
            try enter(token)
            defer { nesting -= 1 }
            let inner = try disjunction()
            try tokens.expect(symbol: ")")
            return inner
        case .number(let text):
            _ = tokens.advance()
            return literal(try ExpressionParser.number(text, sign: "", token), token)
        case .string(let text):
            _ = tokens.advance()
            return literal(.text(text), token)
        case .quotedName(let name):
            _ = tokens.advance()
            return try field(name, token)
        case .word(let word):
            return try wordAtom(word, token)
        case .symbol, .end:
            throw token.unexpected("a value")
        }
    }

    private mutating func wordAtom(
        _ word: String, _ token: SQLToken
    ) throws(DatabaseError) -> TypedNode {
        _ = tokens.advance()
        switch word {
        case "true": return literal(.boolean(true), token)
        case "false": return literal(.boolean(false), token)
        case "null": return literal(.null, token)
        case "timestamp", "timestamptz":
            if case .string(let text) = tokens.next.kind {
                _ = tokens.advance()
                do {
                    return literal(try Value(parsing: text, as: .timestamp), token)
                } catch {
                    throw token.error(error.message, .typeMismatch)
                }
            }
        case "and", "or", "not", "is", "in", "between", "like":
            throw token.unexpected("a value")
        default: break
        }
        guard tokens.isAt(symbol: "(") else { return try field(word, token) }
        return try call(word, token)
    }

    private mutating func call(
        _ name: String, _ token: SQLToken
    ) throws(DatabaseError) -> TypedNode {
        let function: ExpressionNode.Function
        switch name {
        case "length", "char_length", "character_length": function = .length
        case "lower": function = .lower
        case "upper": function = .upper
        default:
            throw token.error(
                "There is no function \(name); there are length, char_length, lower and upper.",
                .unsupported)
        }
        _ = tokens.advance()
        try enter(token)
        defer { nesting -= 1 }
        let operand = try disjunction()
        try tokens.expect(symbol: ")")
        let fits =
            operand.type == .text || operand.type == nil
            || operand.type == .bytes && name == "length"
        guard fits else {
            throw operand.token.error(
                "\(name) needs a text, found a value of type \(operand.type?.name ?? "NULL").",
                .typeMismatch)
        }
        return try typed(
            .call(function, operand.node), function == .length ? .int64 : .text, [operand])
    }

    private func literal(_ value: Value, _ token: SQLToken) -> TypedNode {
        TypedNode(node: .literal(value), type: value.type, depth: 1, token: token)
    }

    private func field(_ name: String, _ token: SQLToken) throws(DatabaseError) -> TypedNode {
        guard let index = table.index(ofField: name) else {
            var error = DatabaseError.unknownField(name, of: table)
            error.message = token.error(error.message).message
            throw error
        }
        return TypedNode(
            node: .field(index), type: index < 0 ? .uuid : table.fields[index].type, depth: 1,
            token: token)
    }
}
