internal import TufaBytes

/// How the saved nodes of a tree lie in chunks and levels, so that each chunk is loaded and checked
/// by itself.
package struct TreeMap: Sendable, Equatable {
    /// How many nodes there are.
    package var nodeCount: UInt32
    /// How many entries the leaves have.
    package var entryCount: Int
    /// The number of the first node of each level, the root's level first.
    package var levelStarts: [UInt32]
    /// What lies in each chunk.
    package var chunks: [Chunk]

    /// The child that the next node to be taken in begins with, and the level of the last one.
    private var nextChild: UInt32 = 2
    private var lastLevel = -1

    /// The nodes of one chunk.
    package struct Chunk: Sendable, Equatable {
        /// The first child of the nodes from this chunk on; one more than there are nodes for none.
        package var firstChild: UInt32
        /// How many entries the leaves among the nodes have.
        package var entryCount: UInt32

        package init(firstChild: UInt32, entryCount: UInt32) {
            self.firstChild = firstChild
            self.entryCount = entryCount
        }
    }

    package init(
        nodeCount: UInt32 = 0, entryCount: Int = 0, levelStarts: [UInt32] = [],
        chunks: [Chunk] = []
    ) {
        self.nodeCount = nodeCount
        self.entryCount = entryCount
        self.levelStarts = levelStarts
        self.chunks = chunks
    }

    /// How saved nodes lie, as seen in the nodes.
    package init(savedNodes bytes: [UInt8], entryCount: Int) {
        self.init(entryCount: entryCount)
        unsafe bytes.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count, by: Node.byteCount) {
                let header = unsafe UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self))
                add(level: Int(header >> 16 & 0xFF), count: Int(header & 0xFFFF))
            }
        }
        finish()
    }

    /// Takes the next node in, in the order in which nodes are saved.
    mutating func add(level: Int, count: Int) {
        nodeCount += 1
        if chunks.count <= Int(nodeCount / NodeSlab.nodesPerChunk) {
            chunks.append(Chunk(firstChild: nextChild, entryCount: 0))
        }
        if level != lastLevel {
            levelStarts.append(nodeCount)
            lastLevel = level
        }
        if level == 0 {
            chunks[chunks.count - 1].entryCount += UInt32(count)
        } else {
            // What a damaged file makes of it is found when the nodes are loaded.
            nextChild &+= UInt32(count)
        }
    }

    /// Ends the map, when all nodes are in.
    mutating func finish() {
        // A last chunk may have room only: its first node would be the next one.
        if chunks.count < Self.chunkCount(nodeCount: nodeCount) {
            chunks.append(Chunk(firstChild: nodeCount + 1, entryCount: 0))
        }
    }

    /// How many chunks so many nodes lie in.
    package static func chunkCount(nodeCount: UInt32) -> Int {
        nodeCount == 0 ? 0 : Int(nodeCount / NodeSlab.nodesPerChunk) + 1
    }

    /// The numbers of the nodes in a chunk.
    func numbers(inChunk index: Int) -> Range<UInt32> {
        let first = UInt32(index) * NodeSlab.nodesPerChunk
        return max(1, first)..<min(first + NodeSlab.nodesPerChunk, nodeCount + 1)
    }

    /// The level of a node: 0 for a leaf.
    func level(of number: UInt32) -> Int {
        let depth = levelStarts.lastIndex { $0 <= number } ?? 0
        return levelStarts.count - 1 - depth
    }

    /// The numbers of the nodes of a level.
    func numbers(ofLevel level: Int) -> Range<UInt32> {
        let depth = levelStarts.count - 1 - level
        let end = depth + 1 < levelStarts.count ? levelStarts[depth + 1] : nodeCount + 1
        return levelStarts[depth]..<end
    }

    /// Throws `damaged` unless the numbers can be those of a saved tree.
    func check() throws {
        let ends = Array(levelStarts.dropFirst()) + [nodeCount &+ 1]
        guard nodeCount <= 1 << 24, entryCount >= 0,
            chunks.count == Self.chunkCount(nodeCount: nodeCount),
            levelStarts.count < Tree.maximumHeight, levelStarts.isEmpty == (nodeCount == 0),
            levelStarts.isEmpty || levelStarts[0] == 1,
            zip(levelStarts, ends).allSatisfy({ $0 < $1 }),
            levelStarts.count < 2 || levelStarts[1] == 2,
            chunks.reduce(0, { $0 + Int($1.entryCount) }) == entryCount,
            chunks.isEmpty || chunks[0].firstChild == 2,
            chunks.allSatisfy({ $0.firstChild <= nodeCount + 1 })
        else { throw DatabaseError.damagedSnapshot("a tree cannot have such nodes") }
    }
}
