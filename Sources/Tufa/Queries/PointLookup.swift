internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// The row that one equality on a unique field or the identifier finds, or that there is none.
///
/// It is what most reads ask, so it goes past the planner and past the copies of a reading.
@safe
struct PointLookup {
    /// The row; nil where there is none.
    let version: RowVersion?

    /// Bytes that the key of a value takes at most: every byte doubled, marker and end.
    static func room(for value: Value) -> Int {
        switch value {
        case .text(let text): min(2 * text.utf8.count + 8, KeyBuffer.maximumByteCount)
        case .bytes(let bytes): min(2 * bytes.count + 8, KeyBuffer.maximumByteCount)
        default: 24
        }
    }

    /// Looks a row up; nil where the condition is another.
    ///
    /// - Complexity: O(log rows); allocates nothing.
    static func run(
        _ predicate: Predicate, _ table: TableState, _ roots: borrowing TableRoots,
        _ position: UInt64
    ) -> PointLookup? {
        guard case .compare(let field, .equal, let value) = predicate, !value.isNull else {
            return nil
        }
        let store = table.store
        if field < 0 {
            guard case .uuid(let id) = value else { return nil }
            let number = store.number(of: id, in: roots.primary, at: position)
            return unsafe PointLookup(
                version: number.flatMap { unsafe store.rows.visible($0, at: position) })
        }
        guard let point = table.plan.pointIndexes[field], value.type == point.column.field.type
        else { return nil }
        let tree = store.indexes[point.number]
        let root = roots.indexes[point.number]
        return unsafe withUnsafeTemporaryAllocation(
            byteCount: room(for: value), alignment: 16
        ) { (memory: UnsafeMutableRawBufferPointer) -> PointLookup in
            var key = unsafe KeyBuffer(
                base: memory.baseAddress.unsafelyUnwrapped, capacity: memory.count)
            unsafe key.append(value, point.column)
            // A key that fits no index is in none.
            if unsafe key.isOverflown { return unsafe PointLookup(version: nil) }
            guard let number = unsafe tree.find(key.bytes, in: root, at: position) else {
                return unsafe PointLookup(version: nil)
            }
            return unsafe PointLookup(version: store.rows.visible(number, at: position))
        }
    }
}
