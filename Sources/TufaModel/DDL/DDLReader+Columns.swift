internal import TufaBytes

extension DDLReader {
    /// What the words of a type mean.
    private struct ColumnType {
        var scalar: ScalarType
        var maximumLength: Int?
        /// The smaller type that a check keeps the number within.
        var narrow: NarrowInteger?
    }

    mutating func column(_ draft: inout TableDraft) throws(DatabaseError) {
        let token = tokens.next
        let name = try name(of: "column")
        let typeToken = tokens.next
        let type = try columnType()
        if name == "id" {
            guard type.scalar == .uuid
            else { throw typeToken.error("id is of type UUID.", .unsupported) }
            if draft.hasID {
                throw token.error("Table \(draft.table.name) declares id twice.", .schemaMismatch)
            }
            draft.hasID = true
            return try identifierConstraints(&draft)
        }
        let place = "\(draft.table.name).\(name)"
        // Of two declarations the second is the one too many.
        places[place] = token
        var field = FieldSchema(
            name, type.scalar, isOptional: true, maximumLength: type.maximumLength)
        if let narrow = type.narrow {
            draft.checks.append(
                CheckDraft(
                    name: nil, nameStem: NarrowInteger.checkName(draft.table.name, name),
                    source: .text(narrow.condition(name))))
        }
        try constraints(of: &field, &draft)
        draft.table.fields.append(field)
    }

    private mutating func identifierConstraints(
        _ draft: inout TableDraft
    ) throws(DatabaseError) {
        while true {
            let isNamed = tokens.take("constraint")
            if isNamed { _ = try name(of: "constraint") }
            let token = tokens.next
            if tokens.take("primary") {
                try tokens.expect("key")
                try takePrimaryKey(&draft, token)
            } else if !tokens.take("not", "null") {
                let isEnd = tokens.isAt(symbol: ",") || tokens.isAt(symbol: ")")
                if isEnd, !isNamed { return }
                throw token.unexpected("PRIMARY KEY, NOT NULL, a comma or )")
            }
        }
    }

    private mutating func constraints(
        of field: inout FieldSchema, _ draft: inout TableDraft
    ) throws(DatabaseError) {
        var nullToken: SQLToken?
        var hasDefault = false
        while true {
            let constraint = tokens.take("constraint") ? try name(of: "constraint") : nil
            let token = tokens.next
            let isNotNull = tokens.isAt("not")
            if isNotNull || tokens.isAt("null") {
                if isNotNull { _ = tokens.advance() }
                try tokens.expect("null")
                if nullToken != nil { throw token.error("NULL or NOT NULL stands here twice.") }
                nullToken = token
                field.isOptional = !isNotNull
            } else if tokens.take("unique") {
                if let constraint {
                    try addUnique([field.name], constraint, &draft, token)
                } else {
                    field.isUnique = true
                }
            } else if tokens.take("default") {
                if hasDefault { throw token.error("DEFAULT stands here twice.") }
                hasDefault = true
                try defaultValue(of: &field)
            } else if tokens.take("references") {
                draft.table.references.append(try reference(from: field.name))
            } else if tokens.isAt("check") {
                try addCheck(
                    constraint, stem: "\(draft.table.name)_\(field.name)_check", &draft)
            } else if tokens.isAt("primary") {
                throw token.error("The primary key is id and nothing else.", .unsupported)
            } else if constraint == nil, tokens.isAt(symbol: ",") || tokens.isAt(symbol: ")") {
                return
            } else {
                throw token.unexpected(
                    "NOT NULL, NULL, UNIQUE, DEFAULT, REFERENCES, CHECK, a comma or )")
            }
        }
    }

    private mutating func defaultValue(of field: inout FieldSchema) throws(DatabaseError) {
        let token = tokens.next
        if tokens.take("current_timestamp") || tokens.isAt("now") {
            if tokens.take("now") {
                try tokens.expect(symbol: "(")
                try tokens.expect(symbol: ")")
            }
            guard field.type == .timestamp else {
                throw token.error(
                    "The time of the commit is a timestamp, and \(field.name) is "
                        + "\(field.type.name).", .typeMismatch)
            }
            field.role = .setOnCreate
            if tokens.take("on") {
                try tokens.expect("update")
                try tokens.expect("current_timestamp")
                field.role = .setOnUpdate
            }
            return
        }
        let value = try literal()
        do {
            if case .text(let text) = value {
                field.defaultValue = try Value(parsing: text, as: field.type)
            } else {
                field.defaultValue = value.isNull ? nil : try value.coerced(to: field.type)
            }
        } catch {
            throw token.error("In the default of \(field.name): \(error.message)", error.code)
        }
    }

    private mutating func literal() throws(DatabaseError) -> Value {
        let sign = tokens.take(symbol: "-") ? "-" : ""
        let token = tokens.next
        if case .number(let text) = token.kind {
            _ = tokens.advance()
            return try ExpressionParser.number(text, sign: sign, token)
        }
        guard sign.isEmpty else { throw token.unexpected("a number") }
        _ = tokens.advance()
        switch token.kind {
        case .string(let text): return .text(text)
        case .word("true"): return .boolean(true)
        case .word("false"): return .boolean(false)
        case .word("null"): return .null
        case .word("timestamp"), .word("timestamptz"):
            if case .string(let text) = tokens.next.kind {
                let place = tokens.advance()
                do {
                    return try Value(parsing: text, as: .timestamp)
                } catch {
                    throw place.error(error.message, error.code)
                }
            }
        default: break
        }
        throw token.unexpected("a literal, CURRENT_TIMESTAMP or now()")
    }

    private mutating func columnType() throws(DatabaseError) -> ColumnType {
        let token = tokens.advance()
        guard case .word(let word) = token.kind else { throw token.unexpected("a type") }
        switch word {
        case "uuid": return ColumnType(scalar: .uuid)
        case "text": return ColumnType(scalar: .text)
        case "varchar": return ColumnType(scalar: .text, maximumLength: try length())
        case "character":
            try tokens.expect("varying")
            return ColumnType(scalar: .text, maximumLength: try length())
        case "bigint", "int8": return ColumnType(scalar: .int64)
        case "integer", "int", "int4":
            return ColumnType(scalar: .int64, narrow: .integer)
        case "smallint", "int2":
            return ColumnType(scalar: .int64, narrow: .smallint)
        case "double":
            try tokens.expect("precision")
            return ColumnType(scalar: .double)
        case "real", "float": return ColumnType(scalar: .double)
        case "boolean", "bool": return ColumnType(scalar: .boolean)
        case "timestamptz": return ColumnType(scalar: .timestamp)
        case "timestamp":
            if tokens.take("with") || tokens.take("without") {
                try tokens.expect("time")
                try tokens.expect("zone")
            }
            return ColumnType(scalar: .timestamp)
        case "bytea": return ColumnType(scalar: .bytes)
        default:
            throw token.error(
                "There is no type \(token.shown) here; there are UUID, VARCHAR(n), TEXT, SMALLINT, "
                    + "INTEGER, BIGINT, DOUBLE PRECISION, BOOLEAN, TIMESTAMP and BYTEA.",
                .unsupported)
        }
    }

    /// The number in parentheses after a text type; nil without one.
    private mutating func length() throws(DatabaseError) -> Int? {
        guard tokens.take(symbol: "(") else { return nil }
        let token = tokens.advance()
        guard case .number(let text) = token.kind, let length = Int(text), length > 0
        else { throw token.unexpected("a length") }
        try tokens.expect(symbol: ")")
        return length
    }
}
