internal import TufaIndex

extension SearchPlan {
    /// Calls `body` with each matching document that the view sees and the filter lets pass, in
    /// ascending order.
    func forEachMatch(filter: ((UInt32) -> Bool)?, _ body: (UInt32) -> Void) {
        var document = advance(root, to: 1)
        while document != PostingCursor.atEnd {
            if isVisible(document, filter) { body(document) }
            document = advance(root, to: document &+ 1)
        }
    }

    @inline(__always)
    func isVisible(_ document: UInt32, _ filter: ((UInt32) -> Bool)?) -> Bool {
        guard isWithoutDead || documents.isAlive(document, at: position) else { return false }
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
