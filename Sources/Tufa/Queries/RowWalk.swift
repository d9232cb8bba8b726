internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// A walk over a run of an index, which has the rows of the next entries on their way while those
/// of the last ones are looked at.
///
/// Rows lie anywhere in memory, and each would be waited for twice: for its slot, then for itself.
struct RowWalk: ~Copyable {
    private var cursor: TreeCursor
    /// The mark of the place where the walk ends.
    private var end: UInt64 = 0
    private let rows: RowTable
    private let position: UInt64
    private let isReversed: Bool

    /// How many rows are asked for at once.
    private static let runLength = 32

    /// Begins at one end of a range of keys.
    init(
        _ tree: Tree, _ root: TreeRoot, _ reading: TableReading, _ keys: KeyRange,
        isReversed: Bool
    ) {
        self.init(tree, root, reading, isReversed)
        unsafe keys.lower.withUnsafeBytes { lower in
            guard let upper = keys.upper else { return unsafe seek(from: lower, to: nil) }
            unsafe upper.withUnsafeBytes { unsafe seek(from: lower, to: $0) }
        }
    }

    private init(_ tree: Tree, _ root: TreeRoot, _ reading: TableReading, _ isReversed: Bool) {
        rows = reading.table.store.rows
        position = reading.position
        self.isReversed = isReversed
        cursor = TreeCursor(tree, root: root, position: reading.position)
    }

    @unsafe
    private mutating func seek(
        from lower: UnsafeRawBufferPointer, to upper: UnsafeRawBufferPointer?
    ) {
        if isReversed { unsafe cursor.seek(lower) } else { unsafe seek(end: upper) }
        end = cursor.mark
        if isReversed { unsafe seek(end: upper) } else { unsafe cursor.seek(lower) }
    }

    @unsafe
    private mutating func seek(end key: UnsafeRawBufferPointer?) {
        if let key = unsafe key { unsafe cursor.seek(key) } else { cursor.seekToEnd() }
    }

    /// How many rows there are from here to the end; none of them is looked at.
    ///
    /// - Complexity: O(entries / entries of a node).
    mutating func count(atMost limit: Int) -> Int {
        var count = 0
        while count < limit {
            let passed = cursor.skipLeaf(before: end, isReversed: isReversed)
            if passed == 0 { break }
            count += passed
        }
        return min(count, limit)
    }

    /// Hands over the numbers and rows of the entries, until `body` answers false.
    ///
    /// - Parameter expectedCount: How many will probably be asked for, where that is known.
    mutating func forEach(
        expecting expectedCount: Int = .max, _ body: (UInt32, RowVersion) throws -> Bool
    ) throws {
        let runLength = max(1, min(Self.runLength, expectedCount))
        let byteCount = RowBatch.byteCount(of: runLength)
        try unsafe withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { memory in
            let batch = unsafe RowBatch(memory, capacity: runLength)
            while true {
                let count = unsafe cursor.take(
                    batch.numbers, atMost: runLength, before: end, isReversed: isReversed)
                if count == 0 { return }
                unsafe rows.findVisible(batch.numbers, count, at: position, into: batch.versions)
                for place in 0..<count {
                    guard let version = unsafe batch.versions[place] else { continue }
                    if unsafe try !body(batch.numbers[place], version) { return }
                }
            }
        }
    }
}
