internal import TufaIndex

/// One of the terms that a prefix or a fuzzy word stands for.
struct GatheredTerm {
    let number: UInt32
    /// What its score is multiplied by.
    let factor: Double
    /// In how many documents of the view it is.
    let documentFrequency: Int
}

extension SearchPlan {
    /// For how many terms a prefix stands at most.
    ///
    /// Of more, those in the most documents of the view are taken, and of equals the first.
    static let maximumPrefixTermCount = 1000

    /// In how many documents of the view a term is.
    ///
    /// - Complexity: O(1) while no document has been added with the term or ended since the view
    ///   was taken; else O(postings of the term).
    func documentFrequency(_ number: UInt32) -> Int {
        if let count = countedFrequency(number) { return count }
        var cursor = unsafe makeCursor(number)
        var count = 0
        unsafe cursor.next(in: blocks)
        while unsafe cursor.document != PostingCursor.atEnd {
            if unsafe isWithoutDead || documents.isAlive(cursor.document, at: position) {
                count &+= 1
            }
            unsafe cursor.next(in: blocks)
        }
        unsafe statistics.postingsRead += cursor.readCount
        return count
    }

    /// In how many documents of the view a term is, as far as its list has counted it.
    private func countedFrequency(_ number: UInt32) -> Int? {
        let state = unsafe index.terms.record(number).state
        if state.isNone { return 0 }
        if state.isSingle {
            let document = state.document
            guard document < roots.documentLimit else { return 0 }
            return isWithoutDead || documents.isAlive(document, at: position) ? 1 : 0
        }
        // The counts are of one list, so they fit together, whichever list takes its place.
        let list = unsafe index.list(state)
        let tally = unsafe list.tally
        guard tally.last < roots.documentLimit else { return nil }
        if isWithoutDead { return tally.count }
        let dead = index.endings.read(asOf: roots.endingCount) { unsafe list.deadCount }
        // A document that was added and taken back since is no ending.
        guard let dead, unsafe list.tally == tally else { return nil }
        return tally.count - dead
    }

    /// The terms of the view that begin with a prefix, ascending.
    func gatheredTerms(_ prefix: String) -> [UInt32] {
        var numbers: [UInt32] = []
        index.forEachTerm(beginningWith: prefix, in: roots) { numbers.append($0) }
        guard numbers.count > Self.maximumPrefixTermCount else { return numbers }
        statistics.prefixesCut += 1
        let ranked = numbers.indices.map { (at: $0, frequency: documentFrequency(numbers[$0])) }
            .sorted { $0.frequency != $1.frequency ? $0.frequency > $1.frequency : $0.at < $1.at }
        return ranked.prefix(Self.maximumPrefixTermCount).map(\.at).sorted().map { numbers[$0] }
    }

    /// The documents that have any of the terms, with the sums of their scores.
    @unsafe
    func gather(_ terms: [GatheredTerm], _ fields: UInt8) -> DocumentSet {
        var set = unsafe DocumentSet(limit: roots.documentLimit)
        statistics.terms += terms.count
        for term in terms {
            let weight =
                term.factor * ranking.weight(documentFrequency: term.documentFrequency)
            var cursor = unsafe makeCursor(term.number)
            unsafe cursor.next(in: blocks)
            while unsafe cursor.document != PostingCursor.atEnd {
                unsafe cursor.prefetch(in: documents)
                if unsafe fields == .max || cursor.fieldMask & fields != 0 {
                    unsafe set.add(cursor.document, score(&cursor, weight: weight, fields))
                }
                unsafe cursor.next(in: blocks)
            }
            unsafe statistics.postingsRead += cursor.readCount
        }
        return unsafe set
    }
}

extension TextIndex {
    /// The number of a term that the view has; nil where it has none.
    ///
    /// - Complexity: O(log terms).
    func termNumber(_ term: String, in roots: TextRoots) -> UInt32? {
        unsafe withKey(term) { key in
            unsafe tree.find(key, in: roots.terms, at: .max)
        } ?? nil
    }

    /// Calls `body` with each term of the view that begins with a prefix, ascending.
    func forEachTerm(
        beginningWith prefix: String, in roots: TextRoots, _ body: (UInt32) -> Void
    ) {
        _ = unsafe withKey(prefix) { key in
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: key.dropLast())
            var cursor = TreeCursor(tree, root: roots.terms, position: .max)
            unsafe cursor.seek(bytes)
            while let number = cursor.next() {
                guard unsafe terms.text(number).starts(with: bytes) else { return }
                body(number)
            }
        }
    }

    /// Calls `body` with the key of a term; not at all where no term can be like it.
    @unsafe
    private func withKey<Result>(
        _ term: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        var bytes = Array(term.utf8)
        guard bytes.count <= TokenBuffer.maximumTermByteCount, !bytes.contains(0) else {
            return nil
        }
        bytes.append(0)
        return unsafe bytes.withUnsafeBytes { unsafe body($0) }
    }
}
