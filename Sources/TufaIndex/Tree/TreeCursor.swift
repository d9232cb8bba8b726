internal import TufaBytes

/// A place between the entries of one root, which can move both ways.
///
/// It reads the nodes of its root without copying; whoever makes one keeps the root's view alive.
@safe
package struct TreeCursor: ~Copyable {
    // Used many times in a walk without being retained each time.
    private let tree: Unmanaged<Tree>
    private let root: TreeRoot
    private let position: UInt64
    private let steps: UnsafeMutablePointer<Tree.PathStep>
    private let ownsSteps: Bool
    private var height = 0

    /// Bytes that the way to a place takes.
    package static var stepsByteCount: Int {
        Tree.maximumHeight * MemoryLayout<Tree.PathStep>.stride
    }

    /// Makes a cursor whose way lies in memory of ``stepsByteCount`` bytes that outlives it, as the
    /// tree does; it is at no place before it is moved to one.
    @unsafe
    package init(
        _ tree: Unmanaged<Tree>, root: TreeRoot, position: UInt64, steps: UnsafeMutableRawPointer
    ) {
        unsafe self.tree = tree
        self.root = root
        self.position = position
        unsafe self.steps = steps.bindMemory(to: Tree.PathStep.self, capacity: Tree.maximumHeight)
        ownsSteps = false
    }

    /// Makes a cursor before the first entry, which keeps the tree alive.
    package init(_ tree: Tree, root: TreeRoot, position: UInt64) {
        unsafe self.tree = .passRetained(tree)
        self.root = root
        self.position = position
        unsafe steps = .allocate(capacity: Tree.maximumHeight)
        ownsSteps = true
        seekToStart()
    }

    deinit {
        guard ownsSteps else { return }
        unsafe steps.deallocate()
        unsafe tree.release()
    }

    /// Moves before the first entry.
    package mutating func seekToStart() {
        height = 0
        descend(root.node, toEnd: false)
    }

    /// Moves behind the last entry.
    package mutating func seekToEnd() {
        height = 0
        descend(root.node, toEnd: true)
    }

    /// The node of a reference.
    @inline(__always) @unsafe
    private func resolve(_ reference: UInt32) -> Node {
        unsafe tree._withUnsafeGuaranteedRef { unsafe $0.slab.node(reference) }
    }

    private mutating func descend(_ reference: UInt32, toEnd: Bool) {
        var reference = reference
        while reference != 0 {
            let node = unsafe resolve(reference)
            let isLeaf = unsafe node.isLeaf
            let index = toEnd ? unsafe node.count - (isLeaf ? 0 : 1) : 0
            unsafe steps[height] = Tree.PathStep(node: reference, index: index)
            height += 1
            if isLeaf { return }
            reference = unsafe node.children[index]
        }
    }

    /// Moves before the first entry whose key is at least `key`.
    ///
    /// - Complexity: O(log entries).
    @unsafe
    package mutating func seek(_ key: UnsafeRawBufferPointer) {
        if unsafe key.isEmpty { return seekToStart() }
        height = 0
        var reference = root.node
        guard reference != 0 else { return }
        while true {
            let node = unsafe resolve(reference)
            if unsafe node.isLeaf { break }
            let index = unsafe tree._withUnsafeGuaranteedRef {
                unsafe $0.childIndex(of: key, in: node, isAnywhere: true)
            }
            unsafe steps[height] = Tree.PathStep(node: reference, index: index)
            height += 1
            reference = unsafe node.children[index]
            unsafe resolve(reference).prefetch()
        }
        let leaf = unsafe resolve(reference)
        let position = position
        let index = unsafe tree._withUnsafeGuaranteedRef { tree in
            unsafe withUnsafeTemporaryAllocation(
                byteCount: tree.source.maximumByteCount, alignment: 16
            ) { scratch in
                unsafe tree.leafLowerBound(
                    key, in: leaf, position, scratch.baseAddress.unsafelyUnwrapped)
            }
        }
        unsafe steps[height] = Tree.PathStep(node: reference, index: index)
        height += 1
        settle()
    }

    /// Moves from the end of a leaf to the start of the next one, so that equal places look equal.
    @inline(__always)
    private mutating func settle() {
        let step = unsafe steps[height - 1]
        if unsafe step.index >= resolve(step.node).count { enterNextLeaf() }
    }

    private mutating func enterNextLeaf() {
        var level = height - 1
        while level > 0 {
            let parent = unsafe steps[level - 1]
            if unsafe parent.index + 1 < resolve(parent.node).count {
                // Written as a whole: ThreadSanitizer takes a change in place for one of the tree.
                unsafe steps[level - 1] = Tree.PathStep(
                    node: parent.node, index: parent.index + 1)
                height = level
                descend(
                    unsafe resolve(parent.node).children[parent.index + 1], toEnd: false)
                return
            }
            level -= 1
        }
    }

    /// The entry behind the cursor, which then moves behind it; nil at the end.
    ///
    /// - Complexity: O(1) amortised.
    @inline(__always)
    package mutating func next() -> UInt32? {
        guard height > 0 else { return nil }
        let step = unsafe steps[height - 1]
        let leaf = unsafe resolve(step.node)
        guard unsafe step.index < leaf.count else { return nil }
        let number = unsafe leaf.refs[step.index]
        unsafe steps[height - 1].index = step.index + 1
        if unsafe step.index + 1 == leaf.count { enterNextLeaf() }
        return number
    }

    /// The entry before the cursor, which then moves before it; nil at the start.
    ///
    /// - Complexity: O(1) amortised.
    @inline(__always)
    package mutating func previous() -> UInt32? {
        guard height > 0 else { return nil }
        if unsafe steps[height - 1].index == 0, !enterPreviousLeaf() { return nil }
        let step = unsafe steps[height - 1]
        unsafe steps[height - 1].index = step.index - 1
        return unsafe resolve(step.node).refs[step.index - 1]
    }

    /// Takes the numbers of up to `limit` entries on the way to the place `end`, in the order of
    /// the walk; fewer, but not none, where a leaf ends.
    ///
    /// - Complexity: O(1) an entry.
    @unsafe
    package mutating func take(
        _ numbers: UnsafeMutablePointer<UInt32>, atMost limit: Int, before end: UInt64,
        isReversed: Bool
    ) -> Int {
        let count = min(limit, leftInLeaf(before: end, isReversed: isReversed))
        guard count > 0 else { return 0 }
        let step = unsafe steps[height - 1]
        unsafe copy(
            resolve(step.node).refs, from: isReversed ? step.index - 1 : step.index, count,
            isReversed, to: numbers)
        move(count, isReversed)
        return count
    }

    @inline(__always) @unsafe
    private func copy(
        _ refs: UnsafeMutablePointer<UInt32>, from start: Int, _ count: Int, _ isReversed: Bool,
        to numbers: UnsafeMutablePointer<UInt32>
    ) {
        if isReversed {
            for place in 0..<count { unsafe numbers[place] = refs[start &- place] }
        } else {
            unsafe numbers.update(from: refs + start, count: count)
        }
    }

    /// Takes the numbers of up to `limit` entries whose heads do not say that their keys begin
    /// otherwise than `prefix`, in the order of the walk; fewer, but not none, where a leaf ends.
    ///
    /// - Complexity: O(1) an entry; no row is looked at.
    @unsafe
    package mutating func take(
        _ numbers: UnsafeMutablePointer<UInt32>, atMost limit: Int,
        within prefix: UnsafeRawBufferPointer, isReversed: Bool
    ) -> Int {
        let most = min(limit, leftInLeaf(before: .max, isReversed: isReversed))
        guard most > 0 else { return 0 }
        let step = unsafe steps[height - 1]
        let leaf = unsafe resolve(step.node)
        let start = isReversed ? step.index - 1 : step.index
        let count = unsafe leaf.entriesSharing(prefix, from: start, atMost: most, isReversed)
        if count == 0 { return 0 }
        unsafe copy(leaf.refs, from: start, count, isReversed, to: numbers)
        move(count, isReversed)
        return count
    }

    /// Passes over the rest of a leaf, up to the place `end`, and gives how many entries that were;
    /// none at the end.
    ///
    /// - Complexity: O(1) amortised.
    package mutating func skipLeaf(before end: UInt64, isReversed: Bool) -> Int {
        let count = leftInLeaf(before: end, isReversed: isReversed)
        if count > 0 { move(count, isReversed) }
        return count
    }

    /// How many entries are left in the leaf, which may be the one before, up to the place `end`.
    private mutating func leftInLeaf(before end: UInt64, isReversed: Bool) -> Int {
        guard height > 0, mark != end else { return 0 }
        if isReversed {
            if unsafe steps[height - 1].index == 0, !enterPreviousLeaf() { return 0 }
            let step = unsafe steps[height - 1]
            return UInt64(step.node) == end >> 32
                ? step.index - Int(end & UInt64(UInt32.max)) : step.index
        }
        let step = unsafe steps[height - 1]
        return UInt64(step.node) == end >> 32
            ? Int(end & UInt64(UInt32.max)) - step.index
            : unsafe resolve(step.node).count - step.index
    }

    private mutating func move(_ count: Int, _ isReversed: Bool) {
        let step = unsafe steps[height - 1]
        unsafe steps[height - 1] = Tree.PathStep(
            node: step.node, index: isReversed ? step.index - count : step.index + count)
        if !isReversed { settle() }
    }

    private mutating func enterPreviousLeaf() -> Bool {
        var level = height - 1
        while level > 0 {
            let parent = unsafe steps[level - 1]
            if parent.index > 0 {
                unsafe steps[level - 1] = Tree.PathStep(
                    node: parent.node, index: parent.index - 1)
                height = level
                descend(
                    unsafe resolve(parent.node).children[parent.index - 1], toEnd: true)
                return true
            }
            level -= 1
        }
        return false
    }

    /// A mark of the place, equal for cursors of one root at one place.
    package var mark: UInt64 {
        guard height > 0 else { return 0 }
        let step = unsafe steps[height - 1]
        return UInt64(step.node) << 32 | UInt64(step.index)
    }
}
