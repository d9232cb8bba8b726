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
        case .text(let text): room(forByteCount: text.utf8.count)
        case .bytes(let bytes): room(forByteCount: bytes.count)
        default: 24
        }
    }

    @inline(__always)
    private static func room(forByteCount count: Int) -> Int {
        min(2 * count + 8, KeyBuffer.maximumByteCount)
    }

    /// Looks a row up by a condition; nil where that is another than one equality.
    ///
    /// - Parameter root: The root of the tree of an index, -1 for the tree by identifier.
    /// - Complexity: O(log rows); allocates nothing.
    @inline(__always)
    static func run(
        _ predicate: Predicate, in table: TableState, at position: UInt64,
        root: (Int) -> TreeRoot
    ) -> PointLookup? {
        guard case .compare(let field, .equal, let value) = predicate, !value.isNull else {
            return nil
        }
        if field < 0 {
            guard case .uuid(let id) = value else { return nil }
            return unsafe PointLookup(
                version: table.store.row(of: id, in: root(-1), at: position))
        }
        guard let point = table.plan.pointIndexes[field], value.type == point.column.field.type
        else { return nil }
        if case .text(let text) = value {
            return unsafe withBytes(of: text) {
                unsafe find(point, $0, in: table, root(point.number), at: position)
            }
        }
        return unsafe find(
            point, in: table, root(point.number), at: position, room: room(for: value),
            hintedBy: nil
        ) { unsafe $0.append(value, point.column) }
    }

    /// The same in a table as a view has it.
    static func run(
        _ predicate: Predicate, in table: PublishedTable, at position: UInt64
    ) -> PointLookup? {
        table.withState { state in
            run(predicate, in: state, at: position) {
                $0 < 0 ? table.primaryRoot : table.root(ofIndex: $0)
            }
        }
    }

    /// Looks a row up by the text of a field; nil where that is not unique.
    ///
    /// - Complexity: O(log rows); allocates nothing.
    @unsafe
    static func run(
        _ field: Int, _ text: UnsafeRawBufferPointer, in table: PublishedTable,
        at position: UInt64
    ) -> PointLookup? {
        table.withState { state in
            guard field >= 0, let point = state.plan.pointIndexes[field],
                point.column.field.type == .text
            else { return nil }
            return unsafe find(
                point, text, in: state, table.root(ofIndex: point.number),
                at: position)
        }
    }

    /// The row of a text, of which hints are told apart by the text alone: that can be done before
    /// its key is made.
    @inline(__always) @unsafe
    private static func find(
        _ point: PointIndex, _ text: UnsafeRawBufferPointer, in table: TableState,
        _ root: TreeRoot, at position: UInt64
    ) -> PointLookup {
        unsafe find(
            point, in: table, root, at: position, room: room(forByteCount: text.count),
            hintedBy: text
        ) { key in
            let column = point.column
            if column.field.isOptional {
                unsafe key.appendPresent(descending: column.isDescending)
            }
            unsafe key.append(variable: text, descending: column.isDescending)
        }
    }

    /// Lends the UTF-8 bytes of a text, which are at hand where it did not come from elsewhere.
    @inline(__always) @unsafe
    static func withBytes<Result>(
        of text: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        if let result = unsafe text.utf8.withContiguousStorageIfAvailable({
            unsafe body(UnsafeRawBufferPointer($0))
        }) {
            return result
        }
        var copy = text
        return copy.withUTF8 { unsafe body(UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    private static func find(
        _ point: PointIndex, in table: TableState, _ root: TreeRoot, at position: UInt64,
        room: Int, hintedBy value: UnsafeRawBufferPointer?, _ make: (inout KeyBuffer) -> Void
    ) -> PointLookup {
        let store = unsafe Unmanaged.passUnretained(table.store)
        @inline(__always) func place(of value: UnsafeRawBufferPointer) -> HintPlace? {
            unsafe store._withUnsafeGuaranteedRef {
                unsafe $0.hintPlace(of: value, inIndex: point.number)
            }
        }
        let early = unsafe value.flatMap { unsafe place(of: $0) }
        return unsafe withUnsafeTemporaryAllocation(
            byteCount: room, alignment: 16
        ) { (memory: UnsafeMutableRawBufferPointer) -> PointLookup in
            var key = unsafe KeyBuffer(
                base: memory.baseAddress.unsafelyUnwrapped, capacity: memory.count)
            unsafe make(&key)
            // A key that fits no index is in none.
            if unsafe key.isOverflown { return unsafe PointLookup(version: nil) }
            let place = unsafe value == nil ? place(of: key.bytes) : early
            return unsafe PointLookup(
                version: unsafe store._withUnsafeGuaranteedRef {
                    unsafe $0.row(
                        under: key.bytes, inIndex: point.number, root, at: position,
                        hintedAt: place)
                })
        }
    }
}
