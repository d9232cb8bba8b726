internal import TufaIndex

/// Letting go of postings whose documents no view can see any more.
///
/// A term's list is written again beside the one that readers have, and takes its place with one
/// store; what a view finds and counts does not change.
extension TextIndex {
    /// Counts a dead posting of a term.
    @inline(__always)
    func countDead(_ number: UInt32) {
        let state = unsafe terms.record(number).state
        if state.isSingle {
            unsafe compaction.append(number, group: group)
            return
        }
        if state.isNone { return }
        let list = unsafe list(state)
        let deadCount = unsafe list.deadCount + 1
        unsafe list.deadCount = deadCount
        if unsafe !list.isQueued, unsafe Compaction.isWorthwhile(deadCount, of: list.tally.count) {
            unsafe list.isQueued = true
            unsafe compaction.append(number, group: group)
        }
    }

    /// Takes back that a posting of a term died.
    func countRevived(_ number: UInt32) {
        let state = unsafe terms.record(number).state
        if state.isNone || state.isSingle { return }
        unsafe list(state).deadCount -= 1
    }

    /// Goes on with lists that are worth writing again, for about so many postings.
    ///
    /// - Complexity: O(postingCount), and O(blocks) where the list of a term is finished.
    func compact(postingCount: Int) {
        var left = postingCount
        while left > 0 {
            if unsafe compaction.job == nil {
                guard let number = unsafe compaction.next() else { return }
                left -= Compaction.costOfTerm
                begin(number)
            } else {
                left -= goOn()
            }
        }
    }

    /// Begins with the list of a term, or is done with a term that has none.
    private func begin(_ number: UInt32) {
        let state = unsafe terms.record(number).state
        if state.isNone { return }
        if state.isSingle {
            if unsafe !documents.isAlive(state.document, at: compaction.position) { drop(number) }
            return
        }
        // A number that was queued before it was used again is not of this list.
        guard unsafe list(state).isQueued else { return }
        unsafe compaction.job = Compaction.Job(number: number)
        unsafe compaction.packer.begin(after: 0)
    }

    /// Looks at one block, or at the tail, with which the list is finished; gives how many postings
    /// that were.
    private func goOn() -> Int {
        guard var job = unsafe compaction.job.take() else { return 0 }
        let record = unsafe terms.record(job.number)
        let state = unsafe record.state
        let list = unsafe list(state)
        let packed = unsafe list.packed
        var cursor = unsafe PostingCursor(
            record, in: blocks, tails, limit: .max, code: code, memory: compaction.memory)
        if job.block < Int(packed.blockCount) {
            unsafe read(block: job.block, of: packed, &cursor, &job)
            job.block += 1
            unsafe compaction.job = job
            return PackedBlock.postingCount
        }
        unsafe cursor.start(atBlock: job.block)
        let tailCount = unsafe list.tally.count - job.block * PackedBlock.postingCount
        unsafe keep(tailCount, &cursor, &job)
        unsafe finish(job, list, for: record)
        retireList(state)
        return tailCount + Compaction.costOfTerm
    }

    /// Looks at a block; one that stays as it is is taken over.
    @unsafe
    private func read(
        block: Int, of packed: PostingList.Packed, _ cursor: inout PostingCursor,
        _ job: inout Compaction.Job
    ) {
        let entries = unsafe BlockDirectory(blocks.address(packed.directory)).entries
        let entry = unsafe entries[block]
        let before: UInt32 = block == 0 ? 0 : unsafe entries[block - 1].last
        unsafe cursor.start(atBlock: block)
        unsafe cursor.next(in: blocks)
        // The first step of a block counts from the last document of the one before.
        if unsafe compaction.packer.count == 0, unsafe compaction.packer.last == before,
            unsafe isAlive(cursor)
        {
            job.entries.append(entry)
            unsafe compaction.packer.begin(after: entry.last)
            return
        }
        unsafe cursor.start(atBlock: block)
        unsafe keep(PackedBlock.postingCount, &cursor, &job)
        job.replaced.append(entry.block)
    }

    /// Whether no document of the cursor's block is dead in all views.
    @unsafe
    private func isAlive(_ cursor: borrowing PostingCursor) -> Bool {
        for index in 0..<PackedBlock.postingCount
        where unsafe !documents.isAlive(cursor.documents[index], at: compaction.position) {
            return false
        }
        return true
    }

    /// Keeps those of the next postings whose documents a view may see.
    @unsafe
    private func keep(
        _ count: Int, _ cursor: inout PostingCursor, _ job: inout Compaction.Job
    ) {
        for _ in 0..<count {
            unsafe cursor.next(in: blocks)
            guard unsafe documents.isAlive(cursor.document, at: compaction.position) else {
                job.droppedCount += 1
                continue
            }
            unsafe compaction.packer.add(posting: &cursor)
            if unsafe compaction.packer.isFull {
                unsafe job.entries.append(writeBlock(of: compaction.packer))
                unsafe compaction.packer.begin(after: compaction.packer.last)
            }
        }
    }

    /// Puts what was kept in the place of a list.
    @unsafe
    private func finish(_ job: Compaction.Job, _ old: PostingList, for record: TermRecord) {
        let keptCount = unsafe old.tally.count - job.droppedCount
        for block in job.replaced { retireBlock(block) }
        let packed = unsafe old.packed
        if packed.blockCount > 0 {
            unsafe BlockDirectory.retire(packed.directory, in: blocks, group: group)
        }
        if keptCount == 0 {
            drop(job.number)
            return
        }
        if job.entries.isEmpty, let single = unsafe compaction.packer.single {
            unsafe record.state = single
            return
        }
        unsafe encoder.removeAll()
        let last = unsafe compaction.packer.last
        unsafe compaction.packer.encode(into: &encoder, code)
        var kept = PostingList.Packed()
        if !job.entries.isEmpty {
            kept.directory = unsafe BlockDirectory.make(job.entries, in: blocks)
            kept.blockCount = UInt32(job.entries.count)
        }
        let room = unsafe encoder.postings.count + encoder.places.count
        let state = PostingState(
            list: unsafe PostingList.make(count: keptCount, room: room, packed: kept, in: tails))
        let new = unsafe list(state)
        unsafe new.append(
            encoder.postings.bytes, encoder.places.bytes, count: keptCount, last: last)
        let deadCount = unsafe max(0, old.deadCount - job.droppedCount)
        unsafe new.deadCount = deadCount
        if Compaction.isWorthwhile(deadCount, of: keptCount) {
            unsafe new.isQueued = true
            unsafe compaction.append(job.number, group: group)
        }
        unsafe record.state = state
    }

    /// Lets go of a term that is in no document that a view may see.
    private func drop(_ number: UInt32) {
        let record = unsafe terms.record(number)
        unsafe record.state = .none
        _ = unsafe withKey(terms.text(number)) { unsafe tree.remove($0) }
        terms.remove(number, group: group)
    }

    /// Lets go of a term that no view has seen, and of its list.
    func discard(_ number: UInt32) {
        let state = unsafe terms.record(number).state
        if unsafe compaction.job?.number == number { unsafe compaction.job = nil }
        drop(number)
        if state.isNone || state.isSingle { return }
        let packed = unsafe list(state).packed
        if packed.blockCount > 0 {
            let entries = unsafe BlockDirectory(blocks.address(packed.directory)).entries
            for index in 0..<Int(packed.blockCount) {
                unsafe retireBlock(entries[index].block)
            }
            unsafe BlockDirectory.retire(packed.directory, in: blocks, group: group)
        }
        retireList(state)
    }

    private func retireBlock(_ block: UInt32) {
        // Safe: a block says itself how long it is, and nobody writes to it any more.
        let byteCount = unsafe PackedBlock(UnsafeRawPointer(blocks.address(block))).byteCount
        blocks.retire(block, byteCount: byteCount, group: group)
    }
}
