/// What was done to a text index for a transaction that may still be taken back.
struct TextJournal {
    /// Whether what is done is noted.
    private(set) var isOpen = false
    /// The last ending before, for whoever asks which documents are dead in all views.
    private(set) var endingBefore: Compaction.Ending?
    /// The documents that ended; 0 where a row had none.
    private var endings: [UInt32] = []
    /// The terms that came into the tree.
    private(set) var terms: [UInt32] = []

    /// Begins the notes, if that was not done before.
    mutating func open(after ending: Compaction.Ending?) {
        if isOpen { return }
        isOpen = true
        endingBefore = ending
    }

    /// Notes that a document ends, or with 0 that a row had none.
    mutating func addEnding(_ document: UInt32) {
        if isOpen { endings.append(document) }
    }

    /// Notes that a term came into the tree.
    @inline(__always)
    mutating func addTerm(_ term: UInt32) {
        if isOpen { terms.append(term) }
    }

    /// Takes back the last ending and gives the document that ended.
    mutating func takeEnding() -> UInt32 { endings.removeLast() }

    /// Forgets what was done, which stands or has been taken back.
    mutating func close() {
        isOpen = false
        endingBefore = nil
        endings.removeAll()
        terms.removeAll()
    }
}
