internal import TufaIndex

extension TextIndex {
    /// Packs the tail of a term, which has as many postings as a block; readers go on with what
    /// they had.
    ///
    /// - Complexity: O(occurrences in a block); once in as many postings as a block has.
    @unsafe
    func packTail(of record: TermRecord) {
        let state = unsafe record.state
        let old = unsafe list(state)
        let packed = unsafe old.packed
        let last = lastPacked(packed)
        unsafe packer.begin(after: last)
        var cursor = unsafe TailCursor(old, after: last, code: code)
        while unsafe !packer.isFull {
            unsafe cursor.next()
            unsafe packer.add(cursor.document)
            unsafe cursor.forEachField { field, count in
                unsafe packer.add(count: count, field: field)
            }
            unsafe packer.addPlaces { unsafe cursor.forEachPlace($0) }
        }
        let next = PostingState(
            list: unsafe PostingList.make(
                count: old.tally.count, room: 0, packed: append(packer, to: packed), in: tails))
        unsafe list(next).copyCounts(old)
        // Readers that hold the old list still read the tail that belongs to it.
        unsafe record.state = next
        retireList(state)
    }

    /// The last document of packed blocks.
    func lastPacked(_ packed: PostingList.Packed) -> UInt32 {
        guard packed.blockCount > 0 else { return 0 }
        // Safe: the directory has as many blocks as were counted.
        return unsafe BlockDirectory(blocks.address(packed.directory))
            .entries[Int(packed.blockCount) - 1].last
    }

    /// Writes the block that a packer holds and adds it to others.
    func append(
        _ packer: borrowing PostingPacker, to packed: PostingList.Packed
    ) -> PostingList.Packed {
        let directory = unsafe BlockDirectory.append(
            writeBlock(of: packer), to: packed.directory, in: blocks, group: group)
        return PostingList.Packed(directory: directory, blockCount: packed.blockCount + 1)
    }

    /// Writes the block that a packer holds.
    func writeBlock(of packer: borrowing PostingPacker) -> BlockDirectory.Entry {
        let number = averages.current(liveCount, totalTokens, fieldCount)
        return BlockDirectory.Entry(
            last: packer.last, block: packer.write(to: blocks, fieldCount: fieldCount),
            share: greatestShare(of: packer, with: averages[number]), averages: number)
    }

    /// The greatest share of a packer's postings, rounded up.
    private func greatestShare(
        of packer: borrowing PostingPacker, with slopes: SIMD8<Double>
    ) -> Float {
        let ranking = Ranking(weights: weights, slopes: slopes, documentCount: liveCount)
        var greatest = 0.0
        var share = 0.0
        var last: UInt32 = 0
        packer.forEachCount { document, field, count in
            if document != last {
                share = 0
                last = document
            }
            share += ranking.share(
                field: field, count: count,
                tokenCount: documents.tokenCount(document, field: field))
            greatest = max(greatest, share)
        }
        return Float(greatest).nextUp
    }
}
