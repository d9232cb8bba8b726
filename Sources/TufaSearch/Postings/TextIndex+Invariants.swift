internal import TufaIndex

extension TextIndex {
    /// What is wrong with what a view sees; nil when everything is in order.
    ///
    /// Terms ascend, each term's documents ascend, occurrences and places add up to the documents'
    /// lengths, counts agree, and every document is of a row of its own that `isAlive` knows.
    /// - Complexity: O(postings).
    package func problem(
        roots: TextRoots, position: UInt64, isAlive: (_ row: UInt32) -> Bool
    ) -> String? {
        beginReading()
        if let problem = tree.problem(in: roots.terms, at: .max) { return "terms: \(problem)" }
        var rows: Set<UInt32> = []
        var totals = SIMD8<UInt64>(repeating: 0)
        for document in 1..<max(1, roots.documentLimit)
        where documents.isAlive(document, at: position) {
            let row = documents.row(document)
            if !rows.insert(row).inserted { return "row \(row) has two documents" }
            if !isAlive(row) { return "document \(document) is of row \(row), which is not there" }
            for field in 0..<fieldCount {
                totals[field] &+= UInt64(documents.tokenCount(document, field: field))
            }
        }
        if rows.count != roots.liveCount {
            return "\(rows.count) documents live and \(roots.liveCount) are counted"
        }
        if totals != roots.totalTokens { return "the tokens are not as many as counted" }
        return problemOfPostings(roots: roots, position: position)
    }

    private func problemOfPostings(roots: TextRoots, position: UInt64) -> String? {
        var found = Array(
            repeating: SIMD8<UInt32>(repeating: 0), count: Int(roots.documentLimit))
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: PostingCursor.memoryCount(fieldCount: fieldCount))
        defer { unsafe memory.deallocate() }
        var cursor = TreeCursor(tree, root: roots.terms, position: .max)
        while let number = cursor.next() {
            if let problem = unsafe problem(ofTerm: number, roots: roots, memory, &found) {
                let text = unsafe String(decoding: terms.text(number), as: UTF8.self)
                return "term \(text): \(problem)"
            }
        }
        // Of a dead document some postings may be gone.
        for document in 1..<max(1, roots.documentLimit)
        where documents.isAlive(document, at: position) {
            for field in 0..<fieldCount
            where found[Int(document)][field] != documents.tokenCount(document, field: field) {
                return "document \(document) has other words than its length says"
            }
        }
        return nil
    }

    @unsafe
    private func problem(
        ofTerm number: UInt32, roots: TextRoots, _ memory: UnsafeMutablePointer<UInt32>,
        _ found: inout [SIMD8<UInt32>]
    ) -> String? {
        let record = unsafe terms.record(number)
        var cursor = unsafe PostingCursor(
            record, in: blocks, tails, limit: roots.documentLimit, code: code, memory: memory)
        var readCount = 0
        var last: UInt32 = 0
        unsafe cursor.next(in: blocks)
        while unsafe cursor.document != PostingCursor.atEnd {
            let document = unsafe cursor.document
            if document <= last { return "documents do not ascend" }
            last = document
            var occurrenceCount: UInt32 = 0
            unsafe cursor.forEachField { field, count in
                found[Int(document)][field] &+= count
                occurrenceCount &+= count
            }
            readCount += 1
            var lastField = -1
            var lastPosition: UInt32 = 0
            var placeCount: UInt32 = 0
            var isAscending = true
            unsafe cursor.forEachPlace { field, position in
                if field != lastField { lastPosition = 1 }
                isAscending = isAscending && position >= lastPosition && field >= lastField
                lastField = field
                lastPosition = position
                placeCount += 1
            }
            if !isAscending { return "places do not ascend in document \(document)" }
            if placeCount != occurrenceCount { return "places are missing" }
            unsafe cursor.next(in: blocks)
        }
        let tally = tally(ofTerm: number)
        if last > tally.last || readCount > tally.count {
            return "there are more postings than counted"
        }
        return nil
    }
}
