internal import TufaIndex

extension SearchPlan {
    /// Documents of any child, by MaxScore within runs in which no child's bound changes.
    ///
    /// The children whose bounds together stay below the threshold cannot make a hit alone: they
    /// are only asked about documents that the others have (Turtle and Flood 1995; with the maxima
    /// of blocks, as in Mallia et al., "An Experimental Study of Index Compression and DAAT Query
    /// Processing Methods", 2019).
    func collectAny(into hits: inout HitCollector) {
        let children = unsafe Array(nodes[root].children)
        if children.isEmpty { return }
        var union = Union(children.map { Int($0) })
        var first: UInt32 = 1
        while first != PostingCursor.atEnd {
            union.begin(from: first, threshold: hits.threshold) { bound($0, from: first) }
            if union.optionalCount == children.count {
                hits.skippedCount &+= 1
            } else {
                collectRun(&union, from: first, into: &hits)
            }
            if union.last == .max { return }
            first = union.last &+ 1
        }
    }

    /// Looks at the documents of one run.
    private func collectRun(
        _ union: inout Union, from first: UInt32, into hits: inout HitCollector
    ) {
        var document = nextOfRequired(union, from: first, threshold: hits.threshold)
        while document <= union.last, document != PostingCursor.atEnd {
            if canReach(union, document, threshold: hits.threshold),
                isVisible(document, hits.filter)
            {
                let score = unionScore(union, of: document, threshold: hits.threshold)
                let before = hits.threshold
                hits.offer(document, score, in: documents)
                if hits.threshold > before {
                    union.raise(to: hits.threshold)
                    // With every child optional, nothing more of the run can be a hit.
                    if union.optionalCount == union.count { return }
                }
            }
            document = nextOfRequired(union, from: document &+ 1, threshold: hits.threshold)
        }
    }

    /// The next document that a child has which is not optional.
    ///
    /// Of a single term, postings are passed over that are not worth enough with all that the
    /// optional children can add.
    @inline(__always)
    private func nextOfRequired(
        _ union: borrowing Union, from target: UInt32, threshold: Double
    ) -> UInt32 {
        if union.optionalCount &+ 1 == union.count {
            let node = unsafe nodes + union.child(union.optionalCount)
            if unsafe node.pointee.kind == .term {
                return unsafe nextOfTerm(
                    node, from: target, upTo: union.last,
                    score: threshold / HitCollector.slack - union.sum(upTo: union.optionalCount))
            }
        }
        var least = PostingCursor.atEnd
        for place in union.optionalCount..<union.count {
            least = min(least, advance(union.child(place), to: target))
        }
        return least
    }

    @unsafe
    private func nextOfTerm(
        _ node: UnsafeMutablePointer<SearchNode>, from target: UInt32, upTo last: UInt32,
        score: Double
    ) -> UInt32 {
        let cursor = unsafe cursors + node.pointee.cursor
        unsafe cursor.pointee.advance(to: target, in: blocks)
        let least = unsafe ranking.leastShare(weight: node.pointee.weight, score: score)
        let isFound = unsafe cursor.pointee.reach(
            least, shares, node.pointee.fields, upTo: last, in: documents)
        unsafe node.pointee.document = cursor.pointee.document
        return unsafe isFound ? cursor.pointee.document : PostingCursor.atEnd
    }

    /// Whether a document may be a hit, by rough lengths and with all that the optional children
    /// can add.
    @inline(__always)
    private func canReach(
        _ union: borrowing Union, _ document: UInt32, threshold: Double
    ) -> Bool {
        var greatest = union.sum(upTo: union.optionalCount)
        for place in union.optionalCount..<union.count {
            let node = unsafe nodes + union.child(place)
            if unsafe node.pointee.document != document { continue }
            greatest += unsafe greatestScore(node)
        }
        return greatest * HitCollector.slack >= threshold
    }

    /// The score of a document that a child which is not optional has; less than the threshold as
    /// soon as it is known to stay below.
    @inline(__always)
    private func unionScore(
        _ union: borrowing Union, of document: UInt32, threshold: Double
    ) -> Double {
        var partial = 0.0
        for place in union.optionalCount..<union.count {
            let child = union.child(place)
            if unsafe nodes[child].document == document {
                let part = score(child, in: document)
                unsafe nodes[child].part = part
                partial += part
            }
        }
        var place = union.optionalCount
        while place > 0 {
            if (partial + union.sum(upTo: place)) * HitCollector.slack < threshold {
                return -.infinity
            }
            place &-= 1
            let child = union.child(place)
            if advance(child, to: document) == document {
                let part = score(child, in: document)
                unsafe nodes[child].part = part
                partial += part
            }
        }
        // Parts are added in the order of the query, so equal documents have equal scores.
        let children = unsafe nodes[root].children
        var total = 0.0
        for index in 0..<children.count {
            let child = Int(unsafe children[index])
            if unsafe nodes[child].document == document { total += unsafe nodes[child].part }
        }
        return total
    }
}

/// The children of an `any`, those with the lowest bounds first.
struct Union {
    private var order: [Int]
    private var bounds: [Double]
    /// The sums of the bounds before each place.
    private var sums: [Double]
    /// The last document of the run.
    private(set) var last: UInt32 = 0
    /// How many children are only asked about documents that others have.
    private(set) var optionalCount = 0

    init(_ children: [Int]) {
        order = children
        bounds = Array(repeating: 0, count: children.count)
        sums = Array(repeating: 0, count: children.count + 1)
    }

    var count: Int { order.count }

    @inline(__always)
    func child(_ place: Int) -> Int { order[place] }

    /// What the children before a place can score together.
    @inline(__always)
    func sum(upTo place: Int) -> Double { sums[place] }

    /// Begins a run with the bounds of its children.
    mutating func begin(
        from first: UInt32, threshold: Double, _ bound: (Int) -> SearchPlan.Bound
    ) {
        last = .max
        for place in order.indices {
            let own = bound(order[place])
            bounds[place] = own.score
            last = min(last, own.last)
        }
        // Insertion sort: the children are few, and mostly in order from the run before.
        for place in 1..<order.count {
            var at = place
            while at > 0, bounds[at] < bounds[at - 1] {
                bounds.swapAt(at, at - 1)
                order.swapAt(at, at - 1)
                at -= 1
            }
        }
        for place in order.indices { sums[place + 1] = sums[place] + bounds[place] }
        optionalCount = 0
        raise(to: threshold)
    }

    /// Takes note of a higher threshold.
    @inline(__always)
    mutating func raise(to threshold: Double) {
        while optionalCount < order.count, sums[optionalCount + 1] * HitCollector.slack < threshold
        {
            optionalCount += 1
        }
    }
}
