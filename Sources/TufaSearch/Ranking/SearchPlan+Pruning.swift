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
        if score >= threshold {
            let hit = TextHit(row: documents.row(document), document: document, score: score)
            if let start, !hit.isAfter(start) { return }
            top.insert(hit)
        }
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
        case .term where unsafe nodes[root].fields == .max: collectTerm(into: &hits)
        case .any: collectAny(into: &hits)
        case .everything, .term, .phrase, .near, .gathered, .all: collectAll(into: &hits)
        }
        statistics.documentsScored += hits.scoredCount
        statistics.blocksSkipped += hits.skippedCount
    }

    /// One term: whole blocks are passed over (block-max index; Ding and Suel, "Faster Top-k
    /// Document Retrieval Using Block-Max Indexes", 2011).
    private func collectTerm(into hits: inout HitCollector) {
        let node = unsafe nodes[root]
        let weight = unsafe node.weight
        let number = unsafe node.cursor
        var run = Bound(last: 0, score: 0)
        unsafe cursors[number].next(in: blocks)
        while unsafe cursors[number].document != PostingCursor.atEnd {
            let document = unsafe cursors[number].document
            if document > run.last { run = bound(root, from: document) }
            if hits.excludes(run.score) {
                hits.skippedCount &+= 1
                if run.last == .max { return }
                unsafe cursors[number].advance(to: run.last &+ 1, in: blocks)
                continue
            }
            if isVisible(document, hits.filter) {
                let score = unsafe score(cursors[number], weight: weight)
                hits.offer(document, score, in: documents)
            }
            unsafe cursors[number].next(in: blocks)
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
            unsafe threshold = hits.threshold
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
