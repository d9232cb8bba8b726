internal import TufaIndex

extension TextIndex {
    // MARK: Documents

    /// Begins a document; ``append(_:field:)`` and ``endDocument(row:position:)`` follow.
    package func beginDocument() {
        // A document that was begun and not ended leaves its slots behind.
        for index in unsafe 0..<draft.termCount {
            unsafe terms.record(draft.terms[index].number).slot = 0
        }
        unsafe draft.removeAll()
    }

    /// Adds the tokens of one field of the document; fields come in ascending order, each once.
    ///
    /// - Complexity: O(bytes of the terms); allocates only where an arena or a table grows.
    package func append(_ tokens: borrowing TokenBuffer, field: Int) {
        precondition(field >= 0 && field < fieldCount, "The index has no field \(field).")
        unsafe draft.tokenCounts[field] &+= UInt32(truncatingIfNeeded: tokens.count)
        for index in 0..<tokens.count {
            let token = tokens[index]
            let number = unsafe terms.number(of: tokens.term(token))
            unsafe draft.add(
                number, terms.record(number), field: field, position: token.position)
        }
    }

    /// Makes the tokens since ``beginDocument()`` the document of a row that has none, and gives
    /// its number; the roots made from now on show it.
    ///
    /// - Complexity: O(tokens + new terms · log terms).
    @discardableResult
    package func endDocument(row: UInt32, position: UInt64) -> UInt32 {
        precondition(
            documents.current(row) == 0, "The document of a row is removed before another is added."
        )
        let document = unsafe documents.add(row: row, tokenCounts: draft.tokenCounts)
        for index in unsafe 0..<draft.termCount {
            let term = unsafe draft.terms[index]
            let record = unsafe terms.record(term.number)
            unsafe record.slot = 0
            if unsafe record.state.isNone {
                insertIntoTree(term.number)
                unsafe journal.addTerm(term.number)
            }
            unsafe addPosting(of: term, document, to: record)
        }
        liveCount += 1
        totalTokens &+= unsafe SIMD8<UInt64>(truncatingIfNeeded: draft.tokenCounts)
        unsafe draft.removeAll()
        return document
    }

    /// Ends the document of a row: views of `position` and later do not see it; false where the
    /// row has none.
    ///
    /// The tokens since ``beginDocument()`` are those of the document that ends; without them
    /// it is no longer known, short of reading the postings, how many documents have a term.
    /// An update removes and adds at the same position.
    /// - Complexity: O(terms of the document).
    @discardableResult
    package func remove(row: UInt32, position: UInt64) -> Bool {
        let document = documents.current(row)
        unsafe journal.addEnding(document)
        guard document != 0 else { return false }
        unsafe compaction.noteEnding(position: position, group: group)
        let termCount = unsafe draft.termCount
        if letDie(document, position: position) {
            endings.add()
            countDraft { countDead($0) }
            // Whoever ends documents pays for letting their postings go, a few at a time.
            compact(postingCount: Compaction.worthOfOne * termCount)
        }
        return true
    }

    /// Ends a document; whether the draft has its words, without which it is no longer known how
    /// many documents have a term.
    func letDie(_ document: UInt32, position: UInt64) -> Bool {
        documents.end(document, position: position, group: group)
        liveCount -= 1
        for field in 0..<fieldCount {
            totalTokens[field] -= UInt64(documents.tokenCount(document, field: field))
        }
        return isDraft(of: document)
    }

    /// Whether the draft has the words of a document; where not, that is noted.
    func isDraft(of document: UInt32) -> Bool {
        var isKnown = true
        for field in 0..<fieldCount {
            let tokenCount = documents.tokenCount(document, field: field)
            isKnown = unsafe isKnown && draft.tokenCounts[field] == tokenCount
        }
        if !isKnown {
            endings.addUnknown()
            beginDocument()
        }
        return isKnown
    }

    /// Calls `count` with each term of the draft, and empties it.
    @inline(__always)
    func countDraft(_ count: (_ term: UInt32) -> Void) {
        for index in unsafe 0..<draft.termCount {
            let number = unsafe draft.terms[index].number
            unsafe terms.record(number).slot = 0
            count(number)
        }
        unsafe draft.removeAll()
    }

    func insertIntoTree(_ number: UInt32) {
        unsafe withKey(ofTerm: number) { unsafe tree.insert($0, number) }
    }

    /// Calls `body` with the key of a term in the tree.
    @unsafe
    func withKey(ofTerm number: UInt32, _ body: (UnsafeRawBufferPointer) -> Void) {
        let text = unsafe terms.text(number)
        // Safe: the scratch memory has room for the longest term and its end.
        unsafe UnsafeMutableRawBufferPointer(start: scratch, count: text.count)
            .copyMemory(from: text)
        unsafe scratch.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        unsafe body(UnsafeRawBufferPointer(start: scratch, count: text.count + 1))
    }

    // MARK: Postings

    /// Adds the posting of a term of the draft.
    @unsafe
    private func addPosting(
        of term: DocumentDraft.Term, _ document: UInt32, to record: TermRecord
    ) {
        let state = unsafe record.state
        if state.isNone, term.head == term.tail {
            let occurrence = unsafe draft.occurrences[Int(term.head)]
            unsafe record.state = PostingState(
                document: document, field: occurrence.field, position: occurrence.position)
            return
        }
        if state.isSingle { unsafe makeList(of: state, for: record) }
        unsafe encoder.removeAll()
        unsafe encode(term, step: document &- lastDocument(of: record))
        unsafe append(
            encoder.postings.bytes, encoder.places.bytes, count: 1, last: document, to: record)
    }

    /// The last document that a list has.
    @unsafe @inline(__always)
    private func lastDocument(of record: TermRecord) -> UInt32 {
        let state = unsafe record.state
        return state.isNone ? 0 : unsafe PostingList(tails.address(state.list)).tally.last
    }

    /// Encodes the posting of a term of the draft.
    @unsafe @inline(__always)
    private func encode(_ term: DocumentDraft.Term, step: UInt32) {
        var counts = SIMD8<UInt32>(repeating: 0)
        var mask: UInt32 = 0
        var at = term.head
        while true {
            let occurrence = unsafe draft.occurrences[Int(at)]
            counts[occurrence.field] &+= 1
            mask |= 1 << UInt32(occurrence.field)
            if occurrence.next == 0 { break }
            at = occurrence.next &- 1
        }
        unsafe encoder.add(step: step, counts: counts, mask: mask, code)
        at = term.head
        while true {
            let occurrence = unsafe draft.occurrences[Int(at)]
            unsafe encoder.add(field: occurrence.field, position: occurrence.position)
            if occurrence.next == 0 { break }
            at = occurrence.next &- 1
        }
    }
}
