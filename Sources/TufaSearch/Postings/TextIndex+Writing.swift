internal import TufaIndex

extension TextIndex {
    // MARK: Documents

    /// Begins a document; ``append(_:field:)`` and ``endDocument(row:position:)`` follow.
    package func beginDocument() { countDraft { _ in } }

    /// Adds the tokens of one field of the document; fields come in ascending order, each once.
    ///
    /// - Complexity: O(bytes of the terms), and O(log terms) for each that was not looked for
    ///   lately; allocates only where an arena or a table grows.
    package func append(_ tokens: borrowing TokenBuffer, field: Int) {
        precondition(field >= 0 && field < fieldCount, "The index has no field \(field).")
        unsafe draft.tokenCounts[field] &+= UInt32(truncatingIfNeeded: tokens.count)
        for index in 0..<tokens.count {
            let token = tokens[index]
            let term = unsafe tokens.term(token)
            let hash = unsafe terms.hash(term)
            let place = unsafe draft.place(hash: hash) {
                unsafe terms.isText($0, equalTo: term)
            }
            if let place {
                unsafe draft.add(toTerm: place, field: field, position: token.position)
                continue
            }
            let known = unsafe number(of: term, hash: hash)
            unsafe draft.add(
                known ?? terms.add(term), isNew: known == nil, hash: hash, field: field,
                position: token.position)
        }
    }

    /// The number of a term that a document has; nil where none has it.
    @unsafe @inline(__always)
    private func number(of term: UnsafeRawBufferPointer, hash: UInt32) -> UInt32? {
        let recent = unsafe terms.recent(term, hash: hash)
        return unsafe recent != 0 ? recent : findNumber(of: term, hash: hash)
    }

    @unsafe @inline(never)
    private func findNumber(of term: UnsafeRawBufferPointer, hash: UInt32) -> UInt32? {
        let found = unsafe withKey(term) { unsafe tree.find($0, in: tree.draft, at: .max) }
        if let found { terms.remember(found, hash: hash) }
        return found
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
            if term.isNew {
                insertIntoTree(term.number)
                terms.remember(term.number, hash: term.hash)
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

    /// Calls `count` with each term of the draft that a document has, and empties it.
    @inline(__always)
    func countDraft(_ count: (_ term: UInt32) -> Void) {
        for index in unsafe 0..<draft.termCount {
            let term = unsafe draft.terms[index]
            // A document that was begun and not ended leaves terms behind that no tree has.
            if term.isNew {
                terms.remove(term.number, group: group)
            } else {
                count(term.number)
            }
        }
        unsafe draft.removeAll()
    }

    func insertIntoTree(_ number: UInt32) {
        unsafe withKey(terms.text(number)) { unsafe tree.insert($0, number) }
    }

    /// Calls `body` with the key of a term in the tree.
    @unsafe @inline(__always)
    func withKey<Result>(
        _ term: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        // Safe: the scratch memory has room for the longest term and its end.
        unsafe UnsafeMutableRawBufferPointer(start: scratch, count: term.count)
            .copyMemory(from: term)
        unsafe scratch.storeBytes(of: 0, toByteOffset: term.count, as: UInt8.self)
        return unsafe body(UnsafeRawBufferPointer(start: scratch, count: term.count + 1))
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
