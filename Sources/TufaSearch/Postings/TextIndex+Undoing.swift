internal import TufaIndex

// A transaction that searches what it has written feeds the index before it is known whether it
// stands. No view sees that: its documents are behind every limit, and what it ended, ended behind
// every position. Postings that have been appended stay where readers may be passing over them, so
// a document is taken back by ending it before all views.
extension TextIndex {
    /// Notes what is done from here on, so that it can be taken back, until
    /// ``closeJournal(keeping:)``.
    ///
    /// - Complexity: O(1).
    package func openJournal() {
        prepareForWriting()
        unsafe journal.open(after: compaction.lastEnding)
    }

    /// Ends the notes: what was done stands, or all of it has been taken back.
    ///
    /// Terms that no document is left of go, so that they take no place among those that a prefix
    /// or a fuzzy word stands for.
    /// - Complexity: O(log terms) for each term that was new and has been taken back.
    package func closeJournal(keeping isKept: Bool) {
        if !isKept {
            for number in unsafe journal.terms.reversed() { discard(number) }
            unsafe compaction.lastEnding = journal.endingBefore
        }
        unsafe journal.close()
    }

    /// Takes back the latest document of a row, as if it had never been added.
    ///
    /// What was done is taken back in the reverse order. The tokens since ``beginDocument()`` are
    /// those of the document, as for ``remove(row:position:)``.
    /// - Complexity: O(terms of the document).
    package func undoDocument(row: UInt32) {
        let document = documents.current(row)
        precondition(document != 0, "Only a document that was added is taken back.")
        // To views from before it, the document is beyond their limit, so it is no ending.
        if letDie(document, position: 0) { countDraft { countDead($0) } }
    }

    /// Takes back the latest removal: the document that it ended lives on.
    ///
    /// The tokens since ``beginDocument()`` are those of that document.
    /// - Complexity: O(terms of the document).
    package func undoRemoval() {
        let document = unsafe journal.takeEnding()
        guard document != 0 else { return beginDocument() }
        documents.revive(document)
        liveCount += 1
        for field in 0..<fieldCount {
            totalTokens[field] += UInt64(documents.tokenCount(document, field: field))
        }
        if isDraft(of: document) {
            endings.beginReturn()
            countDraft { countRevived($0) }
            endings.finishReturn()
        }
    }
}
