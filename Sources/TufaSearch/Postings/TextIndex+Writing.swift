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
            if unsafe record.tally.count == 0 || journal.isUnlisted(term.number) {
                insertIntoTree(term.number)
                unsafe journal.addTerm(term.number)
            }
            unsafe appendPosting(of: term, document, to: record)
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
        if letDie(document, position: position) {
            deadCounts.addEnding()
            countDraft { deadCounts.add($0) }
        }
        return true
    }

    /// Ends a document; whether the draft has its words, without which it is no longer known how
    /// many documents have a term.
    func letDie(_ document: UInt32, position: UInt64) -> Bool {
        documents.end(document, position: position)
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
            deadCounts.addUnknownEnding()
            beginDocument()
        }
        return isKnown
    }

    /// Calls `count` with each term of the draft, and empties it.
    func countDraft(_ count: (_ term: UInt32) -> Void) {
        for index in unsafe 0..<draft.termCount {
            let number = unsafe draft.terms[index].number
            unsafe terms.record(number).slot = 0
            count(number)
        }
        unsafe draft.removeAll()
    }

    func insertIntoTree(_ number: UInt32) {
        unsafe withTreeKey(of: number) { unsafe tree.insert($0, number) }
    }

    /// Lends the key of a term in the tree.
    @unsafe
    func withTreeKey<Result>(
        of number: UInt32, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let text = unsafe terms.text(number)
        // Safe: the scratch memory has room for the longest term and its end.
        unsafe UnsafeMutableRawBufferPointer(start: scratch, count: text.count)
            .copyMemory(from: text)
        unsafe scratch.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        return unsafe body(UnsafeRawBufferPointer(start: scratch, count: text.count + 1))
    }

    // MARK: Postings

    /// Encodes the posting of a term of the draft and appends it.
    @unsafe
    private func appendPosting(
        of term: DocumentDraft.Term, _ document: UInt32, to record: TermRecord
    ) {
        var counts = SIMD8<UInt32>(repeating: 0)
        var mask = 0
        var last: UInt32 = 0
        var at = term.head
        unsafe placesScratch.removeAll()
        while true {
            let occurrence = unsafe draft.occurrences[Int(at)]
            let field = occurrence.field
            if counts[field] == 0 {
                mask |= 1 << field
                last = 0
            }
            counts[field] &+= 1
            unsafe placesScratch.append(varint: UInt64(occurrence.position &- last))
            last = occurrence.position
            if occurrence.next == 0 { break }
            at = occurrence.next &- 1
        }
        let tally = unsafe record.tally
        var number = UInt64(document &- tally.last) << code.shift
        let field = mask.trailingZeroBitCount
        let isSingle = mask & (mask - 1) == 0 && counts[field] == 1
        number |= isSingle ? UInt64(field) << 1 : 1
        var posting = unsafe scratch.assumingMemoryBound(to: UInt8.self)
        unsafe posting = putVarint(number, posting)
        if !isSingle {
            if fieldCount > 1 {
                unsafe posting.pointee = UInt8(mask)
                unsafe posting += 1
            }
            for field in 0..<fieldCount where mask & (1 << field) != 0 {
                unsafe posting = putVarint(UInt64(counts[field]), posting)
            }
        }
        let byteCount = unsafe UnsafeRawPointer(posting) - UnsafeRawPointer(scratch)
        unsafe append(
            UnsafeRawBufferPointer(start: scratch, count: byteCount), placesScratch.bytes,
            count: 1, last: document, to: record)
    }

    @unsafe @inline(__always)
    private func putVarint(
        _ value: UInt64, _ at: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var rest = value
        var at = unsafe at
        while rest >= 0x80 {
            unsafe at.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            unsafe at += 1
            rest >>= 7
        }
        unsafe at.pointee = UInt8(truncatingIfNeeded: rest)
        return unsafe at + 1
    }

    /// Appends encoded postings, the last of document `last`, and their places to a term's tail,
    /// and publishes them.
    @unsafe
    func append(
        _ posting: UnsafeRawBufferPointer, _ places: UnsafeRawBufferPointer, count: Int,
        last document: UInt32, to record: TermRecord
    ) {
        let tally = unsafe record.tally
        var end = unsafe record.end
        let needed = posting.count &+ places.count
        if end.block == 0 {
            let block = unsafe TailBlock.make(
                room: needed, documentBefore: tally.last, in: tails)
            end = TermRecord.End(block: block, used: 0)
        } else {
            let block = unsafe TailBlock(tails.address(end.block))
            let total = unsafe end.used &+ block.placesUsed &+ needed
            if unsafe total > block.room { end = widenTail(end, toHold: total) }
        }
        let block = unsafe TailBlock(tails.address(end.block))
        let placesUsed = unsafe block.placesUsed
        let postings = unsafe block.postings + end.used
        for index in 0..<posting.count { unsafe postings[index] = posting[index] }
        let below = unsafe block.placesEnd - placesUsed - 1
        for index in 0..<places.count { unsafe below[-index] = places[index] }
        unsafe block.placesUsed = placesUsed &+ places.count
        unsafe record.end = TermRecord.End(block: end.block, used: end.used &+ posting.count)
        unsafe record.tally = TermRecord.Tally(count: tally.count + count, last: document)
        if unsafe record.tally.count % PackedBlock.postingCount == 0 { unsafe packTail(of: record) }
    }

    /// Copies a tail to a block with room for an eighth more than `byteCount` bytes.
    private func widenTail(_ end: TermRecord.End, toHold byteCount: Int) -> TermRecord.End {
        let old = unsafe TailBlock(tails.address(end.block))
        let reference = unsafe TailBlock.make(
            room: byteCount + byteCount / 8, documentBefore: old.documentBefore, in: tails)
        let wider = unsafe TailBlock(tails.address(reference))
        let placesUsed = unsafe old.placesUsed
        unsafe wider.postings.update(from: old.postings, count: end.used)
        unsafe (wider.placesEnd - placesUsed).update(
            from: old.placesEnd - placesUsed, count: placesUsed)
        unsafe wider.placesUsed = placesUsed
        retireTail(end.block)
        return TermRecord.End(block: reference, used: end.used)
    }
}
