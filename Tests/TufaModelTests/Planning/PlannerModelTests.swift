import Testing
import TufaBytes

@testable import TufaModel

/// Plans are carried out over stored rows and compared with the plain meaning of the query.
struct PlannerModelTests {
    static func table(_ random: inout SeededGenerator) throws -> TablePlan {
        var schema = TableSchema("t", fields: [])
        for number in 0..<4 {
            schema.fields.append(
                FieldSchema(
                    "f\(number)", random.pick(ScalarType.allCases), isOptional: random.chance(50)))
        }
        let names = ["id"] + schema.fields.map(\.name)
        for number in 0..<(1 + random.below(5)) {
            let columns = names.shuffled(using: &random).prefix(1 + random.below(3))
            schema.indexes.append(
                IndexSchema(
                    "i\(number)",
                    columns.map { IndexColumn($0, isDescending: random.chance(50)) },
                    isUnique: random.chance(40)))
        }
        return try SchemaPlan(DatabaseSchema([schema])).tables[0]
    }

    static func rows(_ table: TablePlan, _ random: inout SeededGenerator) throws -> [StoredRow] {
        var rows: [StoredRow] = []
        var keys = table.indexes.map { _ in Set<[UInt8]>() }
        for number in 0..<60 {
            let values = table.schema.fields.map {
                $0.isOptional ? random.optionalValue($0.type) : random.value($0.type)
            }
            let row = try StoredRow(
                id: RowID(high: UInt64(random.below(2)), low: UInt64(number)), values, table)
            let rowKeys = table.indexes.map { row.key($0.key) }
            // A row that shares a key with another would never be in the table.
            guard zip(keys, rowKeys).allSatisfy({ !$0.contains($1) }) else { continue }
            for index in keys.indices { keys[index].insert(rowKeys[index]) }
            rows.append(row)
        }
        return rows
    }

    static func predicate(
        _ table: TablePlan, _ rows: [StoredRow], _ random: inout SeededGenerator, depth: Int = 0
    ) -> Predicate {
        let field = random.below(5) - 1
        let type = table.fieldType(field)
        func value(_ random: inout SeededGenerator) -> Value {
            if random.chance(5) { return .null }
            let seen = random.pick(rows).value(field)
            return random.chance(70) && !seen.isNull ? seen : random.value(type)
        }
        switch random.below(depth > 2 ? 6 : 12) {
        case 0: return .isNull(field: field)
        case 1: return .isIn(field: field, (0..<random.below(12)).map { _ in value(&random) })
        case 2 where type == .text: return .hasPrefix(field: field, random.text(upTo: 2))
        case 3: return .between(field: field, value(&random), value(&random))
        case 6, 7:
            return .and(
                (0..<random.below(4)).map { _ in
                    predicate(table, rows, &random, depth: depth + 1)
                })
        case 8:
            return .or(
                (0..<random.below(4)).map { _ in
                    predicate(table, rows, &random, depth: depth + 1)
                })
        case 9: return .not(predicate(table, rows, &random, depth: depth + 1))
        case 10: return random.chance(50) ? .all : .none
        default:
            let comparison: Comparison =
                random.chance(40) ? .equal : random.pick(Comparison.allCases)
            return .compare(field: field, comparison, value(&random))
        }
    }

    /// The meaning of a predicate by SQL's three truth values.
    static func truth(_ predicate: Predicate, _ row: StoredRow) -> Bool? {
        switch predicate {
        case .all: return true
        case .none: return false
        case .compare(let field, let comparison, let value):
            let mine = row.value(field)
            return mine.isNull || value.isNull ? nil : comparison.holds(mine.order(against: value))
        case .isNull(let field): return row.value(field).isNull
        case .isIn(let field, let values):
            return truth(.or(values.map { .compare(field: field, .equal, $0) }), row)
        case .hasPrefix(let field, let prefix):
            guard case .text(let text) = row.value(field) else { return nil }
            return text.utf8.starts(with: prefix.utf8)
        case .and(let parts):
            let truths = parts.map { truth($0, row) }
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case .or(let parts):
            let truths = parts.map { truth($0, row) }
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        case .not(let inner): return truth(inner, row).map { !$0 }
        }
    }

    /// Carries out a plan the way an engine would: walk the run, filter, sort.
    static func run(_ plan: Plan, _ rows: [StoredRow], after cursor: Cursor? = nil) -> [StoredRow] {
        if plan.access == .nothing { return [] }
        var run = plan.keys
        if let cursor, !plan.needsSort { run = plan.keys(after: cursor) }
        var found = rows.map { (key: $0.key(plan.accessKey), row: $0) }
            .filter { pair in
                Value.order(pair.key, run.lower) >= 0
                    && run.upper.map { Value.order(pair.key, $0) < 0 } ?? true
            }
            .sorted { Value.order($0.key, $1.key) < 0 }
        if plan.isReversed { found.reverse() }
        if let filter = plan.filter { found.removeAll { !$0.row.matches(filter) } }
        if let sortKey = plan.sortKey {
            found = found.map { (key: $0.row.key(sortKey), row: $0.row) }
                .sorted { Value.order($0.key, $1.key) < 0 }
            if let cursor { found.removeAll { Value.order($0.key, cursor.key) <= 0 } }
        }
        return found.map(\.row)
    }

    static func isBefore(_ left: StoredRow, _ right: StoredRow, _ sort: [Sort]) -> Bool {
        for step in QueryFacts.completed(sort) {
            let order = left.value(step.field).order(against: right.value(step.field))
            if order != 0 { return step.isDescending ? order > 0 : order < 0 }
        }
        return false
    }

    @Test(arguments: 0..<40)
    func plansMeanTheQuery(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let table = try Self.table(&random)
        let rows = try Self.rows(table, &random)
        for _ in 0..<25 {
            let predicate = Self.predicate(table, rows, &random)
            let sort = (0..<random.below(4)).map { _ in
                Sort(random.below(5) - 1, isDescending: random.chance(50))
            }
            let plan = try Planner.plan(predicate, sort: sort, table)
            let found = Self.run(plan, rows)
            let expected = rows.filter { Self.truth(predicate, $0) == true }
            if sort.isEmpty {
                #expect(Set(found.map(\.id)) == Set(expected.map(\.id)), "\(plan)")
                #expect(found.count == expected.count)
            } else {
                let sorted = expected.sorted { Self.isBefore($0, $1, sort) }
                #expect(found.map(\.id) == sorted.map(\.id), "\(plan)")
            }
            #expect(!plan.isPoint || found.count <= 1)
            try Self.checkPages(plan, rows, found)
        }
    }

    /// Every cursor continues exactly behind its row.
    static func checkPages(_ plan: Plan, _ rows: [StoredRow], _ all: [StoredRow]) throws {
        for (index, row) in all.enumerated() where index % 7 == 3 {
            let text = Cursor(plan, key: row.key(plan.sortKey ?? plan.accessKey)).text
            let cursor = try Cursor(decoding: text, for: plan)
            #expect(run(plan, rows, after: cursor).map(\.id) == all[(index + 1)...].map(\.id))
        }
    }

    @Test(arguments: 0..<40)
    func programsMeanThePredicate(_ seed: UInt64) throws {
        var random = SeededGenerator(seed &+ 1_000)
        let table = try Self.table(&random)
        let rows = try Self.rows(table, &random)
        for _ in 0..<25 {
            let predicate = Self.predicate(table, rows, &random)
            let program = PredicateProgram(try predicate.normalized(for: table), table)
            for row in rows {
                #expect(
                    row.matches(program) == (Self.truth(predicate, row) == true),
                    "\(predicate.text(in: table))")
            }
        }
    }
}
