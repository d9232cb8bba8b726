internal import TufaBytes

extension DDLReader {
    mutating func createIndex(isUnique: Bool) throws(DatabaseError) {
        let isSkippable = try ifNotExists()
        let given = tokens.isAt("on") ? nil : try name(of: "index")
        try tokens.expect("on")
        let tableToken = tokens.next
        let tableName = try name(of: "table")
        guard let number = tables.firstIndex(where: { $0.name == tableName }) else {
            var error = DatabaseError.unknownTable(tableName, in: DatabaseSchema(tables))
            error.message = tableToken.error(error.message).message
            throw error
        }
        let methodToken = tokens.peek(1)
        let isText = tokens.take("using", "gin")
        if !isText, tokens.take("using"), !tokens.take("btree") {
            throw methodToken.unexpected("BTREE or GIN")
        }
        if isText, isUnique {
            throw methodToken.error("A text index cannot be unique.", .unsupported)
        }
        let place = tokens.next
        try tokens.expect(symbol: "(")
        if isText {
            let (fields, analyzer) = try textFields()
            let columns = fields.map(\.name).joined(separator: "_")
            let name = given ?? "\(tableName)_\(columns)_idx"
            if isSkippable, hasIndex(name, number) { return }
            note(name, tableName, place)
            tables[number].fullText.append(FullTextSchema(name, fields, analyzer: analyzer))
        } else {
            let columns = try indexColumns()
            let name =
                given ?? "\(tableName)_\(columns.map(\.field).joined(separator: "_"))_idx"
            if isSkippable, hasIndex(name, number) { return }
            note(name, tableName, place)
            tables[number].indexes.append(IndexSchema(name, columns, isUnique: isUnique))
        }
    }

    private func hasIndex(_ name: String, _ table: Int) -> Bool {
        tables[table].allIndexes.contains { $0.name == name }
            || tables[table].fullText.contains { $0.name == name }
    }

    private mutating func note(_ index: String, _ table: String, _ token: SQLToken) {
        places["\(table)#\(index)"] = token
    }

    private mutating func indexColumns() throws(DatabaseError) -> [IndexColumn] {
        var columns: [IndexColumn] = []
        repeat {
            let name = try name(of: "column")
            if tokens.isAt(symbol: "(") {
                throw tokens.next.error(
                    "An index is over columns, not over \(name)(…).", .unsupported)
            }
            let isDescending = tokens.take("desc")
            if !isDescending { _ = tokens.take("asc") }
            columns.append(IndexColumn(name, isDescending: isDescending))
        } while tokens.take(symbol: ",")
        guard tokens.take(symbol: ")") else {
            throw tokens.next.unexpected("ASC, DESC, a comma or )")
        }
        return columns
    }

    /// One part of a text index: fields that share a weight, or have none.
    private struct TextPart {
        var fields: [String]
        var weight: Double?
    }

    private mutating func textFields() throws(DatabaseError) -> ([FullTextField], String) {
        var parts: [TextPart] = []
        var analyzer: String?
        var depth = 0
        while tokens.take(symbol: "(") { depth += 1 }
        repeat { parts.append(try textPart(&analyzer)) } while tokens.take(symbol: "||")
        for _ in 0...depth { try tokens.expect(symbol: ")") }
        // Where some parts have a weight, PostgreSQL takes the others for D.
        let plain = parts.contains { $0.weight != nil } ? 0.1 : 1.0
        var fields: [FullTextField] = []
        for part in parts {
            for field in part.fields {
                fields.append(FullTextField(field, weight: part.weight ?? plain))
            }
        }
        return (fields, analyzer ?? "english")
    }

    private mutating func textPart(_ analyzer: inout String?) throws(DatabaseError) -> TextPart {
        guard tokens.take("setweight") else {
            return TextPart(fields: try vector(&analyzer), weight: nil)
        }
        try tokens.expect(symbol: "(")
        let fields = try vector(&analyzer)
        try tokens.expect(symbol: ",")
        let token = tokens.advance()
        let weight: Double
        switch token.kind {
        case .string("A"): weight = 1
        case .string("B"): weight = 0.4
        case .string("C"): weight = 0.2
        case .string("D"): weight = 0.1
        case .number(let text):
            guard let number = Double(text), number.isFinite, number > 0
            else { throw token.unexpected("a weight greater than 0") }
            weight = number
        default: throw token.unexpected("a weight: 'A', 'B', 'C', 'D' or a number")
        }
        try tokens.expect(symbol: ")")
        return TextPart(fields: fields, weight: weight)
    }

    /// The fields of one vector; `analyzer` is what the vectors before it name.
    private mutating func vector(_ analyzer: inout String?) throws(DatabaseError) -> [String] {
        guard tokens.take("to_tsvector") else {
            throw tokens.next.unexpected("to_tsvector('english', …) or setweight(…)")
        }
        try tokens.expect(symbol: "(")
        guard case .string(let name) = tokens.next.kind
        else { throw tokens.next.unexpected("the name of an analyzer, such as 'english'") }
        if let analyzer, analyzer != name {
            throw tokens.next.error(
                "A text index has one analyzer, and this is its second: '\(analyzer)', then "
                    + "\(Value.quote(name)).", .unsupported)
        }
        analyzer = name
        _ = tokens.advance()
        try tokens.expect(symbol: ",")
        var fields: [String] = []
        repeat {
            // The texts between the fields keep their words apart, which a text index does anyway.
            if case .string(let glue) = tokens.next.kind {
                guard glue.utf8.allSatisfy({ $0 == 32 }) else {
                    throw tokens.next.unexpected("a column or ' '")
                }
                _ = tokens.advance()
            } else {
                fields.append(try textField())
            }
        } while tokens.take(symbol: "||")
        guard !fields.isEmpty else { throw tokens.next.unexpected("a column") }
        try tokens.expect(symbol: ")")
        return fields
    }

    private mutating func textField() throws(DatabaseError) -> String {
        guard tokens.isAt("coalesce"), tokens.peek(1).kind == .symbol("(")
        else { return try name(of: "column") }
        _ = tokens.advance()
        try tokens.expect(symbol: "(")
        let field = try name(of: "column")
        try tokens.expect(symbol: ",")
        guard case .string("") = tokens.next.kind else { throw tokens.next.unexpected("''") }
        _ = tokens.advance()
        try tokens.expect(symbol: ")")
        return field
    }
}
