internal import Tufa
internal import TufaTesting

/// Random rows and questions over so few values that they collide all the time.
struct RandomLibrary {
    var random: SplitMix

    // Words that the stemmer leaves alone.
    static let words = ["bolt", "lamp", "fern", "moss", "quartz", "tin", "brick", "kelp"]
    static let tables = ["authors", "shelves", "articles", "articles", "articles"]

    mutating func table() -> String { Self.tables[random.below(Self.tables.count)] }

    mutating func id(_ table: String) -> RowID {
        switch table {
        case "authors": Library.id(1000 + random.below(14))
        case "shelves": Library.id(2000 + random.below(8))
        default: Library.id(3000 + random.below(60))
        }
    }

    mutating func words(_ most: Int) -> String {
        (0..<random.below(most + 1)).map { _ in Self.words[random.below(Self.words.count)] }
            .joined(separator: " ")
    }

    mutating func value(_ field: String) -> Value {
        switch field {
        case "email": .text("a\(random.below(20))@example.com")
        case "name": .text(words(3))
        case "label": .text("shelf \(random.below(10))")
        case "author_id": .uuid(id("authors"))
        case "shelf_id": random.below(3) == 0 ? .null : .uuid(id("shelves"))
        case "title": .text(words(4))
        case "body": random.below(4) == 0 ? .null : .text(words(30))
        case "notes": .text(String(repeating: "n", count: random.below(600)))
        default: .int64(Int64(random.below(12)) - 3)
        }
    }

    static func fields(_ table: String) -> [String] {
        switch table {
        case "authors": ["email", "name"]
        case "shelves": ["label"]
        default: ["author_id", "shelf_id", "title", "body", "notes", "score"]
        }
    }

    mutating func row(_ table: String) -> [String: Value] {
        var row: [String: Value] = [:]
        for field in Self.fields(table) { row[field] = value(field) }
        return row
    }

    mutating func changes(_ table: String) -> [String: Value] {
        var row = row(table)
        for field in row.keys.sorted() where random.below(2) == 0 { row[field] = nil }
        return row
    }

    // MARK: Questions

    mutating func query() -> QueryShape {
        let table = table()
        var query = QueryShape(table: table, predicate: predicate(table, 2))
        for _ in 0..<random.below(3) {
            query.sort.append(Sort(field(table).index, isDescending: random.below(2) == 0))
        }
        if random.below(4) == 0 { query.limit = random.below(20) }
        return query
    }

    /// A field that queries are about; -1 is the identifier.
    private mutating func field(_ table: String) -> (index: Int, name: String) {
        let names = Self.fields(table).filter { $0 != "notes" }
        let index = random.below(names.count + 1) - 1
        if index < 0 { return (-1, "id") }
        return (Self.fields(table).firstIndex(of: names[index]) ?? -1, names[index])
    }

    private mutating func someValue(_ table: String, _ field: String) -> Value {
        if field == "id" { return .uuid(id(table)) }
        while true {
            let value = value(field)
            if !value.isNull { return value }
        }
    }

    private mutating func predicate(_ table: String, _ depth: Int) -> Predicate {
        let (index, name) = field(table)
        switch random.below(depth > 0 ? 10 : 6) {
        case 0: return .all
        case 1: return .isNull(field: index)
        case 2: return .isIn(field: index, (0..<3).map { _ in someValue(table, name) })
        case 3 where ["email", "name", "label", "title", "body"].contains(name):
            return .hasPrefix(field: index, ["a1", "b", "moss", "shelf", ""][random.below(5)])
        case 6: return .not(predicate(table, depth - 1))
        case 7: return .or((0..<random.below(4)).map { _ in predicate(table, depth - 1) })
        case 8, 9: return .and((0..<random.below(4)).map { _ in predicate(table, depth - 1) })
        default:
            let all = Comparison.allCases
            return .compare(
                field: index, all[random.below(all.count)], someValue(table, name))
        }
    }
}
