extension SearchPlan {
    /// What the documents of a run can score at most.
    struct Bound {
        /// The last document of the run.
        var last: UInt32
        var score: Double
    }

    /// What a node's documents can score at most, from `target` to the end of a run that the node
    /// chooses.
    ///
    /// - Complexity: O(nodes below · log blocks between).
    func bound(_ number: Int, from target: UInt32) -> Bound {
        let node = unsafe nodes + number
        switch unsafe node.pointee.kind {
        case .nothing, .everything:
            return Bound(last: .max, score: 0)
        case .term:
            let bound = unsafe shareBound(node.pointee.cursor, from: target)
            return unsafe Bound(
                last: bound.last,
                score: ranking.greatestScore(
                    weight: node.pointee.weight, share: bound.share))
        case .phrase:
            return unsafe phraseBound(node, from: target)
        case .near:
            return unsafe nearBound(node, from: target)
        case .gathered:
            return unsafe Bound(
                last: .max, score: node.pointee.set.unsafelyUnwrapped.greatestScore)
        case .all, .any:
            let children = unsafe node.pointee.children
            var sum = Bound(last: .max, score: 0)
            for index in 0..<children.count {
                let child = bound(Int(unsafe children[index]), from: target)
                sum.last = min(sum.last, child.last)
                sum.score += child.score
            }
            return sum
        }
    }

    /// The greatest share of a term's postings, with the averages of the view.
    @inline(__always)
    private func shareBound(_ cursor: Int, from target: UInt32) -> (last: UInt32, share: Double) {
        let bound = unsafe cursors[cursor].bound(from: target)
        // A block that was packed after the plan was made may have averages that it does not know.
        guard bound.share.isFinite, let excess = excess(bound.averages) else {
            return (bound.last, .infinity)
        }
        return (bound.last, Double(bound.share) * excess)
    }

    /// A phrase occurs in a field at most as often as each of its terms, so its share is at
    /// most the least of theirs.
    @unsafe
    private func phraseBound(
        _ node: UnsafeMutablePointer<SearchNode>, from target: UInt32
    ) -> Bound {
        let children = unsafe node.pointee.children
        var least = (last: UInt32.max, share: Double.infinity)
        for index in 0..<children.count {
            let child = unsafe nodes[Int(children[index])].cursor
            let bound = shareBound(child, from: target)
            least.last = min(least.last, bound.last)
            least.share = min(least.share, bound.share)
        }
        return unsafe Bound(
            last: least.last,
            score: ranking.greatestScore(
                weight: node.pointee.weight, share: least.share))
    }

    /// Each window begins with an occurrence of its own, so the terms' shares together are enough.
    @unsafe
    private func nearBound(
        _ node: UnsafeMutablePointer<SearchNode>, from target: UInt32
    ) -> Bound {
        let children = unsafe node.pointee.children
        var sum = (last: UInt32.max, share: 0.0)
        for index in 0..<children.count {
            let bound = shareBound(unsafe nodes[Int(children[index])].cursor, from: target)
            sum.last = min(sum.last, bound.last)
            sum.share += bound.share
        }
        return unsafe Bound(
            last: sum.last,
            score: ranking.greatestScore(weight: node.pointee.weight, share: sum.share))
    }
}
