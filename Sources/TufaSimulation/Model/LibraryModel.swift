internal import Tufa

/// The library as plain dictionaries: slow, and too simple to be wrong.
struct LibraryModel {
    typealias Row = [String: Value]

    struct Refused: Error { let code: String }

    /// The tables by name, the rows by identifier.
    var tables: [String: [RowID: Row]] = ["authors": [:], "shelves": [:], "articles": [:]]
    static let uniqueField = ["authors": "email", "shelves": "label"]

    func rows(_ table: String) -> [RowID: Row] { tables[table] ?? [:] }

    private func check(_ table: String, _ id: RowID, _ row: Row) throws {
        if let field = Self.uniqueField[table],
            rows(table).contains(where: { $0.key != id && $0.value[field] == row[field] })
        {
            throw Refused(code: "unique_violation")
        }
        guard table == "articles" else { return }
        try checkReference(row["author_id"], to: "authors")
        try checkReference(row["shelf_id"], to: "shelves")
        if row["title"] == "" { throw Refused(code: "check_violation") }
    }

    private func checkReference(_ value: Value?, to table: String) throws {
        if case .uuid(let id) = value, rows(table)[id] == nil {
            throw Refused(code: "reference_violation")
        }
    }

    mutating func insert(_ table: String, _ id: RowID, _ row: Row) throws {
        if rows(table)[id] != nil { throw Refused(code: "row_exists") }
        try check(table, id, row)
        tables[table]?[id] = row
    }

    mutating func update(_ table: String, _ id: RowID, _ changes: Row) throws {
        guard let old = rows(table)[id] else { throw Refused(code: "row_not_found") }
        let row = old.merging(changes) { $1 }
        try check(table, id, row)
        tables[table]?[id] = row
    }

    mutating func delete(_ table: String, _ id: RowID) throws {
        guard rows(table)[id] != nil else { throw Refused(code: "row_not_found") }
        tables[table]?[id] = nil
        for (article, row) in rows("articles") {
            if table == "authors", row["author_id"] == .uuid(id) {
                tables["articles"]?[article] = nil
            } else if table == "shelves", row["shelf_id"] == .uuid(id) {
                tables["articles"]?[article]?["shelf_id"] = .null
            }
        }
    }

    // MARK: Questions

    /// What SQL's three-valued logic says of a row: nil is unknown.
    func holds(_ predicate: Predicate, _ id: RowID, _ row: Row, _ fields: [String]) -> Bool? {
        func value(_ field: Int) -> Value {
            field < 0 ? .uuid(id) : row[fields[field]] ?? .null
        }
        switch predicate {
        case .all: return true
        case .none: return false
        case .isNull(let field): return value(field).isNull
        case .compare(let field, let comparison, let other):
            let own = value(field)
            if own.isNull || other.isNull { return nil }
            switch comparison {
            case .equal: return own == other
            case .notEqual: return own != other
            case .less: return own < other
            case .lessOrEqual: return own <= other
            case .greater: return own > other
            case .greaterOrEqual: return own >= other
            }
        case .isIn(let field, let values):
            let own = value(field)
            return own.isNull ? nil : values.contains(own)
        case .hasPrefix(let field, let prefix):
            guard case .text(let text) = value(field) else { return nil }
            return text.utf8.starts(with: prefix.utf8)
        case .not(let inner): return holds(inner, id, row, fields).map { !$0 }
        case .and(let parts):
            let all = parts.map { holds($0, id, row, fields) }
            return all.contains(false) ? false : all.contains(nil) ? nil : true
        case .or(let parts):
            let all = parts.map { holds($0, id, row, fields) }
            return all.contains(true) ? true : all.contains(nil) ? nil : false
        }
    }

    /// The identifiers that a query finds, in its order; its limit is left to the caller.
    func answer(_ query: QueryShape, _ fields: [String]) -> [RowID] {
        let found = rows(query.table).filter { holds(query.predicate, $0, $1, fields) == true }
        var steps: [Sort] = []
        // A column that comes again decides nothing.
        for step in query.sort where !steps.contains(where: { $0.field == step.field }) {
            steps.append(step)
        }
        let isTieDescending = steps.last?.isDescending ?? false
        return found.sorted { left, right in
            for step in steps {
                let a = step.field < 0 ? Value.uuid(left.key) : left.value[fields[step.field]]
                let b = step.field < 0 ? Value.uuid(right.key) : right.value[fields[step.field]]
                guard let a, let b, a != b else { continue }
                return step.isDescending ? b < a : a < b
            }
            return isTieDescending ? right.key < left.key : left.key < right.key
        }.map(\.key)
    }

    /// Whether `found` answers the query; without an order, any order will do.
    func isAnswer(_ found: [RowID], to query: QueryShape, _ fields: [String]) -> Bool {
        let all = answer(query, fields)
        let count = min(all.count, query.limit ?? .max)
        guard query.sort.isEmpty else { return found == Array(all.prefix(count)) }
        return found.count == count && Set(found).count == count
            && Set(found).isSubset(of: all)
    }

    /// The articles with a word of lower-case letters in their title or body.
    func search(_ word: String) -> Set<RowID> {
        Set(
            rows("articles").filter { _, row in
                ["title", "body"].contains { field in
                    guard case .text(let text) = row[field] else { return false }
                    return text.split(separator: " ").contains(Substring(word))
                }
            }.keys)
    }
}
