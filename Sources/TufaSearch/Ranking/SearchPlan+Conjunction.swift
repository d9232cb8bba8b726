internal import TufaIndex

extension SearchPlan {
    /// Whether a node's documents are those that have all of several terms: a phrase, or AND of
    /// words, with or without others left out.
    @unsafe
    func isConjunction(_ node: UnsafePointer<SearchNode>) -> Bool {
        switch unsafe node.pointee.kind {
        case .phrase: return true
        case .all:
            let children = unsafe node.pointee.children
            for index in 0..<children.count
            where unsafe nodes[Int(children[index])].kind != .term { return false }
            return true
        case .nothing, .everything, .term, .near, .gathered, .any: return false
        }
    }

    /// Documents that have all of several terms: the rarest term leads, and only those of its
    /// postings are looked for among the others whose share, with the most that the others can
    /// give in the run, is enough (block-max AND; Ding and Suel 2011).
    func collectConjunction(into hits: inout HitCollector) {
        let node = unsafe nodes + root
        let leader = unsafe Int(node.pointee.walk[0])
        var first: UInt32 = 1
        while first != PostingCursor.atEnd {
            let run = unsafe conjunctionBound(node, leader: leader, from: first)
            if hits.excludes(run.total) {
                hits.skippedCount &+= 1
                first = run.next
            } else {
                first = unsafe collectRun(node, run, leader, from: first, into: &hits)
            }
        }
    }

    /// What the documents of a run can score.
    private struct Run {
        var last: UInt32
        /// All of the score.
        var total: Double
        /// What the share of the leading term is weighed with.
        var weight: Double
        /// The part of the score that the other terms give.
        var others: Double

        /// The first document behind the run; ``PostingCursor/atEnd`` where there is none.
        var next: UInt32 { last == .max ? PostingCursor.atEnd : last &+ 1 }
    }

    @unsafe
    private func conjunctionBound(
        _ node: UnsafeMutablePointer<SearchNode>, leader: Int, from first: UInt32
    ) -> Run {
        if unsafe node.pointee.kind == .phrase {
            let run = bound(root, from: first)
            return unsafe Run(
                last: run.last, total: run.score, weight: node.pointee.weight, others: 0)
        }
        let children = unsafe node.pointee.children
        var run = Run(
            last: .max, total: 0, weight: unsafe nodes[leader].weight, others: 0)
        for index in 0..<children.count {
            let child = unsafe Int(children[index])
            let own = bound(child, from: first)
            run.last = min(run.last, own.last)
            run.total += own.score
            if child != leader { run.others += own.score }
        }
        return run
    }

    /// Looks at the documents of one run; gives the first document that the next run can begin
    /// with, ``PostingCursor/atEnd`` for none.
    @unsafe
    private func collectRun(
        _ node: UnsafeMutablePointer<SearchNode>, _ run: Run, _ leader: Int, from first: UInt32,
        into hits: inout HitCollector
    ) -> UInt32 {
        let lead = unsafe nodes + leader
        let cursor = unsafe cursors + lead.pointee.cursor
        let fields = unsafe lead.pointee.fields
        let walk = unsafe node.pointee.walk
        var least = LeastShare(weight: run.weight, others: run.others)
        unsafe cursor.pointee.advance(to: first, in: blocks)
        while unsafe cursor.pointee.reach(
            least.value(hits.threshold, ranking), shares, fields, upTo: run.last, in: documents)
        {
            let document = unsafe cursor.pointee.document
            unsafe lead.pointee.document = document
            var target = document &+ 1
            var isMet = true
            for index in 1..<walk.count {
                let other = unsafe nodes + Int(walk[index])
                let found = unsafe advanceTerm(other, to: document)
                unsafe other.pointee.document = found
                if found == PostingCursor.atEnd { return found }
                if found != document {
                    target = found
                    isMet = false
                    break
                }
            }
            if isMet { unsafe offer(node, document, to: &hits) }
            if target > run.last { return target }
            unsafe cursor.pointee.advance(to: target, in: blocks)
        }
        return unsafe cursor.pointee.document == PostingCursor.atEnd
            ? PostingCursor.atEnd : run.next
    }

    /// Takes in a document that all terms are at, if it is a match and can be among the best.
    @unsafe
    private func offer(
        _ node: UnsafeMutablePointer<SearchNode>, _ document: UInt32, to hits: inout HitCollector
    ) {
        // Until there are as many hits as asked for, everything can be one.
        if hits.threshold > -.infinity, hits.excludes(unsafe greatestScore(node)) { return }
        let excluded = unsafe node.pointee.excluded
        for index in 0..<excluded.count
        where advance(Int(unsafe excluded[index]), to: document) == document { return }
        guard isVisible(document, hits.filter) else { return }
        unsafe node.pointee.document = document
        if unsafe node.pointee.kind == .phrase && !findPhrase(node) { return }
        hits.offer(document, score(root, in: document), in: documents)
    }
}
