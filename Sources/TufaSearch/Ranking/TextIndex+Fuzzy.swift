internal import TufaIndex

extension TextIndex {
    /// For how many terms a fuzzy word stands at most: the nearest, and of equals those in the most
    /// documents.
    static let maximumFuzzyTermCount = 50

    /// A step costs a fraction of a descent.
    private static let stepsBeforeSeeking = 24

    /// The terms of the view within an edit distance of a word, each with what its score counts.
    ///
    /// - Complexity: O(terms that begin like something within the distance · length).
    func terms(
        like word: String, within distance: Int, _ plan: SearchPlan
    ) -> [(number: UInt32, factor: Double)] {
        var found: [(number: UInt32, distance: Int)] = []
        var matcher = EditMatcher(word, within: distance)
        var cursor = TreeCursor(tree, root: plan.roots.terms, position: .max)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: TreeCursor.keyStartByteCount, alignment: 8)
        defer { unsafe memory.deallocate() }
        var stepCount = 0
        var lastCount = 0
        search: while true {
            let byteCount = unsafe cursor.keyStart(into: memory)
            if byteCount == 0 { break }
            var text = unsafe UnsafeRawBufferPointer(start: memory, count: byteCount)
            let end = unsafe text.firstIndex(of: 0)
            // Most terms can be told by what the tree's leaf has of them.
            unsafe text = UnsafeRawBufferPointer(
                rebasing: text[..<(end ?? Self.endOfWholeCharacters(text))])
            var outcome = unsafe matcher.match(text)
            var number: UInt32?
            if outcome.isUndecided {
                number = cursor.next()
                if end == nil, let number {
                    unsafe text = terms.text(number)
                    outcome = unsafe matcher.match(text)
                }
            }
            switch outcome {
            case .distance(let distance):
                if let number { found.append((number, distance)) }
            case .far:
                break
            case .farFrom(let count):
                // No term that begins like this one is near enough. A few are stepped over, and
                // many are passed over at once.
                stepCount = count == lastCount ? stepCount + 1 : 0
                lastCount = count
                if stepCount < Self.stepsBeforeSeeking {
                    if number == nil { _ = cursor.next() }
                    continue
                }
                stepCount = 0
                guard let next = unsafe Self.successor(of: Array(text.prefix(count))) else {
                    break search
                }
                unsafe next.withUnsafeBytes { unsafe cursor.seek($0) }
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

    /// Where the last character begins that may be cut off, or the end.
    @unsafe
    private static func endOfWholeCharacters(_ text: UnsafeRawBufferPointer) -> Int {
        var end = text.count
        while end > 0, unsafe text[end - 1] >= 0x80 { end -= 1 }
        return end
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
