internal import TufaIndex

/// What the searches for the best documents have in common: where the hits go.
struct HitCollector {
    var top: TopHits
    let filter: ((UInt32) -> Bool)?
    /// The hit that those asked for come after.
    private let start: TextHit?
    /// Documents whose score was asked for.
    var scoredCount = 0
    /// Runs that were passed over.
    var skippedCount = 0

    init(limit: Int, after start: TextHit? = nil, filter: ((UInt32) -> Bool)?) {
        top = TopHits(limit: limit)
        self.start = start
        self.filter = filter
    }

    /// The score that a document must reach to be among the best.
    @inline(__always)
    var threshold: Double { top.threshold }

    /// Whether nothing that scores at most `bound` can be among the best.
    ///
    /// The same score computed in two ways may differ in its last bits, so the bound gives way a
    /// little.
    @inline(__always)
    func excludes(_ bound: Double) -> Bool { bound * HitCollector.slack < threshold }

    /// More than what two ways to compute a score can differ by.
    static let slack = 1 + 1e-9

    /// Takes in a document that was scored.
    @inline(__always)
    mutating func offer(_ document: UInt32, _ score: Double, in documents: DocumentTable) {
        scoredCount &+= 1
        guard score >= threshold else { return }
        // Of equals the higher row falls behind: there can be as many as documents of one length.
        if score == threshold, let last = top.last, documents.isOfRow(document, after: last.row) {
            return
        }
        let hit = TextHit(row: documents.row(document), document: document, score: score)
        if let start, !hit.isAfter(start) { return }
        top.insert(hit)
    }
}

extension SearchPlan {
    /// Gives the best documents to `hits`, passing over those that cannot be among them.
    ///
    /// What is passed over has a bound below the threshold, so the hits are those of a search that
    /// scores everything.
    func collect(into hits: inout HitCollector) {
        switch unsafe nodes[root].kind {
        case .nothing: return
        case .term: collectTerm(into: &hits)
        case .any: collectAny(into: &hits)
        case .all where unsafe isConjunction(nodes + root), .phrase:
            collectConjunction(into: &hits)
        case .everything, .near, .gathered, .all: collectAll(into: &hits)
        }
        statistics.documentsScored += hits.scoredCount
        statistics.blocksSkipped += hits.skippedCount
    }

    /// One term: whole blocks are passed over (block-max index; Ding and Suel, "Faster Top-k
    /// Document Retrieval Using Block-Max Indexes", 2011), and of the others the postings that
    /// cannot be worth enough.
    private func collectTerm(into hits: inout HitCollector) {
        let node = unsafe nodes + root
        let weight = unsafe node.pointee.weight
        let fields = unsafe node.pointee.fields
        let cursor = unsafe cursors + node.pointee.cursor
        var first: UInt32 = 1
        while true {
            let run = bound(root, from: first)
            if hits.excludes(run.score) {
                hits.skippedCount &+= 1
            } else if unsafe index.fieldCount == 1 && cursor.pointee.isBoundPacked {
                unsafe collectBlock(cursor, weight: weight, from: first, to: run.last, &hits)
                if unsafe cursor.pointee.isBlockBeyondLimit { return }
            } else {
                unsafe cursor.pointee.advance(to: first, in: blocks)
                var least = LeastShare(weight: weight)
                while unsafe cursor.pointee.reach(
                    least.value(hits.threshold, ranking), shares, fields, upTo: run.last,
                    in: documents)
                {
                    let document = unsafe cursor.pointee.document
                    if isVisible(document, hits.filter) {
                        hits.offer(
                            document, unsafe score(cursor, weight: weight, fields), in: documents)
                    }
                    if document == run.last { break }
                    unsafe cursor.pointee.next(in: blocks)
                }
                if unsafe cursor.pointee.document == PostingCursor.atEnd { return }
            }
            if run.last == .max { return }
            first = run.last &+ 1
        }
    }

    /// One packed block of a term, in an index of one field.
    ///
    /// Until there are as many hits as asked for, every posting is one; so those that may be worth
    /// most come first, and most of the others need not be scored.
    @unsafe
    private func collectBlock(
        _ cursor: UnsafeMutablePointer<PostingCursor>, weight: Double, from first: UInt32,
        to last: UInt32, _ hits: inout HitCollector
    ) {
        unsafe cursor.pointee.enterBound(in: blocks)
        let range = unsafe cursor.pointee.visibleRange(from: first, to: last)
        unsafe withUnsafeTemporaryAllocation(
            of: Float.self, capacity: PackedBlock.postingCount
        ) { found in
            guard let found = found.baseAddress else { return }
            let greatest = unsafe cursor.pointee.greatestShares(
                of: range, shares, in: documents, into: found)
            var below = Float.infinity
            if hits.threshold == -.infinity {
                below = greatest * Self.shareOfFirst
                unsafe collect(cursor, weight, range, found, from: below, below: .infinity, &hits)
            }
            unsafe collect(
                cursor, weight, range, found, from: -.infinity, below: below, &hits)
        }
    }

    /// What of the greatest share of a block a posting may be worth that comes first.
    private static let shareOfFirst: Float = 0.625

    /// Scores the postings of some places whose share is at least `floor`, below `ceiling`, and may
    /// be enough.
    @unsafe
    private func collect(
        _ cursor: UnsafeMutablePointer<PostingCursor>, _ weight: Double, _ range: Range<Int>,
        _ found: UnsafePointer<Float>, from floor: Float, below ceiling: Float,
        _ hits: inout HitCollector
    ) {
        var least = LeastShare(weight: weight)
        var enough = max(floor, least.value(hits.threshold, ranking))
        for place in range {
            let share = unsafe found[place]
            if share < enough || share >= ceiling { continue }
            let document = unsafe cursor.pointee.documents[place]
            guard isVisible(document, hits.filter) else { continue }
            let exact = unsafe shares.share(
                field: 0, count: cursor.pointee.count(place),
                tokenCount: tokenCount(document, field: 0))
            hits.offer(document, ranking.score(weight: weight, share: exact), in: documents)
            enough = max(floor, least.value(hits.threshold, ranking))
        }
    }

    /// Anything that moves from match to match: runs whose bounds are too low are passed over.
    private func collectAll(into hits: inout HitCollector) {
        var candidate: UInt32 = 1
        var run = Bound(last: 0, score: 0)
        while true {
            if candidate > run.last { run = bound(root, from: candidate) }
            if hits.excludes(run.score) {
                hits.skippedCount &+= 1
                if run.last == .max { return }
                candidate = run.last &+ 1
                continue
            }
            let document = advance(root, to: candidate)
            if document == PostingCursor.atEnd { return }
            if document > run.last {
                run = bound(root, from: document)
                if hits.excludes(run.score) {
                    candidate = document
                    continue
                }
            }
            if isVisible(document, hits.filter) {
                hits.offer(document, score(root, in: document), in: documents)
            }
            candidate = document &+ 1
        }
    }
}
