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
    var threshold: Double { last?.score ?? -.infinity }

    /// The last of as many hits as are asked for; nil while there are fewer.
    @inline(__always)
    var last: TextHit? { hits.count < limit ? nil : hits[0] }

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

    // Instead of exchanging two hits, a hole is moved to where the hit belongs.

    private mutating func siftUp() {
        unsafe hits.withUnsafeMutableBufferPointer { hits in
            var at = hits.count &- 1
            // Safe: indices stay below the count, here and below.
            let hit = unsafe hits[at]
            while at > 0 {
                let parent = (at &- 1) / 2
                guard unsafe hit.isAfter(hits[parent]) else { break }
                unsafe hits[at] = hits[parent]
                at = parent
            }
            unsafe hits[at] = hit
        }
    }

    private mutating func siftDown() {
        unsafe hits.withUnsafeMutableBufferPointer { hits in
            let hit = unsafe hits[0]
            var at = 0
            while true {
                var child = 2 &* at &+ 1
                guard child < hits.count else { break }
                if child &+ 1 < hits.count, unsafe hits[child &+ 1].isAfter(hits[child]) {
                    child &+= 1
                }
                guard unsafe hits[child].isAfter(hit) else { break }
                unsafe hits[at] = hits[child]
                at = child
            }
            unsafe hits[at] = hit
        }
    }
}
