internal import TufaBytes

/// Loads the nodes of a tree.
@safe
final class NodeFilling: ChunkFilling {
    private let map: TreeMap
    private let source: any SectionSource
    private let rowLimit: UInt32
    private let tailByteCount: Int
    /// The tree whose separators are named by the nodes; it owns this.
    private unowned let tree: Tree
    /// For each level, a node of one entry.
    private let substitutes: ZeroedMemory

    init(
        _ map: TreeMap, _ source: any SectionSource, rowLimit: UInt32, tailByteCount: Int,
        _ tree: Tree
    ) {
        self.map = map
        self.source = source
        self.rowLimit = rowLimit
        self.tailByteCount = tailByteCount
        self.tree = tree
        substitutes = ZeroedMemory(byteCount: map.levelStarts.count * Node.byteCount)
        for level in map.levelStarts.indices {
            let node = unsafe Node(substitutes.base + level * Node.byteCount)
            unsafe node.level = level
            unsafe node.count = 1
            if level == 0 {
                unsafe node.refs[0] = 1
            } else {
                unsafe node.children[0] = map.numbers(ofLevel: level - 1).lowerBound
            }
        }
    }

    func fill(_ index: Int, in memory: UnsafeMutableRawPointer) throws {
        let numbers = map.numbers(inChunk: index)
        if numbers.isEmpty { return }
        let base = unsafe memory + Int(numbers.lowerBound) * Node.byteCount
        unsafe try source.read(
            at: (Int(numbers.lowerBound) - 1) * Node.byteCount,
            into: UnsafeMutableRawBufferPointer(start: base, count: numbers.count * Node.byteCount))
        var nextChild = map.chunks[index].firstChild
        var entryCount: UInt32 = 0
        for number in numbers {
            let node = unsafe Node(memory + Int(number) * Node.byteCount)
            entryCount += unsafe try check(node, number, &nextChild)
        }
        let end =
            index + 1 < map.chunks.count ? map.chunks[index + 1].firstChild : map.nodeCount + 1
        guard nextChild == end, entryCount == map.chunks[index].entryCount else {
            throw DatabaseError.damagedSnapshot(
                "the nodes from \(numbers.lowerBound) on have other entries than they should")
        }
    }

    /// Checks one node and gives the entries in it; children are numbered in the order of nodes.
    private func check(
        _ node: Node, _ number: UInt32, _ nextChild: inout UInt32
    ) throws -> UInt32 {
        let count = unsafe node.count
        let level = map.level(of: number)
        guard unsafe node.prefixLength <= Node.maximumPrefixLength, unsafe node.level == level,
            count >= 1, count <= (level == 0 ? Node.leafRoom : Node.innerRoom),
            // A node of the group being built would be changed where it is, under all views.
            unsafe node.group == 0
        else { throw DatabaseError.damagedSnapshot("node \(number) has an impossible header") }
        if level == 0 {
            for index in 0..<count {
                let row = unsafe node.refs[index]
                guard row > 0, row < rowLimit else {
                    throw DatabaseError.damagedSnapshot("a leaf names row \(row)")
                }
            }
            return UInt32(count)
        }
        let below = map.numbers(ofLevel: level - 1)
        for index in 0..<count {
            let child = unsafe node.children[index]
            guard child == nextChild, below.contains(child) else {
                throw DatabaseError.damagedSnapshot("a node names child \(child)")
            }
            nextChild += 1
            let tail = unsafe Int(node.tails[index])
            guard tail == 0 || index > 0 && isTail(tail) else {
                throw DatabaseError.damagedSnapshot("a node names separator \(tail)")
            }
        }
        return 0
    }

    private func isTail(_ reference: Int) -> Bool {
        let offset = (reference - 1) * 8
        guard offset >= 0, offset + 8 <= tailByteCount else { return false }
        let length = unsafe Tree.tailBlockByteCount(tree.tails.address(UInt32(reference)))
        return length - 2 <= KeyBuffer.maximumByteCount
            && offset + ByteArena.blockByteCount(length) <= tailByteCount
    }

    func substitute(for reference: UInt32) -> UnsafeMutableRawPointer {
        let number = min(reference / NodeSlab.unitsPerNode, map.nodeCount)
        return unsafe substitutes.base + map.level(of: number) * Node.byteCount
    }
}
