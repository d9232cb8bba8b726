internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// The run of one index that holds the rows of a query, in its order and nothing else: a few fields
/// are equal to something, and the fields that follow them in the index are those of the order.
///
/// It is what a program asks most after single rows (the newest of somebody's posts), so it goes
/// past the planner, which would find the same rows in the same order.
struct IndexRun {
    /// The index, or nil for the rows by identifier.
    private let number: Int?
    let isReversed: Bool
    private let fixedCount: Int

    /// Finds the run; nil where the query is another, or may not be asked.
    ///
    /// - Complexity: O(indexes · columns); allocates nothing.
    init?(_ predicate: Predicate, _ sort: [Sort], _ table: TablePlan) {
        guard !sort.isEmpty, let fixedCount = IndexRun.fixedCount(predicate, table) else {
            return nil
        }
        self.fixedCount = fixedCount
        func direction(_ key: KeyPlan) -> Bool? {
            IndexRun.direction(key.columns, fixedCount, predicate, sort)
        }
        if let isReversed = direction(table.primaryKey) {
            (number, self.isReversed) = (nil, isReversed)
            return
        }
        for (number, index) in table.indexes.enumerated() {
            guard let isReversed = direction(index.key) else { continue }
            (self.number, self.isReversed) = (number, isReversed)
            return
        }
        return nil
    }

    /// Whether the index has to be walked backwards; nil where it does not fit.
    ///
    /// The identifier that closes a key has the direction of the last column, as that which closes
    /// an order has the direction of its last step, so rows that tie come in the right order too.
    private static func direction(
        _ columns: [KeyPlan.Column], _ fixedCount: Int, _ predicate: Predicate, _ sort: [Sort]
    ) -> Bool? {
        guard columns.count == fixedCount + sort.count else { return nil }
        let isReversed = columns[fixedCount].isDescending != sort[0].isDescending
        for (place, step) in sort.enumerated() {
            let column = columns[fixedCount + place]
            guard column.fieldIndex == step.field,
                (column.isDescending != step.isDescending) == isReversed
            else { return nil }
        }
        for place in 0..<fixedCount
        where value(of: columns[place].fieldIndex, in: predicate) == nil { return nil }
        return isReversed
    }

    /// How many fields are equal to something; nil where something else is asked.
    private static func fixedCount(_ predicate: Predicate, _ table: TablePlan) -> Int? {
        switch predicate {
        case .all: return 0
        case .compare: return isFixed(predicate, table) ? 1 : nil
        case .and(let parts):
            for (place, part) in parts.enumerated() {
                guard isFixed(part, table), case .compare(let field, _, _) = part,
                    value(of: field, in: parts[..<place]) == nil
                else { return nil }
            }
            return parts.count
        default: return nil
        }
    }

    /// Whether a part of a condition is an equality with a value of the field's type.
    private static func isFixed(_ part: Predicate, _ table: TablePlan) -> Bool {
        guard case .compare(let field, .equal, let value) = part else { return false }
        if field < 0 { return field == -1 && value.type == .uuid }
        return field < table.layout.fields.count && value.type == table.layout.fields[field].type
    }

    /// What a field is equal to.
    private static func value(of field: Int, in predicate: Predicate) -> Value? {
        switch predicate {
        case .compare(field, _, let value): value
        case .and(let parts): value(of: field, in: parts[...])
        default: nil
        }
    }

    private static func value(of field: Int, in parts: ArraySlice<Predicate>) -> Value? {
        for part in parts {
            if case .compare(field, _, let value) = part { return value }
        }
        return nil
    }

    // MARK: Walking

    /// Hands over the first `limit` rows, until `body` answers false.
    ///
    /// - Complexity: O(log rows + limit).
    func forEach(
        _ predicate: Predicate, in reading: TableReading, limit: Int,
        _ body: (RowVersion) throws -> Bool
    ) throws {
        let plan = reading.plan
        let columns = number.map { plan.indexes[$0].key.columns } ?? plan.primaryKey.columns
        let access = number.map { Plan.Access.index($0) } ?? .primary
        guard let (tree, root) = reading.tree(access) else { return }
        let capacity = room(predicate, columns)
        try unsafe withUnsafeTemporaryAllocation(byteCount: 2 * capacity, alignment: 16) { memory in
            let base = unsafe memory.baseAddress.unsafelyUnwrapped
            var prefix = unsafe KeyBuffer(base: base, capacity: capacity)
            for column in columns[..<fixedCount] {
                guard let value = IndexRun.value(of: column.fieldIndex, in: predicate) else {
                    return
                }
                unsafe prefix.append(value, column)
            }
            // What is too long for an index is in none.
            if unsafe prefix.isOverflown { return }
            let lower = unsafe prefix.bytes
            let upper = unsafe IndexRun.successor(of: lower, in: base + capacity)
            var walk = unsafe RowWalk(
                tree, root, reading, from: lower, to: upper, isReversed: isReversed)
            var left = limit
            unsafe try walk.forEach(expecting: limit) { _, version in
                left -= 1
                return unsafe try body(version) && left > 0
            }
        }
    }

    private func room(_ predicate: Predicate, _ columns: [KeyPlan.Column]) -> Int {
        var capacity = 16
        for column in columns[..<fixedCount] {
            if let value = IndexRun.value(of: column.fieldIndex, in: predicate) {
                capacity += PointLookup.room(for: value)
            }
        }
        return min(capacity, KeyBuffer.maximumByteCount)
    }

    /// The least key that is greater than all that begin with `prefix`; nil where there is none.
    @unsafe
    private static func successor(
        of prefix: UnsafeRawBufferPointer, in memory: UnsafeMutableRawPointer
    ) -> UnsafeRawBufferPointer? {
        var count = prefix.count
        while count > 0, unsafe prefix[count - 1] == 0xFF { count -= 1 }
        guard count > 0, let base = prefix.baseAddress else { return nil }
        unsafe memory.copyMemory(from: base, byteCount: count)
        unsafe memory.storeBytes(
            of: prefix[count - 1] + 1, toByteOffset: count - 1, as: UInt8.self)
        return unsafe UnsafeRawBufferPointer(start: memory, count: count)
    }
}
