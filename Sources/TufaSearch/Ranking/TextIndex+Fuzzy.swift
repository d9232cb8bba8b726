internal import TufaIndex

/// A term that a fuzzy word stands for.
struct FuzzyTerm {
    let number: UInt32
    /// How many edits away it is.
    let distance: Int
    /// In how many documents of the view it is.
    var documentFrequency = 0
}

extension TextIndex {
    /// For how many terms a fuzzy word stands at most: the nearest, and of equals those in the most
    /// documents, and of equals again the first.
    static let maximumFuzzyTermCount = 50

    /// Comparing so many terms takes about as long as memory does.
    private static let prefetchDistance = 8

    /// The terms of the plan's view within an edit distance of a word: ascending where they are no
    /// more than ``maximumFuzzyTermCount``, else the nearest first.
    ///
    /// - Complexity: O(terms · distance), four bytes of each; O(length) for the few whose signature
    ///   is near enough.
    func terms(like word: String, within distance: Int, _ plan: SearchPlan) -> [FuzzyTerm] {
        let matcher = EditMatcher(word, within: distance)
        var word = word
        // Safe: the bytes are read within the closure only.
        let signature = word.withUTF8 { unsafe TermSignature(UnsafeRawBufferPointer($0)) }
        var candidates: [UInt32] = []
        terms.signatures.forEach(
            within: matcher.limit, of: signature, below: plan.roots.termLimit
        ) { candidates.append($0) }
        var found: [FuzzyTerm] = []
        for (index, number) in candidates.enumerated() {
            // A text is found by its record, so the record has to be there before.
            let next = index + Self.prefetchDistance
            let nextButOne = next + Self.prefetchDistance
            if nextButOne < candidates.count {
                terms.prefetch(recordOf: candidates[nextButOne])
            }
            if next < candidates.count { terms.prefetch(textOf: candidates[next]) }
            // Safe: the number is below the limit of the view, and the bytes of a term stay.
            if let distance = unsafe matcher.distance(to: terms.text(number)),
                isSeen(number, in: plan.roots)
            {
                found.append(FuzzyTerm(number: number, distance: distance))
            }
        }
        let isCut = found.count > Self.maximumFuzzyTermCount
        if isCut { removeFarthest(&found, limit: matcher.limit) }
        for index in found.indices {
            found[index].documentFrequency = plan.documentFrequency(found[index].number)
        }
        guard isCut else { return found.sorted { precedes($0.number, $1.number) } }
        found.sort {
            if $0.distance != $1.distance { return $0.distance < $1.distance }
            if $0.documentFrequency != $1.documentFrequency {
                return $0.documentFrequency > $1.documentFrequency
            }
            return precedes($0.number, $1.number)
        }
        return Array(found.prefix(Self.maximumFuzzyTermCount))
    }

    /// Whether a view sees a term with a number below its limit.
    ///
    /// A term comes into the tree with its first posting, and a view's tree and its limit of
    /// documents are of one moment. So the tree has a term whose postings are all below the limit.
    private func isSeen(_ number: UInt32, in roots: TextRoots) -> Bool {
        let tally = tally(ofTerm: number)
        if tally.count > 0 && tally.last < roots.documentLimit { return true }
        // The writer has gone on since, or no document has the term any more.
        let text = unsafe terms.text(number)
        return unsafe withUnsafeTemporaryAllocation(byteCount: text.count + 1, alignment: 1) {
            unsafe $0.copyMemory(from: text)
            unsafe $0[text.count] = 0
            return unsafe tree.find(UnsafeRawBufferPointer($0), in: roots.terms, at: .max)
                == number
        }
    }

    /// Leaves out terms that are farther away than enough others.
    private func removeFarthest(_ found: inout [FuzzyTerm], limit: Int) {
        var counts = [Int](repeating: 0, count: limit + 1)
        for term in found { counts[term.distance] += 1 }
        var count = 0
        var last = -1
        while count < Self.maximumFuzzyTermCount {
            last += 1
            count += counts[last]
        }
        found.removeAll { $0.distance > last }
    }

    /// Whether a term comes before another one.
    private func precedes(_ one: UInt32, _ other: UInt32) -> Bool {
        unsafe terms.text(one).lexicographicallyPrecedes(terms.text(other))
    }
}
