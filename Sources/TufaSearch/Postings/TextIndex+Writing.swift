internal import TufaIndex

extension TextIndex {
    // MARK: Documents

    /// Begins a document; ``append(_:field:)`` and ``endDocument(row:position:)`` follow.
    package func beginDocument() {
        // A document that was begun and not ended leaves its slots behind.
        for index in 0..<draft.termCount {
            unsafe terms.record(draft.terms[index].number).slot = 0
        }
        draft.removeAll()
    }

    /// Adds the tokens of one field of the document; fields come in ascending order, each once.
    ///
    /// - Complexity: O(bytes of the terms); allocates only where an arena or a table grows.
    package func append(_ tokens: borrowing TokenBuffer, field: Int) {
        precondition(field >= 0 && field < fieldCount, "The index has no field \(field).")
        draft.tokenCounts[field] &+= UInt32(truncatingIfNeeded: tokens.count)
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
        let document = documents.add(row: row, tokenCounts: draft.tokenCounts)
        for index in 0..<draft.termCount {
            let term = unsafe draft.terms[index]
            let record = unsafe terms.record(term.number)
            unsafe record.slot = 0
            if unsafe record.first == 0 { insertIntoTree(term.number) }
            unsafe appendPosting(of: term, document, to: record)
        }
        liveCount += 1
        totalTokens &+= SIMD8<UInt64>(truncatingIfNeeded: draft.tokenCounts)
        draft.removeAll()
        return document
    }

    /// Ends the document of a row: views of `position` and later do not see it; false where the
    /// row has none.
    ///
    /// An update removes and adds at the same position.
    /// - Complexity: O(1).
    @discardableResult
    package func remove(row: UInt32, position: UInt64) -> Bool {
        let document = documents.current(row)
        guard document != 0 else { return false }
        documents.end(document, position: position)
        liveCount -= 1
        for field in 0..<fieldCount {
            totalTokens[field] -= UInt64(documents.tokenCount(document, field: field))
        }
        return true
    }

    func insertIntoTree(_ number: UInt32) {
        let text = unsafe terms.text(number)
        // Safe: the scratch memory has room for the longest term and its end.
        unsafe UnsafeMutableRawBufferPointer(start: scratch, count: text.count)
            .copyMemory(from: text)
        unsafe scratch.storeBytes(of: 0, toByteOffset: text.count, as: UInt8.self)
        unsafe tree.insert(
            UnsafeRawBufferPointer(start: scratch, count: text.count + 1), number)
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
        placesScratch.removeAll()
        while true {
            let occurrence = unsafe draft.occurrences[Int(at)]
            let field = occurrence.field
            if counts[field] == 0 {
                mask |= 1 << field
                last = 0
            }
            counts[field] &+= 1
            placesScratch.append(varint: UInt64(occurrence.position &- last))
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
            count: 1, last: document, to: record, isExact: false)
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

    /// Appends encoded postings, the last of document `last`, and their places to a term's chain,
    /// and publishes them; a new block is of exact size or leaves room for more.
    @unsafe
    func append(
        _ posting: UnsafeRawBufferPointer, _ places: UnsafeRawBufferPointer, count: Int,
        last document: UInt32, to record: TermRecord, isExact: Bool
    ) {
        let end = unsafe record.end
        let tally = unsafe record.tally
        let needed = posting.count &+ places.count
        var reference = end.block
        var used = end.used
        var placesUsed = 0
        var room = 0
        if reference != 0 {
            let block = unsafe PostingBlock(blocks.address(reference))
            placesUsed = unsafe block.placesUsed
            room = unsafe block.byteCount &- PostingBlock.headerByteCount &- used &- placesUsed
        }
        if needed > room {
            reference = unsafe makeBlock(
                after: end, documentBefore: tally.last, needed: needed, isExact: isExact,
                in: record)
            used = 0
            placesUsed = 0
        }
        let block = unsafe PostingBlock(blocks.address(reference))
        let postings = unsafe block.postings + used
        for index in 0..<posting.count { unsafe postings[index] = posting[index] }
        let below = unsafe block.placesEnd - placesUsed - 1
        for index in 0..<places.count { unsafe below[-index] = places[index] }
        unsafe block.placesUsed = placesUsed &+ places.count
        unsafe record.end = TermRecord.End(block: reference, used: used &+ posting.count)
        unsafe record.tally = TermRecord.Tally(count: tally.count + count, last: document)
        if unsafe record.tally.count % PackedBlock.postingCount == 0 { unsafe packTail(of: record) }
    }

    /// Leaves the last block of a chain and makes the next one, twice as large up to 2 KiB.
    @unsafe
    private func makeBlock(
        after end: TermRecord.End, documentBefore: UInt32, needed: Int, isExact: Bool,
        in record: TermRecord
    ) -> UInt32 {
        var byteCount = PostingBlock.firstByteCount
        if end.block != 0 {
            byteCount = unsafe PostingBlock(blocks.address(end.block)).byteCount * 2
        }
        if isExact { byteCount = 0 }
        byteCount = min(byteCount, PostingBlock.maximumByteCount)
        byteCount = max(byteCount, PostingBlock.headerByteCount + needed)
        byteCount = (byteCount + 7) & ~7
        let reference = blocks.allocate(byteCount)
        let block = unsafe PostingBlock(blocks.address(reference))
        unsafe block.next = 0
        unsafe block.documentBefore = documentBefore
        unsafe block.used = 0
        unsafe block.byteCount = byteCount
        if end.block == 0 {
            unsafe record.first = reference
        } else {
            let left = unsafe PostingBlock(blocks.address(end.block))
            unsafe left.used = end.used
            unsafe left.next = reference
        }
        return reference
    }
}
