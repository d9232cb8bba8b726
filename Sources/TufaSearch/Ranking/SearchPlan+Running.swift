internal import TufaIndex

extension SearchPlan {
    /// Calls `body` with each matching document that the view sees and the filter lets pass, in
    /// ascending order, and with its score.
    @inline(__always)
    func forEachMatch(
        filter: ((UInt32) -> Bool)?, isScored: Bool, _ body: (UInt32, Double) -> Void
    ) {
        if unsafe nodes[root].kind == .term {
            forEachMatchOfTerm(filter: filter, isScored: isScored, body)
            return
        }
        var document = advance(root, to: 1)
        while document != PostingCursor.atEnd {
            if isVisible(document, filter) {
                statistics.documentsMatched &+= 1
                body(document, isScored ? score(root, in: document) : 0)
            }
            document = advance(root, to: document &+ 1)
        }
    }

    /// The same for a query that is one term, with the cursor in registers.
    @inline(__always)
    private func forEachMatchOfTerm(
        filter: ((UInt32) -> Bool)?, isScored: Bool, _ body: (UInt32, Double) -> Void
    ) {
        let node = unsafe nodes[root]
        var cursor = unsafe cursors[node.cursor]
        let weight = unsafe node.weight
        var matched = 0
        unsafe cursor.next(in: blocks)
        while unsafe cursor.document != PostingCursor.atEnd {
            if unsafe isVisible(cursor.document, filter) {
                matched &+= 1
                unsafe body(cursor.document, isScored ? score(cursor, weight: weight) : 0)
            }
            unsafe cursor.next(in: blocks)
        }
        unsafe cursors[node.cursor] = cursor
        statistics.documentsMatched += matched
    }

    @inline(__always)
    private func isVisible(_ document: UInt32, _ filter: ((UInt32) -> Bool)?) -> Bool {
        guard documents.isAlive(document, at: position) else { return false }
        guard let filter else { return true }
        return filter(documents.row(document))
    }

    /// What the query took, once it has run.
    var finalStatistics: SearchStatistics {
        var final = statistics
        for index in 0..<cursorCount { unsafe final.postingsRead += cursors[index].readCount }
        return final
    }
}
