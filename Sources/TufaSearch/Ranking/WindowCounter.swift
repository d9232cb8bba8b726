/// Counts the windows of a document in which all terms of a group stand.
///
/// A window is a run of words that has every term and has no shorter one of its kind within it
/// (minimal-interval semantics; Clarke, Cormack and Burkowski, "An Algebra for Structured Text
/// Search", 1995).
struct WindowCounter {
    private let termCount: Int
    /// Each place as field, position and term, in that order of significance.
    private var places: [UInt64] = []

    init(termCount: Int) { self.termCount = termCount }

    mutating func add(term: Int, field: Int, position: UInt32) {
        places.append(UInt64(field) << 56 | UInt64(position) << 24 | UInt64(term))
    }

    /// How many windows with at most `distance` words between their first and their last term each
    /// field has.
    mutating func counts(within distance: UInt32) -> SIMD8<UInt32> {
        places.sort()
        var counts = SIMD8<UInt32>(repeating: 0)
        var start = 0
        while start < places.count {
            let field = Int(places[start] >> 56)
            var end = start
            while end < places.count, Int(places[end] >> 56) == field { end += 1 }
            counts[field] = count(places[start..<end], within: distance)
            start = end
        }
        return counts
    }

    private func count(_ places: ArraySlice<UInt64>, within distance: UInt32) -> UInt32 {
        var latest = [Int64](repeating: -1, count: termCount)
        var missing = termCount
        var count: UInt32 = 0
        var lastStart: Int64 = -1
        var open: (start: Int64, end: Int64)?
        for place in places {
            let position = Int64(place >> 24 & 0xFFFF_FFFF)
            let term = Int(place & 0xFF_FFFF)
            if latest[term] < 0 { missing -= 1 }
            latest[term] = position
            guard missing == 0, let start = latest.min() else { continue }
            // A later start with a later end is another window; the same start is a longer one.
            if start > lastStart {
                if let open, open.end - open.start - 1 <= Int64(distance) { count += 1 }
                open = (start, position)
                lastStart = start
            }
        }
        if let open, open.end - open.start - 1 <= Int64(distance) { count += 1 }
        return count
    }
}
