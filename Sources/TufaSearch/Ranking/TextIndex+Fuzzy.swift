internal import TufaIndex

extension TextIndex {
    /// For how many terms a fuzzy word stands at most: the nearest, and of equals those in the most
    /// documents.
    static let maximumFuzzyTermCount = 50

    /// The terms of the view within an edit distance of a word, each with what its score counts.
    ///
    /// - Complexity: O(terms that begin like something within the distance · length).
    func terms(
        like word: String, within distance: Int, _ plan: SearchPlan
    ) -> [(number: UInt32, factor: Double)] {
        var found: [(number: UInt32, distance: Int)] = []
        var matcher = EditMatcher(word, within: distance)
        var cursor = TreeCursor(tree, root: plan.roots.terms, position: .max)
        var number = cursor.next()
        while let current = number {
            let text = unsafe terms.text(current)
            switch unsafe matcher.match(text) {
            case .distance(let distance):
                found.append((current, distance))
                number = cursor.next()
            case .far:
                number = cursor.next()
            case .farFrom(let prefixByteCount):
                // No term that begins like this one is near enough.
                guard let next = unsafe Self.successor(of: Array(text.prefix(prefixByteCount)))
                else {
                    number = nil
                    continue
                }
                unsafe next.withUnsafeBytes { unsafe cursor.seek($0) }
                number = cursor.next()
            }
        }
        if found.count > Self.maximumFuzzyTermCount {
            let ranked = found.map { ($0, plan.documentFrequency($0.number)) }.sorted {
                $0.0.distance != $1.0.distance ? $0.0.distance < $1.0.distance : $0.1 > $1.1
            }
            found = ranked.prefix(Self.maximumFuzzyTermCount).map(\.0)
        }
        return found.map { ($0.number, 1 / Double(1 + $0.distance)) }
    }

    /// The least bytes that are greater than all that begin with these.
    private static func successor(of bytes: [UInt8]) -> [UInt8]? {
        var bytes = bytes
        while let last = bytes.popLast() {
            if last < 0xFF { return bytes + [last + 1] }
        }
        return nil
    }
}
