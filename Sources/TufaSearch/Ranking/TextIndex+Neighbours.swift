/// A term that is like another one.
package struct NeighbourTerm: Sendable, Hashable {
    /// The term.
    package let term: String
    /// How many edits away it is.
    package let distance: Int
    /// How many documents that the filter lets pass have it.
    package let documentCount: Int
}

extension TextIndex {
    /// The terms of a view that a term becomes with at most so many edits.
    ///
    /// At most 50 are given: the nearest, and of equals those in the most documents. One that no
    /// document has which the filter lets pass is left out.
    /// - Complexity: O(terms), four bytes of each; with a filter, O(postings of the terms found)
    ///   too.
    package func neighbours(
        of term: String, within distance: Int, roots: TextRoots, position: UInt64,
        filter: ((_ row: UInt32) -> Bool)? = nil
    ) -> [NeighbourTerm] {
        let plan = SearchPlan(.nothing, index: self, roots: roots, position: position)
        return terms(like: term, within: distance, plan).compactMap { found in
            // Safe: the bytes of a term stay where they are.
            let text = unsafe String(decoding: terms.text(found.number), as: UTF8.self)
            let count =
                filter == nil
                ? found.documentFrequency
                : self.count(.term(text), roots: roots, position: position, filter: filter)
            guard count > 0 else { return nil }
            return NeighbourTerm(
                term: text, distance: found.distance, documentCount: count)
        }.sorted {
            ($0.distance, $1.documentCount, $0.term) < ($1.distance, $0.documentCount, $1.term)
        }
    }

    /// Some documents of a view that have a term and that the filter lets pass, the first of them.
    ///
    /// - Complexity: O(postings up to the last one given).
    package func documents(
        with term: String, atMost limit: Int, roots: TextRoots, position: UInt64,
        filter: ((_ row: UInt32) -> Bool)? = nil
    ) -> [(row: UInt32, document: UInt32)] {
        let plan = SearchPlan(.term(term), index: self, roots: roots, position: position)
        var found: [(row: UInt32, document: UInt32)] = []
        var document = plan.advance(plan.root, to: 1)
        while document != PostingCursor.atEnd, found.count < limit {
            if plan.isVisible(document, filter) {
                found.append((documents.row(document), document))
            }
            document = plan.advance(plan.root, to: document &+ 1)
        }
        return found
    }
}

extension Analyzer {
    /// The words of a text as they are searched for with a prefix: in lower case, not stemmed.
    package func words(of text: String) -> [String] {
        var tokens = TokenBuffer()
        tokenize(text, into: &tokens)
        return (0..<tokens.count).map { tokens.text(tokens[$0]) }
    }

    /// The first term of a text; nil where it has none.
    package func firstTerm(of text: String) -> String? {
        var tokens = TokenBuffer()
        analyze(text, into: &tokens)
        return tokens.count > 0 ? tokens.text(tokens[0]) : nil
    }

    /// The word at a position of a text, in lower case; nil where there is none, and for an
    /// analyzer of the program, whose terms alone are sure to be found.
    @unsafe
    package func word(at position: UInt32, of text: UnsafeRawBufferPointer) -> String? {
        if case .own = method { return nil }
        // Safe: the bytes are read within the closure only.
        return unsafe text.withMemoryRebound(to: UInt8.self) { bytes in
            guard let range = unsafe ranges(of: [position], in: bytes).first ?? nil else {
                return nil
            }
            let word = unsafe UnsafeBufferPointer(rebasing: bytes[range])
            return words(of: unsafe String(decoding: word, as: UTF8.self)).first
        }
    }
}

/// How many edits make one word of another, up to two.
package enum EditDistance {
    /// The distance; nil for more than two edits.
    ///
    /// Two neighbours exchanged are one edit (Damerau 1964; optimal string alignment).
    package static func between(_ one: String, _ two: String) -> Int? {
        let matcher = EditMatcher(one, within: 2)
        var two = two
        // Safe: the bytes are read within the closure only.
        return two.withUTF8 { unsafe matcher.distance(to: UnsafeRawBufferPointer($0)) }
    }
}
