internal import TufaBytes

/// The entries of a tree that is going to be built, in the order of their keys.
///
/// Each has the beginning of its key as numbers, so that rows are looked at again only where those
/// are the same.
@safe
struct TreeEntries: ~Copyable {
    /// The first 24 bytes of a key, zeros behind a shorter one, and the row that it is of.
    struct Entry {
        let first: UInt64
        let second: UInt64
        let third: UInt64
        let number: UInt32
        let keyByteCount: UInt32

        /// Eight bytes of the key behind so many; nil where not all of them are here.
        @inline(__always)
        func head(behind length: Int) -> UInt64? {
            if length > 16 { return nil }
            // A key that ends here is followed by zeros in a head too.
            let shift = UInt64(length & 7) * 8
            let (high, low) =
                length < 8 ? (first, second) : length < 16 ? (second, third) : (third, 0)
            return shift == 0 ? high : high << shift | low >> (64 - shift)
        }
    }

    private let memory: UnsafeMutableBufferPointer<Entry>
    let count: Int
    private let tree: Tree

    static let prefixByteCount = 24
    /// How many rows ahead the memory of a row is asked for.
    private static let rowsAhead: UInt32 = 12

    /// Takes the keys of all rows and sorts them.
    init(_ tree: Tree, _ rows: RowTable) {
        self.tree = tree
        let capacity = Int(rows.numberLimit)
        let base = unsafe LargeMemory.allocate(
            byteCount: max(1, capacity) * MemoryLayout<Entry>.stride)
        // Safe: the memory was taken for so many entries, and has no other type.
        unsafe memory = UnsafeMutableBufferPointer(
            start: base.bindMemory(to: Entry.self, capacity: capacity), count: capacity)
        var count = 0
        for number in 1..<max(1, rows.numberLimit) where rows.newest(number) != 0 {
            // Rows lie one behind the other, with a page now and then.
            if number + Self.rowsAhead < rows.numberLimit {
                rows.prefetchNewest(number + Self.rowsAhead)
            }
            unsafe (memory.baseAddress.unsafelyUnwrapped + count).initialize(
                to: Self.entry(number, unsafe tree.firstKey(number)))
            count += 1
        }
        self.count = count
        unsafe Self.sort(.init(rebasing: memory[..<count])) { one, two in
            if one.first != two.first { return one.first < two.first }
            if one.second != two.second { return one.second < two.second }
            if one.third != two.third { return one.third < two.third }
            return Self.order(one, two, tree) < 0
        }
    }

    deinit { unsafe memory.deallocate() }

    subscript(index: Int) -> Entry {
        precondition(index < count, "There are not so many entries.")
        return unsafe memory[index]
    }

    @unsafe
    private static func entry(_ number: UInt32, _ key: UnsafeRawBufferPointer) -> Entry {
        unsafe Entry(
            first: Node.head(key, 0), second: Node.head(key, 8), third: Node.head(key, 16),
            number: number, keyByteCount: UInt32(key.count))
    }

    /// The order of two whole keys that begin alike.
    private static func order(_ one: Entry, _ two: Entry, _ tree: Tree) -> Int {
        if one.keyByteCount <= prefixByteCount, two.keyByteCount <= prefixByteCount {
            return Int(one.keyByteCount) - Int(two.keyByteCount)
        }
        return unsafe compareKeys(tree.firstKey(one.number), tree.secondKey(two.number))
    }
}
