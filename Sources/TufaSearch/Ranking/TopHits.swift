/// The best hits so far: a binary heap with the last of them on top.
struct TopHits {
    private var hits: [TextHit] = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
        hits.reserveCapacity(min(limit, 1024))
    }

    /// The score that a document must reach; it may still fall behind by its row number.
    @inline(__always)
    var threshold: Double { hits.count < limit ? -.infinity : hits[0].score }

    /// Takes a hit in if it is among the best.
    mutating func insert(_ hit: TextHit) {
        if hits.count < limit {
            hits.append(hit)
            siftUp()
        } else if hits[0].isAfter(hit) {
            hits[0] = hit
            siftDown()
        }
    }

    /// The hits, the best first.
    consuming func sorted() -> [TextHit] {
        hits.sort { $1.isAfter($0) }
        return hits
    }

    private mutating func siftUp() {
        var at = hits.count - 1
        while at > 0 {
            let parent = (at - 1) / 2
            guard hits[at].isAfter(hits[parent]) else { return }
            hits.swapAt(at, parent)
            at = parent
        }
    }

    private mutating func siftDown() {
        var at = 0
        while true {
            var last = at
            for child in 2 * at + 1...2 * at + 2 where child < hits.count {
                if hits[child].isAfter(hits[last]) { last = child }
            }
            if last == at { return }
            hits.swapAt(at, last)
            at = last
        }
    }
}
