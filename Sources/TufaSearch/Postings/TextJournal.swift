/// What was done to a text index for a transaction that may still be taken back.
struct TextJournal {
    /// Whether what is done is noted.
    var isOpen = false
    /// The documents that ended; 0 where a row had none.
    private(set) var endings: [UInt32] = []
    /// The terms that came into the tree.
    private(set) var terms: [UInt32] = []
    /// Terms that have postings and are in no tree: the documents of all of those were taken back.
    private var unlisted: Set<UInt32> = []

    /// Whether a term that has postings is in no tree.
    @inline(__always)
    func isUnlisted(_ term: UInt32) -> Bool { !unlisted.isEmpty && unlisted.contains(term) }

    /// Notes that a document ends, or with 0 that a row had none.
    mutating func addEnding(_ document: UInt32) {
        if isOpen { endings.append(document) }
    }

    /// Notes that a term came into the tree.
    mutating func addTerm(_ term: UInt32) {
        if isOpen { terms.append(term) }
        if !unlisted.isEmpty { unlisted.remove(term) }
    }

    /// Takes back the last ending and gives the document that ended.
    mutating func takeEnding() -> UInt32 { endings.removeLast() }

    /// Takes back the terms; the caller takes them out of the tree.
    mutating func takeTerms() -> [UInt32] {
        unlisted.formUnion(terms)
        defer { terms = [] }
        return terms
    }

    /// Forgets what was done, which stands or has been taken back.
    mutating func close() {
        isOpen = false
        endings.removeAll()
        terms.removeAll()
    }
}
