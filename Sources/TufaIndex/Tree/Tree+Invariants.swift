import TufaBytes

extension Tree {
    /// Checks the draft after each mutation in debug builds.
    @inline(__always)
    func checkInvariants() {
        #if TUFA_CHECK_INVARIANTS
            // A check walks the whole tree: on large ones only now and then.
            // What stands for nodes that could not be loaded is in no order.
            if draft.count < 64 || draft.count % 1021 == 0, !slab.directory.isFaulty {
                let problem = problem(in: draft, at: .max)
                precondition(problem == nil || slab.directory.isFaulty, problem ?? "")
            }
        #endif
    }

    /// What is wrong with a root; nil when everything is in order.
    ///
    /// Keys ascend strictly, heads and prefixes agree with whole keys, separators bound their
    /// children, levels and counts agree. - Complexity: O(entries).
    package func problem(in root: TreeRoot, at position: UInt64) -> String? {
        guard root.node != 0 else {
            return root.count == 0 ? nil : "an empty tree counts \(root.count) entries"
        }
        var walk = Walk(position: position)
        if let problem = walk.visit(root.node, of: self, level: nil, low: nil, high: nil) {
            return problem
        }
        return walk.count == root.count
            ? nil : "a tree counts \(root.count) entries and holds \(walk.count)"
    }

    private struct Walk {
        let position: UInt64
        var count = 0
        var last: [UInt8]?

        init(position: UInt64) { self.position = position }

        mutating func visit(
            _ reference: UInt32, of tree: Tree, level: Int?, low: [UInt8]?, high: [UInt8]?
        ) -> String? {
            let node = unsafe tree.slab.node(reference)
            if let level, unsafe node.level != level { return "a node is on the wrong level" }
            if unsafe node.count == 0 { return "a node is empty" }
            if unsafe node.isLeaf {
                return visitLeaf(reference, of: tree, low: low, high: high)
            }
            var bounds: [[UInt8]?] = [low]
            let count = unsafe node.count
            for index in 1..<max(1, count) {
                let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Tree.scratchByteCount) {
                    $1 = unsafe tree.copySeparator(
                        index, of: node,
                        to: UnsafeMutableRawPointer($0.baseAddress.unsafelyUnwrapped))
                }
                if let before = bounds[index - 1], !before.paddedLess(bytes) {
                    return "separators do not ascend"
                }
                bounds.append(bytes)
            }
            bounds.append(high)
            for index in 0..<count {
                let problem = unsafe visit(
                    node.children[index], of: tree, level: node.level - 1, low: bounds[index],
                    high: bounds[index + 1])
                if let problem { return problem }
            }
            return nil
        }

        private mutating func visitLeaf(
            _ reference: UInt32, of tree: Tree, low: [UInt8]?, high: [UInt8]?
        ) -> String? {
            let node = unsafe tree.slab.node(reference)
            let entries = unsafe node.count
            for index in 0..<entries {
                let bytes = unsafe [UInt8](
                    unsafeUninitializedCapacity: KeyBuffer.maximumByteCount
                ) {
                    var key = unsafe KeyBuffer(
                        base: UnsafeMutableRawPointer($0.baseAddress.unsafelyUnwrapped),
                        capacity: KeyBuffer.maximumByteCount)
                    unsafe tree.source.loadKey(node.refs[index], at: position, into: &key)
                    $1 = unsafe key.count
                }
                let number = unsafe node.refs[index]
                if bytes.isEmpty { return "entry \(number) has no row" }
                if let last, !last.lexicographicallyPrecedes(bytes) {
                    return "the keys of entry \(number) and the one before do not ascend"
                }
                if let low, bytes.paddedLess(low) { return "entry \(number) is below its node" }
                if let high, !bytes.paddedLess(high) { return "entry \(number) is above its node" }
                let agrees = unsafe bytes.withUnsafeBytes {
                    unsafe node.side(of: $0) == 0
                        && node.heads[index] == Node.head($0, node.prefixLength)
                }
                if !agrees { return "the head of entry \(number) is not of its key" }
                last = bytes
                count += 1
            }
            return nil
        }
    }
}

extension [UInt8] {
    /// Whether the bytes are below others, both padded with zeros.
    fileprivate func paddedLess(_ other: [UInt8]) -> Bool {
        for index in 0..<Swift.max(count, other.count) {
            let left = index < count ? self[index] : 0
            let right = index < other.count ? other[index] : 0
            if left != right { return left < right }
        }
        return false
    }
}
