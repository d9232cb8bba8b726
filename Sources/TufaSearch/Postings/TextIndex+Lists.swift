internal import TufaIndex

/// The lists of postings, as the writer makes and fills them.
extension TextIndex {
    /// The list of a term that has one.
    @unsafe @inline(__always)
    func list(_ state: PostingState) -> PostingList {
        unsafe PostingList(tails.address(state.list))
    }

    /// How many postings a term has, those of dead documents included, and which is the last.
    @inline(__always)
    func tally(ofTerm number: UInt32) -> PostingList.Tally {
        let state = unsafe terms.record(number).state
        if state.isNone { return PostingList.Tally(count: 0, last: 0) }
        if state.isSingle { return PostingList.Tally(count: 1, last: state.document) }
        return unsafe list(state).tally
    }

    /// Appends encoded postings, the last of document `last`, and their places to the list of a
    /// term, or its first one.
    @unsafe
    func append(
        _ postings: UnsafeRawBufferPointer, _ places: UnsafeRawBufferPointer, count: Int,
        last document: UInt32, to record: TermRecord
    ) {
        let needed = postings.count &+ places.count
        var state = unsafe record.state
        if state.isNone {
            state = PostingState(
                list: unsafe PostingList.make(count: count, room: needed, in: tails))
            unsafe list(state).append(postings, places, count: count, last: document)
            unsafe record.state = state
            return
        }
        if unsafe !list(state).hasRoom(count: count, byteCount: needed) {
            state = unsafe widenList(of: record, by: count, byteCount: needed)
        }
        unsafe list(state).append(postings, places, count: count, last: document)
        if unsafe list(state).tally.count % PackedBlock.postingCount == 0 {
            unsafe packTail(of: record)
        }
    }

    /// Makes a list of what a single occurrence was, with room for another posting.
    @unsafe
    func makeList(of single: PostingState, for record: TermRecord) {
        unsafe encoder.removeAll()
        var counts = SIMD8<UInt32>(repeating: 0)
        counts[single.field] = 1
        unsafe encoder.add(
            step: single.document, counts: counts, mask: 1 << UInt32(single.field), code)
        unsafe encoder.add(field: single.field, position: single.position)
        let byteCount = unsafe encoder.postings.count + encoder.places.count
        let state = PostingState(
            list: unsafe PostingList.make(count: 2, room: 2 * byteCount, in: tails))
        let list = unsafe list(state)
        unsafe list.append(
            encoder.postings.bytes, encoder.places.bytes, count: 1, last: single.document)
        unsafe list.deadCount = documents.isAlive(single.document, at: .max - 1) ? 0 : 1
        unsafe record.state = state
    }

    /// Copies a list to one that can take so many postings more, of so many bytes, and an eighth
    /// of the bytes that there are then.
    @unsafe
    private func widenList(
        of record: TermRecord, by count: Int, byteCount: Int
    ) -> PostingState {
        let state = unsafe record.state
        let old = unsafe list(state)
        let total = unsafe old.used + old.placesUsed + byteCount
        let wider = PostingState(
            list: unsafe PostingList.make(
                count: old.tally.count + count, room: total + total / 8, packed: old.packed,
                in: tails))
        unsafe list(wider).copy(old)
        unsafe record.state = wider
        retireList(state)
        return wider
    }

    /// Lets a list go that another one has taken the place of.
    func retireList(_ state: PostingState) {
        tails.retire(state.list, byteCount: unsafe list(state).byteCount, group: group)
    }
}
