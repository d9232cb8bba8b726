internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// The run of one index that holds the rows of a query, in its order and nothing else: a few fields
/// are equal to something, and the fields that follow them in the index are those of the order.
///
/// It is what a program asks most after single rows (the newest of somebody's posts), so it goes
/// past the planner, which would find the same rows in the same order.
struct IndexRun {
    /// The index, or -1 for the rows by identifier.
    private let number: Int
    let isReversed: Bool
    private let fixedCount: Int

    /// Finds the run; nil where the query is another, or may not be asked.
    ///
    /// - Complexity: O(indexes · columns); allocates nothing.
    // Not an initializer, which would take what it is given as its own and count it.
    static func find(_ predicate: Predicate, _ sort: [Sort], _ table: TableState) -> IndexRun? {
        guard !sort.isEmpty, let fixedCount = fixedCount(predicate, table.plan) else { return nil }
        for number in -1..<table.store.indexCount {
            let isReversed =
                unsafe table.store.parts(ofIndex: number).plan._withUnsafeGuaranteedRef {
                    direction($0, fixedCount, predicate, sort)
                }
            if let isReversed {
                return IndexRun(number: number, isReversed: isReversed, fixedCount: fixedCount)
            }
        }
        return nil
    }

    /// Whether the index has to be walked backwards; nil where it does not fit.
    ///
    /// The identifier that closes a key has the direction of the last column, as that which closes
    /// an order has the direction of its last step, so rows that tie come in the right order too.
    private static func direction(
        _ plan: KeyPlan, _ fixedCount: Int, _ predicate: Predicate, _ sort: [Sort]
    ) -> Bool? {
        guard plan.columns.count == fixedCount + sort.count else { return nil }
        let isReversed = plan.columns[fixedCount].isDescending != sort[0].isDescending
        for place in 0..<sort.count {
            let column = plan.columns[fixedCount + place]
            guard column.fieldIndex == sort[place].field,
                (column.isDescending != sort[place].isDescending) == isReversed
            else { return nil }
        }
        for place in 0..<fixedCount
        where value(of: plan.columns[place].fieldIndex, in: predicate) == nil { return nil }
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
    /// The walk begins at the one end of the run; where the other is, the rows themselves tell.
    /// - Parameter root: The root of the tree of an index, -1 for the tree by identifier.
    /// - Complexity: O(log rows + limit); allocates nothing.
    @inline(__always)
    func forEach(
        _ predicate: Predicate, in table: TableState, at position: UInt64, limit: Int,
        root: (Int) -> TreeRoot, _ body: (RowVersion) throws -> Bool
    ) throws {
        let parts = unsafe table.store.parts(ofIndex: number)
        let root = root(number)
        let capacity = unsafe parts.plan._withUnsafeGuaranteedRef { room(predicate, $0) }
        let runLength = max(1, min(Self.runLength, limit))
        let batchByteCount = RowBatch.byteCount(of: runLength)
        let byteCount = TreeCursor.stepsByteCount + batchByteCount + 2 * capacity
        try unsafe withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { memory in
            let steps = unsafe memory.baseAddress.unsafelyUnwrapped
            let batch = unsafe RowBatch(
                UnsafeMutableRawBufferPointer(
                    start: steps + TreeCursor.stepsByteCount, count: batchByteCount),
                capacity: runLength)
            let base = unsafe steps + TreeCursor.stepsByteCount + batchByteCount
            var prefix = unsafe KeyBuffer(base: base, capacity: capacity)
            for place in 0..<fixedCount {
                let column = unsafe parts.plan._withUnsafeGuaranteedRef { $0.columns[place] }
                guard let value = IndexRun.value(of: column.fieldIndex, in: predicate) else {
                    return
                }
                unsafe prefix.append(value, column)
            }
            // What is too long for an index is in none.
            if unsafe prefix.isOverflown { return }
            let run = unsafe prefix.bytes
            let scratch = unsafe base + capacity
            var cursor = unsafe TreeCursor(
                parts.tree, root: root, position: position, steps: steps)
            unsafe seekStart(of: run, scratch, &cursor)
            var left = limit
            while left > 0 {
                let count = unsafe cursor.take(
                    batch.numbers, atMost: min(runLength, left), within: run,
                    isReversed: isReversed)
                if count == 0 { return }
                unsafe parts.rows._withUnsafeGuaranteedRef {
                    unsafe $0.findVisible(
                        batch.numbers, count, at: position, into: batch.versions)
                }
                func isInside(_ version: RowVersion) -> Bool {
                    unsafe parts.plan._withUnsafeGuaranteedRef {
                        unsafe $0.begins(
                            with: run, fixedCount, of: version.id, version.body, scratch)
                    }
                }
                // Heads tell eight bytes of a key only. Where the last row is inside, all are.
                let isSure =
                    fixedCount == 0 || (unsafe batch.versions[count - 1].map(isInside) ?? false)
                for place in 0..<count {
                    guard let version = unsafe batch.versions[place] else { continue }
                    if !isSure, unsafe !isInside(version) { return }
                    left -= 1
                    if unsafe try !body(version) || left == 0 { return }
                }
            }
        }
    }

    /// How many rows are asked for at once.
    private static let runLength = 32

    /// Moves to the end of a run at which the walk begins.
    @unsafe
    private func seekStart(
        of run: UnsafeRawBufferPointer, _ scratch: UnsafeMutableRawPointer,
        _ cursor: inout TreeCursor
    ) {
        if !isReversed {
            unsafe cursor.seek(run)
        } else if let upper = unsafe IndexRun.successor(of: run, in: scratch) {
            unsafe cursor.seek(upper)
        } else {
            cursor.seekToEnd()
        }
    }

    private func room(_ predicate: Predicate, _ plan: KeyPlan) -> Int {
        var capacity = 16
        for place in 0..<fixedCount {
            let field = plan.columns[place].fieldIndex
            if let value = IndexRun.value(of: field, in: predicate) {
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

extension PublishedState {
    /// Hands over the rows of a query that is the run of an index; false where it is another.
    @inline(__always)
    func forEachOfRun<E: Entity>(
        _ query: Query<E>, _ number: Int, _ body: (RowVersion) throws -> Bool
    ) throws -> Bool {
        try withTable(number) { published in
            try published.withState { table in
                guard let run = IndexRun.find(query.predicate, query.sort, table) else {
                    return false
                }
                unsafe try run.forEach(
                    query.predicate, in: table, at: position, limit: query.limit ?? .max,
                    root: { $0 < 0 ? published.primaryRoot : published.root(ofIndex: $0) }, body)
                return true
            }
        }
    }
}
