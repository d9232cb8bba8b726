internal import TufaIndex

extension TextIndex {
    /// Packs the tail of a term, which has as many postings as a block; readers go on with what
    /// they had.
    ///
    /// - Complexity: O(occurrences in a block); once in as many postings as a block has.
    @unsafe
    func packTail(of record: TermRecord) {
        let extent = unsafe record.extent(in: blocks)
        unsafe packer.begin(after: lastPacked(extent))
        var cursor = unsafe TailCursor(extent.end, in: tails, code: code)
        while unsafe !packer.isFull {
            unsafe cursor.next()
            unsafe packer.add(cursor.document)
            unsafe cursor.forEachField { field, count in
                unsafe packer.add(count: count, field: field)
            }
            var lastField = -1
            var last: UInt32 = 0
            unsafe cursor.forEachPlace { field, position in
                if field != lastField { last = 0 }
                unsafe packer.add(placeStep: position &- last)
                lastField = field
                last = position
            }
        }
        unsafe publishPacked(to: record)
        // Readers that hold the old end still read the tail that it belongs to.
        unsafe record.end = TermRecord.End(bits: 0)
        retireTail(extent.end.block)
    }

    /// The last document of the packed blocks.
    private func lastPacked(_ extent: TermRecord.Extent) -> UInt32 {
        guard extent.blockCount > 0 else { return 0 }
        // Safe: the directory of an extent has its blocks.
        return unsafe BlockDirectory(blocks.address(extent.directory))
            .entries[extent.blockCount - 1].last
    }

    /// Writes the block that the packer holds and adds it to the term's directory.
    @unsafe
    func publishPacked(to record: TermRecord) {
        let number = averages.current(liveCount, totalTokens, fieldCount)
        let entry = unsafe BlockDirectory.Entry(
            last: packer.last, block: packer.write(to: blocks, fieldCount: fieldCount),
            share: greatestShare(with: averages[number]), averages: number)
        unsafe record.directory = BlockDirectory.append(
            entry, to: record.directory, in: blocks, group: group)
    }

    /// The greatest share of the packer's postings, rounded up.
    private func greatestShare(with slopes: SIMD8<Double>) -> Float {
        let ranking = Ranking(weights: weights, slopes: slopes, documentCount: liveCount)
        var greatest = 0.0
        var share = 0.0
        var last: UInt32 = 0
        unsafe packer.forEachCount { document, field, count in
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

    /// Lets a tail go that another one or a packed block has taken the place of.
    func retireTail(_ reference: UInt32) {
        let byteCount = unsafe TailBlock(tails.address(reference)).byteCount
        tails.retire(reference, byteCount: byteCount, group: group)
    }
}
