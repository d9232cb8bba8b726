internal import TufaBytes
internal import TufaIndex

extension TextIndex {
    /// For each row with a live document, a digest of its words: which, in which field, where.
    ///
    /// Two indexes give the same digests where they hold the same words of the same rows, whatever
    /// the numbers of their documents and terms are.
    /// - Complexity: O(places of all words).
    package func digests(roots: TextRoots, position: UInt64) -> [UInt32: UInt64] {
        beginReading()
        var digests: [UInt32: UInt64] = [:]
        for document in 1..<max(1, roots.documentLimit)
        where documents.isAlive(document, at: position) {
            var digest: UInt64 = 0
            for field in 0..<fieldCount {
                let count = UInt64(documents.tokenCount(document, field: field))
                digest &+= Self.mixed(count &+ 1, UInt64(field), 0)
            }
            digests[documents.row(document), default: 0] &+= digest
        }
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: PostingCursor.memoryCount(fieldCount: fieldCount))
        defer { unsafe memory.deallocate() }
        var cursor = TreeCursor(tree, root: roots.terms, position: .max)
        while let number = cursor.next() {
            let term = unsafe SipHash128.hash(key: (0, 0), terms.text(number)).0
            unsafe addPlaces(ofTerm: number, term, roots, position, memory, to: &digests)
        }
        return digests
    }

    @unsafe
    private func addPlaces(
        ofTerm number: UInt32, _ term: UInt64, _ roots: TextRoots, _ position: UInt64,
        _ memory: UnsafeMutablePointer<UInt32>, to digests: inout [UInt32: UInt64]
    ) {
        var cursor = unsafe PostingCursor(
            terms.record(number), in: blocks, tails, limit: roots.documentLimit, code: code,
            memory: memory)
        unsafe cursor.next(in: blocks)
        while unsafe cursor.document != PostingCursor.atEnd {
            let document = unsafe cursor.document
            if documents.isAlive(document, at: position) {
                var digest: UInt64 = 0
                unsafe cursor.forEachPlace { field, place in
                    digest &+= Self.mixed(term, UInt64(field), UInt64(place))
                }
                digests[documents.row(document), default: 0] &+= digest
            }
            unsafe cursor.next(in: blocks)
        }
    }

    /// Three numbers made one, as the finalizer of SplitMix64 (Steele, Lea and Flood 2014) does it.
    private static func mixed(_ term: UInt64, _ field: UInt64, _ place: UInt64) -> UInt64 {
        var word = term &+ (field << 32 | place) &* 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
