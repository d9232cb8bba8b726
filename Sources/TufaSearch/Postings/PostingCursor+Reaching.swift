/// Moves over postings that cannot have a share, looking at their counts and rough lengths only.
extension PostingCursor {
    /// At least the share of the posting at the cursor over some of the fields.
    @inline(__always)
    func greatestShare(
        _ shares: borrowing ShareTable, _ fields: UInt8, in documents: DocumentTable
    ) -> Float {
        let codes = unsafe documents.lengthCodes(document)
        if let count = unsafe onlyCount {
            return unsafe shares.greatestShare(field: 0, count: count, code: codes.pointee)
        }
        var share: Float = 0
        unsafe forEachField { field, count in
            if fields &>> UInt8(field) & 1 == 0 { return }
            share += unsafe shares.greatestShare(field: field, count: count, code: codes[field])
        }
        return share
    }

    /// Moves, from the posting at the cursor on, to the first of a document of at most `last` that
    /// has one of the fields and whose share may be `least` or more; false where there is none.
    ///
    /// `last` lies in the block that the cursor is in. Without a posting to find, the cursor stands
    /// at the last of the block, or at the first behind `last`.
    /// - Complexity: O(postings passed over · fields).
    mutating func reach(
        _ least: Float, _ shares: borrowing ShareTable, _ fields: UInt8, upTo last: UInt32,
        in documents: DocumentTable
    ) -> Bool {
        if unsafe at == PackedBlock.postingCount {
            return unsafe reachInTail(least, shares, fields, upTo: last, in: documents)
        }
        if unsafe fieldCount == 1 {
            return unsafe reachInBlock(least, shares, upTo: last, in: documents)
        }
        return unsafe reachInFields(least, shares, fields, upTo: last, in: documents)
    }

    private mutating func reachInTail(
        _ least: Float, _ shares: borrowing ShareTable, _ fields: UInt8, upTo last: UInt32,
        in table: DocumentTable
    ) -> Bool {
        while unsafe document <= last, unsafe document != Self.atEnd {
            if unsafe fieldMask & fields != 0,
                unsafe greatestShare(shares, fields, in: table) >= least
            {
                return true
            }
            unsafe nextInTail()
        }
        return false
    }

    private mutating func reachInBlock(
        _ least: Float, _ shares: borrowing ShareTable, upTo last: UInt32, in table: DocumentTable
    ) -> Bool {
        let block = unsafe block
        let counts = unsafe counts
        return unsafe scan(upTo: last) { index, document in
            unsafe shares.greatestShare(
                field: 0, count: block.count(index, counts, fieldCount: 1),
                code: table.lengthCodes(document).pointee)
                >= least
        }
    }

    private mutating func reachInFields(
        _ least: Float, _ shares: borrowing ShareTable, _ fields: UInt8, upTo last: UInt32,
        in table: DocumentTable
    ) -> Bool {
        let block = unsafe block
        let counts = unsafe counts
        let documents = unsafe documents
        let fieldCount = unsafe fieldCount
        var countIndex = unsafe block.countsBefore(at, fieldCount: fieldCount)
        return unsafe scan(upTo: last) { index, document in
            let ahead = index &+ Self.lengthsAhead
            if ahead < PackedBlock.postingCount { unsafe table.prefetchLengths(documents[ahead]) }
            let codes = unsafe table.lengthCodes(document)
            var mask = unsafe block.mask(index, fieldCount: fieldCount)
            let isOfField = mask & UInt32(fields) != 0
            var share: Float = 0
            while mask != 0 {
                let field = mask.trailingZeroBitCount
                if fields &>> UInt8(field) & 1 != 0 {
                    share += unsafe shares.greatestShare(
                        field: field,
                        count: block.count(countIndex, counts, fieldCount: fieldCount),
                        code: codes[field])
                }
                mask &= mask &- 1
                countIndex &+= 1
            }
            return isOfField && share >= least
        }
    }

    /// For how many postings ahead lengths are on their way: looking at so many takes about as long
    /// as memory does.
    #if DEBUG
        // Less than the postings of a small block.
        @safe private static let lengthsAhead = 3
    #else
        @safe private static let lengthsAhead = 16
    #endif

    /// Moves within the block to the first posting from the cursor on, of a document of at most
    /// `last`, that is enough.
    @inline(__always)
    private mutating func scan(
        upTo last: UInt32, _ isEnough: (_ index: Int, _ document: UInt32) -> Bool
    ) -> Bool {
        var index = unsafe at
        var isFound = false
        while index < PackedBlock.postingCount {
            let document = unsafe documents[index]
            if unsafe document > last || document >= limit { break }
            isFound = isEnough(index, document)
            if isFound { break }
            index &+= 1
        }
        unsafe at = min(index, PackedBlock.postingCount &- 1)
        unsafe settle(documents[at])
        return isFound
    }
}
