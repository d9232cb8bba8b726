internal import CTufa
internal import TufaIndex

/// Looks at the documents of a packed block all together, without a step from one to the next.
extension PostingCursor {
    /// Whether the posting of the last ``bound(from:)`` is in a packed block.
    var isBoundPacked: Bool { @inline(__always) get { unsafe boundIndex < blockCount } }

    /// Asks the processor to fetch the packed block of the last ``bound(from:)``, as far as its
    /// documents and counts mostly reach.
    @inline(__always)
    func prefetchBound(in blocks: ByteArena) {
        if unsafe blockIndex == boundIndex { return }
        let block = unsafe blocks.address(details[boundIndex].block)
        for line in 0..<3 { unsafe tufa_prefetch(block + line &* 64) }
    }

    /// Enters the packed block of the last ``bound(from:)``; the cursor then stands before its
    /// first posting, if it was not in the block already.
    ///
    /// - Complexity: O(postings of a block).
    @inline(__always)
    mutating func enterBound(in blocks: ByteArena) {
        if unsafe blockIndex != boundIndex { unsafe enter(boundIndex, in: blocks) }
    }

    /// Moves to a place of the block.
    @inline(__always)
    mutating func move(to place: Int) {
        unsafe at = place
        unsafe settle(documents[place])
    }

    /// Where the first document of at least `target` is in the block; how many there are where
    /// there is none.
    ///
    /// - Complexity: O(log postings of a block).
    @inline(__always)
    func place(of target: UInt32) -> Int {
        let last = unsafe documents[PackedBlock.postingCount &- 1]
        return last < target ? PackedBlock.postingCount : unsafe placeWithin(target)
    }

    /// The same where the block has such a document.
    @inline(__always)
    private func placeWithin(_ target: UInt32) -> Int {
        var low = 0
        var half = PackedBlock.postingCount / 2
        while half > 0 {
            // By the sign and not by a branch: searches for several targets overlap then.
            let difference = unsafe Int(documents[low &+ half &- 1]) &- Int(target)
            low &+= difference &>> (Int.bitWidth - 1) & half
            half &>>= 1
        }
        return low
    }

    /// The first document of at least `target` in the block; `target` itself where that is not
    /// known without reading another block.
    @inline(__always)
    func nextDocument(from target: UInt32) -> UInt32 {
        guard unsafe blockIndex >= 0, unsafe blockIndex < blockCount else { return target }
        let place = unsafe place(of: target)
        guard place < PackedBlock.postingCount else { return target }
        let document = unsafe documents[place]
        return unsafe document < limit ? document : Self.atEnd
    }

    /// The places of the documents from `first` to `last` that the view may see.
    @inline(__always)
    func visibleRange(from first: UInt32, to last: UInt32) -> Range<Int> {
        let start = unsafe place(of: first)
        let end = unsafe place(of: min(last, limit &- 1) &+ 1)
        return start..<max(start, end)
    }

    /// Whether documents of the block are beyond what the view may see.
    var isBlockBeyondLimit: Bool {
        unsafe documents[PackedBlock.postingCount &- 1] >= limit
    }

    /// Writes at least the share of each of some places to where it belongs; gives the greatest.
    ///
    /// The index has one field.
    /// - Complexity: O(postings of a block).
    func greatestShares(
        of range: Range<Int>, _ shares: borrowing ShareTable, in table: DocumentTable,
        into found: UnsafeMutablePointer<Float>
    ) -> Float {
        let (block, documents, counts) = unsafe (block, documents, counts)
        var greatest: Float = 0
        for place in range {
            let share = unsafe shares.greatestShare(
                field: 0, count: block.count(place, counts, fieldCount: 1),
                code: table.lengthCodes(documents[place]).pointee)
            unsafe found[place] = share
            greatest = max(greatest, share)
        }
        return greatest
    }

    /// Writes the places of the documents from `first` to `last` that have one of the fields and
    /// whose share may be `least` or more; gives how many there are.
    ///
    /// - Complexity: O(postings of a block · fields).
    func candidates(
        from first: UInt32, to last: UInt32, _ least: Float, _ shares: borrowing ShareTable,
        _ fields: UInt8, in table: DocumentTable, into places: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let range = unsafe visibleRange(from: first, to: last)
        if unsafe fieldCount > 1 {
            return unsafe candidatesOfFields(
                range, least, shares, fields, in: table, into: places)
        }
        let (block, documents, counts) = unsafe (block, documents, counts)
        // Numbers that are not negative are in the order of their bits.
        let leastBits = Int(max(0, least).bitPattern)
        var count = 0
        for place in range {
            let share = unsafe shares.greatestShare(
                field: 0, count: block.count(place, counts, fieldCount: 1),
                code: table.lengthCodes(documents[place]).pointee)
            // Written in any case and counted by a sign, there is no branch to foresee.
            unsafe places[count] = UInt8(truncatingIfNeeded: place)
            count &+= 1 &+ (Int(share.bitPattern) &- leastBits) &>> (Int.bitWidth - 1)
        }
        return count
    }

    private func candidatesOfFields(
        _ range: Range<Int>, _ least: Float, _ shares: borrowing ShareTable,
        _ fields: UInt8, in table: DocumentTable, into places: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var count = 0
        var countIndex = unsafe block.countsBefore(range.lowerBound, fieldCount: fieldCount)
        for place in range {
            let codes = unsafe table.lengthCodes(documents[place])
            var mask = unsafe block.mask(place, fieldCount: fieldCount)
            let isOfField = mask & UInt32(fields) != 0
            var share: Float = 0
            while mask != 0 {
                let field = mask.trailingZeroBitCount
                if fields &>> UInt8(field) & 1 != 0 {
                    share += unsafe shares.greatestShare(
                        field: field, count: self.count(countIndex), code: codes[field])
                }
                mask &= mask &- 1
                countIndex &+= 1
            }
            unsafe places[count] = UInt8(truncatingIfNeeded: place)
            count &+= isOfField && share >= least ? 1 : 0
        }
        return count
    }

    /// Keeps of `count` places of documents those that this block has too, with one of the fields,
    /// and writes where; gives how many there are.
    ///
    /// `rows` has rows of ``PackedBlock/postingCount`` places, of which the first `rowCount` are
    /// kept and the next one is written; the documents are those of the first row. None of them is
    /// behind the last document of this block.
    /// - Complexity: O(count · log postings of a block); with a table O(count), and once a block
    ///   O(postings of a block).
    func meet(
        _ rows: UnsafeMutablePointer<UInt8>, rowCount: Int, _ count: Int,
        of others: UnsafePointer<UInt32>, _ fields: UInt8, _ table: inout PlaceTable
    ) -> Int {
        let lookup = unsafe table.fill(documents, ofBlock: blockIndex, toLookUp: count)
        guard let lookup = unsafe lookup else {
            return unsafe meet(rows, rowCount: rowCount, count, of: others, fields)
        }
        return unsafe meet(rows, rowCount, count, others, fields) { unsafe lookup.place(of: $0) }
    }

    /// The same without a table.
    func meet(
        _ rows: UnsafeMutablePointer<UInt8>, rowCount: Int, _ count: Int,
        of others: UnsafePointer<UInt32>, _ fields: UInt8
    ) -> Int {
        unsafe meet(rows, rowCount, count, others, fields) { unsafe placeWithin($0) }
    }

    @inline(__always)
    private func meet(
        _ rows: UnsafeMutablePointer<UInt8>, _ rowCount: Int, _ count: Int,
        _ others: UnsafePointer<UInt32>, _ fields: UInt8, _ placeOf: (UInt32) -> Int
    ) -> Int {
        let stride = PackedBlock.postingCount
        let own = unsafe rows + rowCount &* stride
        var kept = 0
        for index in 0..<count {
            let target = unsafe others[Int(rows[index])]
            let place = placeOf(target)
            for row in 0..<rowCount {
                unsafe rows[row &* stride &+ kept] = rows[row &* stride &+ index]
            }
            unsafe own[kept] = UInt8(truncatingIfNeeded: place)
            // One less than the difference has its highest bit where there is none.
            let difference = unsafe UInt64(documents[place] ^ target)
            kept &+= Int(truncatingIfNeeded: (difference &- 1) &>> 63)
        }
        if fields == .max { return kept }
        let found = kept
        kept = 0
        for index in 0..<found {
            let mask = unsafe block.mask(Int(own[index]), fieldCount: fieldCount)
            for row in 0...rowCount {
                unsafe rows[row &* stride &+ kept] = rows[row &* stride &+ index]
            }
            kept &+= mask & UInt32(fields) != 0 ? 1 : 0
        }
        return kept
    }
}
