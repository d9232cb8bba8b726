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
        let lead = unsafe cursors + nodes[leader].cursor
        let places = unsafe UnsafeMutablePointer<UInt8>.allocate(
            capacity: node.pointee.walk.count * PackedBlock.postingCount)
        var table = unsafe PlaceTable()
        defer {
            unsafe places.deallocate()
            unsafe table.deallocate()
        }
        var first: UInt32 = 1
        while first != PostingCursor.atEnd {
            let run = unsafe conjunctionBound(node, leader: leader, from: first)
            if hits.excludes(run.total) {
                hits.skippedCount &+= 1
                first = run.next
            } else if run.isPacked {
                unsafe collectBlocks(node, run, lead, from: first, places, &table, into: &hits)
                first = run.next
            } else {
                first = unsafe collectRun(node, run, leader, from: first, into: &hits)
                continue
            }
            // Runs in which the leader has nothing are passed over at once.
            if first != PostingCursor.atEnd {
                first = unsafe lead.pointee.nextDocument(from: first)
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
        /// Whether each term has all of the run in one packed block.
        var isPacked = true

        /// The first document behind the run; ``PostingCursor/atEnd`` where there is none.
        var next: UInt32 { last == .max ? PostingCursor.atEnd : last &+ 1 }
    }

    @unsafe
    private func conjunctionBound(
        _ node: UnsafeMutablePointer<SearchNode>, leader: Int, from first: UInt32
    ) -> Run {
        if unsafe node.pointee.kind == .phrase {
            let bound = bound(root, from: first)
            var run = unsafe Run(
                last: bound.last, total: bound.score, weight: node.pointee.weight, others: 0)
            unsafe run.isPacked = isPacked(node)
            return run
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
        unsafe run.isPacked = isPacked(node)
        return run
    }

    /// Whether the bounds of all terms were those of packed blocks.
    @unsafe
    private func isPacked(_ node: UnsafeMutablePointer<SearchNode>) -> Bool {
        let walk = unsafe node.pointee.walk
        for index in 0..<walk.count
        where unsafe !cursors[nodes[Int(walk[index])].cursor].isBoundPacked { return false }
        return true
    }

    /// Looks at the documents of one run that lies in one packed block of each term.
    ///
    /// All candidates of the leader's block are looked up in a block of another term before the
    /// next one is asked, so that hardly anything depends on what came out before. The first of the
    /// others has most to look up, so it alone has a table.
    @unsafe
    private func collectBlocks(
        _ node: UnsafeMutablePointer<SearchNode>, _ run: Run,
        _ lead: UnsafeMutablePointer<PostingCursor>, from first: UInt32,
        _ places: UnsafeMutablePointer<UInt8>, _ table: inout PlaceTable,
        into hits: inout HitCollector
    ) {
        let walk = unsafe node.pointee.walk
        var least = LeastShare(weight: run.weight, others: run.others)
        for index in 0..<walk.count {
            unsafe cursors[nodes[Int(walk[index])].cursor].prefetchBound(in: blocks)
        }
        unsafe lead.pointee.enterBound(in: blocks)
        var count = unsafe lead.pointee.candidates(
            from: first, to: run.last, least.value(hits.threshold, ranking), shares,
            nodes[Int(walk[0])].fields, in: documents, into: places)
        for index in 1..<walk.count {
            if count == 0 { return }
            let other = unsafe nodes + Int(walk[index])
            let cursor = unsafe cursors + other.pointee.cursor
            unsafe cursor.pointee.enterBound(in: blocks)
            let (documents, fields) = unsafe (lead.pointee.documents, other.pointee.fields)
            count =
                index == 1
                ? unsafe cursor.pointee.meet(
                    places, rowCount: index, count, of: documents, fields, &table)
                : unsafe cursor.pointee.meet(
                    places, rowCount: index, count, of: documents, fields)
        }
        for match in 0..<count {
            let document = unsafe lead.pointee.documents[Int(places[match])]
            if unsafe hits.excludes(greatestScore(node, document, places + match)) { continue }
            for index in 0..<walk.count {
                let term = unsafe nodes + Int(walk[index])
                let place = unsafe places[index &* PackedBlock.postingCount &+ match]
                unsafe cursors[term.pointee.cursor].move(to: Int(place))
                unsafe term.pointee.document = document
            }
            if unsafe index.fieldCount == 1 || mayReach(node, hits) {
                unsafe offer(node, document, to: &hits)
            }
        }
    }

    /// At least the score of a document that all terms have at some place of their blocks.
    @unsafe @inline(__always)
    private func greatestScore(
        _ node: UnsafeMutablePointer<SearchNode>, _ document: UInt32,
        _ places: UnsafePointer<UInt8>
    ) -> Double {
        // Several fields are looked at when the cursors have moved.
        if index.fieldCount > 1 { return .infinity }
        let walk = unsafe node.pointee.walk
        let code = unsafe documents.lengthCodes(document).pointee
        var sum = 0.0
        var least = Double.infinity
        for index in 0..<walk.count {
            let term = unsafe nodes + Int(walk[index])
            let cursor = unsafe cursors + term.pointee.cursor
            let place = unsafe Int(places[index &* PackedBlock.postingCount])
            let share = unsafe Double(
                shares.greatestShare(field: 0, count: cursor.pointee.count(place), code: code))
            sum += unsafe ranking.score(weight: term.pointee.weight, share: share)
            least = min(least, share)
        }
        // A phrase is in a field at most as often as each of its terms.
        return unsafe node.pointee.kind == .phrase
            ? ranking.score(weight: node.pointee.weight, share: least) : sum
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
            if isMet, unsafe mayReach(node, hits) { unsafe offer(node, document, to: &hits) }
            if target > run.last { return target }
            unsafe cursor.pointee.advance(to: target, in: blocks)
        }
        return unsafe cursor.pointee.document == PostingCursor.atEnd
            ? PostingCursor.atEnd : run.next
    }

    /// Whether the document that all terms are at can be among the best.
    @unsafe
    private func mayReach(
        _ node: UnsafeMutablePointer<SearchNode>, _ hits: borrowing HitCollector
    ) -> Bool {
        // Until there are as many hits as asked for, everything can be one.
        unsafe hits.threshold == -.infinity || !hits.excludes(greatestScore(node))
    }

    /// Takes in a document that all terms are at, if it is a match.
    @unsafe
    private func offer(
        _ node: UnsafeMutablePointer<SearchNode>, _ document: UInt32, to hits: inout HitCollector
    ) {
        let excluded = unsafe node.pointee.excluded
        for index in 0..<excluded.count
        where advance(Int(unsafe excluded[index]), to: document) == document { return }
        guard isVisible(document, hits.filter) else { return }
        unsafe node.pointee.document = document
        if unsafe node.pointee.kind == .phrase && !findPhrase(node) { return }
        hits.offer(document, score(root, in: document), in: documents)
    }
}
