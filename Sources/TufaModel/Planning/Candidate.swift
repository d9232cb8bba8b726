internal import TufaBytes

/// One way to answer a query, and how good it is.
struct Candidate {
    let access: Plan.Access
    let key: KeyPlan
    let fixedCount: Int
    let selectiveCount: Int
    let range: (range: ColumnRange, parts: [Int])?
    let isPoint: Bool
    let givesOrder: Bool
    let isReversed: Bool
    /// The greater the better; see ``Planner``.
    let rank: Int

    init(_ access: Plan.Access, _ table: TablePlan, _ facts: QueryFacts) {
        self.access = access
        if case .index(let number) = access {
            key = table.indexes[number].key
        } else {
            key = table.primaryKey
        }
        let fixed = key.columns.prefix { facts.fixed[$0.fieldIndex] != nil }
        fixedCount = fixed.count
        selectiveCount = fixed.filter { $0.field.type != .boolean }.count
        range =
            fixedCount < key.columns.count
            ? facts.ranges[key.columns[fixedCount].fieldIndex] : nil
        isPoint =
            key.isUnique && fixedCount == key.columns.count
            && !fixed.contains { facts.fixed[$0.fieldIndex]?.value.isNull == true }
        let direction = Candidate.direction(of: key, fixedCount, facts)
        givesOrder = isPoint || direction != nil
        isReversed = direction == .backward && !isPoint
        switch true {
        case isPoint: rank = 5
        case selectiveCount > 0: rank = givesOrder ? 4 : 3
        case givesOrder && !facts.sort.isEmpty: rank = 2
        case fixedCount > 0 || range != nil: rank = 1
        default: rank = 0
        }
    }

    func isBetter(than other: Candidate) -> Bool {
        let mine = (rank, selectiveCount, range == nil ? 0 : 1, fixedCount)
        let theirs = (
            other.rank, other.selectiveCount, other.range == nil ? 0 : 1, other.fixedCount
        )
        return mine > theirs
    }

    private enum Direction { case forward, backward }

    /// The direction in which the rows of the run come in the order asked for, if there is one.
    private static func direction(
        of key: KeyPlan, _ fixedCount: Int, _ facts: QueryFacts
    ) -> Direction? {
        // What is the same in all rows of the result takes no part in their order.
        let wanted = facts.sort.filter { facts.fixed[$0.field] == nil }
        var given = key.columns.dropFirst(fixedCount).map {
            Sort($0.fieldIndex, isDescending: $0.isDescending)
        }.filter { facts.fixed[$0.field] == nil }
        let isTotal = key.isUnique && !key.columns.contains { $0.field.isOptional }
        if !isTotal { given.append(Sort(-1, isDescending: key.isTieDescending)) }
        var direction: Direction?
        for (index, step) in wanted.enumerated() {
            // The columns of a unique index leave nothing to the steps after them.
            guard index < given.count else { return isTotal ? direction ?? .forward : nil }
            guard given[index].field == step.field else { return nil }
            let needed: Direction =
                given[index].isDescending == step.isDescending ? .forward : .backward
            if let direction, direction != needed { return nil }
            direction = needed
            if step.field < 0 { break }
        }
        return direction ?? .forward
    }

    func plan(_ table: TablePlan, _ facts: QueryFacts) -> Plan {
        let isNothing = facts.predicate == .none
        let columns = key.columns
        let equality = columns.prefix(fixedCount).map { facts.fixed[$0.fieldIndex]?.value ?? .null }
        var used = Set(columns.prefix(fixedCount).compactMap { facts.fixed[$0.fieldIndex]?.part })
        if let range { used.formUnion(range.parts) }
        let prefix = KeyBytes.encode(equality, Array(columns))
        let keys =
            range.map { $0.range.keys(fixed: prefix, columns[fixedCount]) }
            ?? KeyRange(prefix: prefix)
        let rest = facts.parts.indices.filter { !used.contains($0) }.map { facts.parts[$0] }
        let residual: Predicate? =
            isNothing || rest.isEmpty ? nil : rest.count == 1 ? rest[0] : .and(rest)
        let needsSort = !facts.sort.isEmpty && !givesOrder && !isNothing
        let access = isNothing || keys.isEmpty ? Plan.Access.nothing : access
        return Plan(
            table: table, access: access, equality: equality, range: range?.range, keys: keys,
            isReversed: isReversed, isPoint: isPoint, residual: residual,
            filter: residual.map { PredicateProgram($0, table) }, sort: facts.sort,
            needsSort: needsSort,
            sortKey: needsSort
                ? KeyPlan(
                    layout: table.layout,
                    columns: facts.sort.map { ($0.field, $0.isDescending) }, isUnique: true) : nil,
            fingerprint: facts.fingerprint(table.name, access))
    }
}

extension QueryFacts {
    /// Tells queries apart by what decides which rows come in which order.
    func fingerprint(_ table: String, _ access: Plan.Access) -> UInt64 {
        var writer = SchemaWriter()
        writer.append(table)
        switch access {
        case .nothing: writer.append(UInt32.max)
        case .primary: writer.append(UInt32.max - 1)
        case .index(let number): writer.append(UInt32(number))
        }
        for step in sort {
            writer.append(Int64(step.field))
            writer.append(step.isDescending ? 1 as UInt8 : 0)
        }
        writer.append(UInt8(0xFF))
        writer.append(predicate)
        return Fingerprint.of(writer.bytes)
    }
}

extension SchemaWriter {
    mutating func append(_ predicate: Predicate) {
        switch predicate {
        case .all: append(UInt8(0))
        case .none: append(UInt8(1))
        case .compare(let field, let comparison, let value):
            append(UInt8(2))
            append(Int64(field))
            append(comparison.rawValue)
            append(value)
        case .isNull(let field):
            append(UInt8(3))
            append(Int64(field))
        case .isIn(let field, let values):
            append(UInt8(4))
            append(Int64(field))
            append(UInt32(truncatingIfNeeded: values.count))
            for value in values { append(value) }
        case .hasPrefix(let field, let prefix):
            append(UInt8(5))
            append(Int64(field))
            append(prefix)
        case .and(let parts):
            append(UInt8(6))
            append(UInt32(truncatingIfNeeded: parts.count))
            for part in parts { append(part) }
        case .or(let parts):
            append(UInt8(7))
            append(UInt32(truncatingIfNeeded: parts.count))
            for part in parts { append(part) }
        case .not(let inner):
            append(UInt8(8))
            append(inner)
        }
    }
}
