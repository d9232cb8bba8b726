internal import TufaBytes

/// A table while it is read.
struct TableDraft {
    var table: TableSchema
    var hasID = false
    var hasPrimaryKey = false
    var checks: [CheckDraft] = []
}

/// A check while its table is read: its fields are known only at the end.
struct CheckDraft {
    var name: String?
    /// What the name is made of where none is given.
    var nameStem: String
    /// The condition: in the text, or made by a type with a range.
    var source: Source

    enum Source {
        case tokens(Range<Int>)
        case text(String)
    }
}

extension DDLReader {
    mutating func createTable() throws(DatabaseError) {
        let isSkippable = try ifNotExists()
        let token = tokens.next
        let name = try name(of: "table")
        var draft = TableDraft(table: TableSchema(name, fields: []))
        try tokens.expect(symbol: "(")
        repeat {
            if isAtTableConstraint {
                try tableConstraint(&draft)
            } else {
                try column(&draft)
            }
        } while tokens.take(symbol: ",")
        guard tokens.take(symbol: ")") else { throw tokens.next.unexpected(", or )") }
        if isSkippable, tables.contains(where: { $0.name == name }) { return }
        guard draft.hasID, draft.hasPrimaryKey else {
            throw token.error(
                "Table \(name) needs the column id UUID PRIMARY KEY.", .unsupported)
        }
        places[name] = token
        try addChecks(&draft)
        tables.append(draft.table)
    }

    private var isAtTableConstraint: Bool {
        tokens.isAt("constraint") || tokens.isAt("check") || tokens.isAt("unique")
            || tokens.isAt("primary") || tokens.isAt("foreign")
    }

    private mutating func tableConstraint(_ draft: inout TableDraft) throws(DatabaseError) {
        let constraint = tokens.take("constraint") ? try name(of: "constraint") : nil
        let token = tokens.next
        if tokens.take("primary") {
            try tokens.expect("key")
            let columns = try names(of: "column")
            guard columns == ["id"] else {
                throw token.error("The primary key is id and nothing else.", .unsupported)
            }
            try takePrimaryKey(&draft, token)
        } else if tokens.take("unique") {
            let columns = try names(of: "column")
            try addUnique(columns, constraint, &draft, token)
        } else if tokens.take("foreign") {
            try tokens.expect("key")
            let columns = try names(of: "column")
            guard columns.count == 1 else {
                throw token.error("A foreign key has one column.", .unsupported)
            }
            try tokens.expect("references")
            draft.table.references.append(try reference(from: columns[0]))
        } else if tokens.isAt("check") {
            try addCheck(constraint, stem: "\(draft.table.name)_check", &draft)
        } else {
            throw token.unexpected("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
        }
    }

    func takePrimaryKey(_ draft: inout TableDraft, _ token: SQLToken) throws(DatabaseError) {
        if draft.hasPrimaryKey {
            throw token.error("Table \(draft.table.name) has a primary key already.")
        }
        draft.hasPrimaryKey = true
    }

    mutating func addUnique(
        _ columns: [String], _ constraint: String?, _ draft: inout TableDraft, _ token: SQLToken
    ) throws(DatabaseError) {
        if constraint == nil, columns.count == 1,
            let index = draft.table.fields.firstIndex(where: { $0.name == columns[0] })
        {
            draft.table.fields[index].isUnique = true
            return
        }
        if columns == ["id"] { throw token.error("id is unique already.", .unsupported) }
        let name = constraint ?? "\(draft.table.name)_\(columns.joined(separator: "_"))_key"
        places["\(draft.table.name)#\(name)"] = token
        draft.table.indexes.append(
            IndexSchema(name, columns.map { IndexColumn($0) }, isUnique: true))
    }

    /// What follows `REFERENCES`.
    mutating func reference(from field: String) throws(DatabaseError) -> ReferenceSchema {
        let target = try name(of: "table")
        if tokens.isAt(symbol: "(") {
            let token = tokens.peek(1)
            guard try names(of: "column") == ["id"] else {
                throw token.error("A reference is to the column id.", .unsupported)
            }
        }
        var rule = DeleteRule.restrict
        if tokens.take("on") {
            guard tokens.take("delete") else { throw tokens.next.unexpected("DELETE") }
            if tokens.take("cascade") {
                rule = .cascade
            } else if tokens.take("set", "null") {
                rule = .setNull
            } else if !tokens.take("restrict"), !tokens.take("no", "action") {
                throw tokens.next.unexpected("CASCADE, RESTRICT, NO ACTION or SET NULL")
            }
        }
        return ReferenceSchema(field, to: target, onDelete: rule)
    }

    /// Notes the tokens between the parentheses of a check.
    mutating func addCheck(
        _ constraint: String?, stem: String, _ draft: inout TableDraft
    ) throws(DatabaseError) {
        let token = tokens.advance()
        try tokens.expect(symbol: "(")
        let start = tokens.at
        var depth = 1
        while depth > 0 {
            let token = tokens.advance()
            switch token.kind {
            case .symbol("("): depth += 1
            case .symbol(")"): depth -= 1
            case .end: throw token.unexpected("the ) that ends the check")
            default: break
            }
        }
        if let constraint { places["\(draft.table.name)#\(constraint)"] = token }
        draft.checks.append(
            CheckDraft(
                name: constraint, nameStem: stem, source: .tokens(start..<tokens.at - 1)))
    }

    /// Reads the checks, now that all fields are known, and names those that have no name.
    private func addChecks(_ draft: inout TableDraft) throws(DatabaseError) {
        var taken = Set(draft.checks.compactMap(\.name))
        for check in draft.checks {
            var name = check.name ?? check.nameStem
            var number = 0
            while check.name == nil, taken.contains(name) {
                number += 1
                name = "\(check.nameStem)\(number)"
            }
            taken.insert(name)
            draft.table.checks.append(
                CheckSchema(name, expression: try text(of: check.source, draft.table)))
        }
    }

    private func text(
        of source: CheckDraft.Source, _ table: TableSchema
    ) throws(DatabaseError) -> String {
        let range: Range<Int>
        switch source {
        case .text(let text): return text
        case .tokens(let tokens): range = tokens
        }
        var walk = tokens
        walk.at = range.lowerBound
        var parser = ExpressionParser(walk, table)
        do {
            _ = try parser.condition()
        } catch {
            var named = error
            named.table = table.name
            throw named
        }
        guard parser.tokens.at == range.upperBound
        else { throw parser.tokens.next.unexpected("an operator or the end of the check") }
        let start = walk.tokens[range.lowerBound].range.lowerBound
        let end = walk.tokens[range.upperBound - 1].range.upperBound
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<end])
        return String(text)
    }
}
