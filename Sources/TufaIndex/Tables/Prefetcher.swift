internal import CTufa
package import TufaBytes

/// Has the memory that a run of changes will touch on its way before the first of them is made.
///
/// A row with a random identifier lies anywhere, so each of its changes waits for memory several
/// times in a row: for the leaf, then for the slot of the entry next to it, then for that row. Here
/// each step is asked for on behalf of all changes of a run at once, and the waits overlap (group
/// prefetching; Chen, Ailamaki, Gibbons and Mowry, "Improving Hash Join Performance through
/// Prefetching", 2004). Nothing depends on a prefetch but speed: a key that is cut off, or a tree
/// that changes meanwhile, only makes one useless.
@safe
package struct Prefetcher: ~Copyable {
    /// What is going to be looked up in one tree.
    @safe
    private struct Probe {
        let tree: Unmanaged<Tree>
        /// The node that the descent has reached.
        var node: Node
        /// The entry whose row will be read; 0 for none.
        var number: UInt32
        let readsRow: Bool
        let keyByteCount: UInt8
    }

    /// Enough of a key for the prefix of a node and a head.
    private static let keyRoom = 64

    private let capacity: Int
    private let probes: UnsafeMutablePointer<Probe>
    private let keys: UnsafeMutableRawPointer
    private var count = 0

    /// Makes room for so many lookups; those beyond are left out.
    package init(capacity: Int) {
        self.capacity = capacity
        unsafe probes = .allocate(capacity: capacity)
        unsafe keys = .allocate(byteCount: capacity * Self.keyRoom, alignment: 64)
    }

    deinit {
        unsafe probes.deallocate()
        unsafe keys.deallocate()
    }

    /// Begins a run.
    package mutating func begin() { count = 0 }

    /// Notes the rows of a table that is going to be asked for an identifier.
    ///
    /// - Parameter readsRow: Whether the row is expected to be there and is going to be read.
    package mutating func add(_ store: TableStore, _ id: RowID, readsRow: Bool) {
        guard count < capacity, store.primary.draft.node != 0 else { return }
        unsafe id.store(to: keys + count * Self.keyRoom)
        if !readsRow, unsafe store.primary.isAtFinger(key(count, 16)) { return }
        add(store.primary, 16, readsRow)
    }

    /// Notes a row that is going to be put into the indexes of a table.
    @unsafe
    package mutating func add(_ store: TableStore, _ id: RowID, _ body: RowBody) {
        for index in 0..<store.indexCount {
            store.withIndex(index) { tree, plan in
                guard count < capacity, tree.draft.node != 0 else { return }
                var key = unsafe KeyBuffer(
                    base: keys + count * Self.keyRoom, capacity: Self.keyRoom)
                unsafe plan.appendKey(of: id, body, to: &key)
                // The leaf where the last one went is at hand.
                if unsafe !tree.isAtFinger(key.bytes) { unsafe add(tree, key.count, true) }
            }
        }
    }

    private mutating func add(_ tree: Tree, _ keyByteCount: Int, _ readsRow: Bool) {
        unsafe (probes + count).initialize(
            to: Probe(
                tree: .passUnretained(tree), node: tree.slab.node(tree.draft.node), number: 0,
                readsRow: readsRow, keyByteCount: UInt8(keyByteCount)))
        count += 1
    }

    @unsafe
    private func key(_ index: Int, _ byteCount: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: keys + index * Self.keyRoom, count: byteCount)
    }

    /// Goes down all trees, a level at a time, and asks for what is met.
    package mutating func run() {
        while descend() {}
        fetchRows()
    }

    /// Takes every lookup one level down; false where all have reached their leaves.
    private mutating func descend() -> Bool {
        var isUnderWay = false
        for index in 0..<count {
            let probe = unsafe probes[index]
            if unsafe probe.node.isLeaf { continue }
            isUnderWay = true
            let key = unsafe key(index, Int(probe.keyByteCount))
            let child = unsafe probe.tree._withUnsafeGuaranteedRef {
                unsafe $0.child(of: probe.node, for: key)
            }
            unsafe probes[index].node = child
            unsafe child.prefetch()
        }
        return isUnderWay
    }

    /// Asks for the rows next to which the noted ones belong.
    private mutating func fetchRows() {
        for index in 0..<count where unsafe probes[index].readsRow {
            let probe = unsafe probes[index]
            let key = unsafe key(index, Int(probe.keyByteCount))
            let number = unsafe probe.node.numberSharingHead(of: key)
            unsafe probes[index].number = number
            if number != 0 {
                unsafe probe.tree._withUnsafeGuaranteedRef { $0.source.prefetchAddress(number) }
            }
        }
        for index in 0..<count where unsafe probes[index].readsRow {
            let probe = unsafe probes[index]
            if probe.number != 0 {
                unsafe probe.tree._withUnsafeGuaranteedRef { $0.source.prefetchKey(probe.number) }
            }
        }
    }
}
