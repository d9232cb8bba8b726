internal import TufaBytes

extension Tree {
    /// How full a built leaf is: room for an eighth more, so that what comes next splits few.
    static let builtLeafCount = leafCapacity - leafCapacity / 8
    static let builtInnerCount = innerCapacity - innerCapacity / 8

    /// Fills an empty tree with the entries of all rows, sorted first; every node is written once.
    ///
    /// - Complexity: O(rows · log rows) comparisons of numbers; rows that come nearly in the order
    ///   of their keys are sorted in O(rows). 32 bytes a row meanwhile.
    package func build(from rows: RowTable) {
        precondition(draft.node == 0, "Only an empty tree is built.")
        let entries = TreeEntries(self, rows)
        if entries.count == 0 { return }
        var builder = TreeLevel()
        for range in TreeLevel.ranges(entries.count, atMost: Self.builtLeafCount) {
            builder.children.append(unsafe buildLeaf(entries, range))
            builder.separators.append(
                range.lowerBound == 0
                    ? [] : unsafe separator(before: range.lowerBound, of: entries))
        }
        while builder.children.count > 1 { builder = buildLevel(above: builder) }
        finger.height = 0
        draft = TreeRoot(node: builder.children[0], count: entries.count)
        checkInvariants()
    }

    @unsafe
    private func buildLeaf(_ entries: borrowing TreeEntries, _ range: Range<Int>) -> UInt32 {
        let reference = makeNode(level: 0)
        let leaf = unsafe slab.node(reference)
        let first = unsafe firstKey(entries[range.lowerBound].number)
        if range.count > 1 {
            let last = unsafe secondKey(entries[range.upperBound - 1].number)
            let shared = unsafe min(sharedPrefixLength(first, last), Node.maximumPrefixLength)
            if let base = first.baseAddress {
                unsafe leaf.prefix.copyMemory(from: base, byteCount: shared)
            }
            unsafe leaf.prefixLength = shared
        }
        let length = unsafe leaf.prefixLength
        for (place, index) in range.enumerated() {
            let entry = entries[index]
            unsafe leaf.refs[place] = entry.number
            unsafe leaf.heads[place] =
                entry.head(behind: length) ?? Node.head(firstKey(entry.number), length)
        }
        unsafe leaf.count = range.count
        return reference
    }

    /// The shortest bytes above the key before an entry and at most its own.
    @unsafe
    private func separator(before index: Int, of entries: borrowing TreeEntries) -> [UInt8] {
        let last = unsafe firstKey(entries[index - 1].number)
        let first = unsafe secondKey(entries[index].number)
        return unsafe Array(first[0..<sharedPrefixLength(last, first) + 1])
    }

    private func buildLevel(above below: TreeLevel) -> TreeLevel {
        var level = TreeLevel()
        for range in TreeLevel.ranges(below.children.count, atMost: Self.builtInnerCount) {
            let height = unsafe slab.node(below.children[range.lowerBound]).level + 1
            let reference = makeNode(level: height)
            let node = unsafe slab.node(reference)
            unsafe node.children[0] = below.children[range.lowerBound]
            unsafe node.count = 1
            for (place, index) in range.enumerated().dropFirst() {
                unsafe below.separators[index].withUnsafeBytes {
                    unsafe placeSeparator($0, below.children[index], in: node, at: place)
                }
            }
            unsafe lengthenSeparatorPrefix(of: node)
            level.children.append(reference)
            level.separators.append(below.separators[range.lowerBound])
        }
        return level
    }
}

/// The nodes of one level of a tree that is built, and what separates each from the one before.
private struct TreeLevel {
    var children: [UInt32] = []
    var separators: [[UInt8]] = []

    /// Cuts so many into nodes of about the same size, so that the last is not nearly empty.
    static func ranges(_ count: Int, atMost limit: Int) -> [Range<Int>] {
        let nodeCount = (count + limit - 1) / limit
        return (0..<nodeCount).map { $0 * count / nodeCount..<($0 + 1) * count / nodeCount }
    }
}
