extension SearchPlan {
    /// The score of a node in the document that it is at.
    ///
    /// Parts are added in the order of the query, so equal documents have equal scores.
    func score(_ number: Int, in document: UInt32) -> Double {
        let node = unsafe nodes + number
        switch unsafe node.pointee.kind {
        case .nothing, .everything:
            return 0
        case .term:
            return unsafe score(
                cursors + node.pointee.cursor, weight: node.pointee.weight, node.pointee.fields)
        case .gathered:
            return unsafe node.pointee.set.unsafelyUnwrapped.score(document)
        case .phrase, .near:
            return unsafe phraseScore(node)
        case .all, .any:
            // In a node of kind `all`, every child is at the document.
            let children = unsafe node.pointee.children
            var total = 0.0
            for index in 0..<children.count {
                let child = Int(unsafe children[index])
                if unsafe nodes[child].document == document {
                    total += score(child, in: document)
                }
            }
            return total
        }
    }

    /// The score of a term in the document that its cursor is at.
    @inline(__always) @unsafe
    func score(
        _ cursor: UnsafePointer<PostingCursor>, weight: Double, _ fields: UInt8 = .max
    ) -> Double {
        unsafe ranking.score(weight: weight, share: share(cursor, fields))
    }

    /// The share of a term in the document that its cursor is at, over some of the fields.
    @inline(__always) @unsafe
    func share(_ cursor: UnsafePointer<PostingCursor>, _ fields: UInt8) -> Double {
        let document = unsafe cursor.pointee.document
        if let count = unsafe cursor.pointee.onlyCount {
            return shares.share(
                field: 0, count: count, tokenCount: tokenCount(document, field: 0))
        }
        var share = 0.0
        unsafe cursor.pointee.forEachField { field, count in
            if fields &>> UInt8(field) & 1 == 0 { return }
            share += shares.share(
                field: field, count: count,
                tokenCount: tokenCount(document, field: field))
        }
        return share
    }

    /// Tokens of a document in one field: where its rough length is exact, what that says, since it
    /// is in the cache more often than the document's record.
    @inline(__always)
    func tokenCount(_ document: UInt32, field: Int) -> UInt32 {
        let code = unsafe documents.lengthCodes(document)[field]
        return code < LengthCode.exactLimit
            ? UInt32(code) : documents.tokenCount(document, field: field)
    }

    /// At least the score of a node in the document that it is at, by rough lengths; infinite where
    /// they say nothing.
    @unsafe
    func greatestScore(_ node: UnsafePointer<SearchNode>) -> Double {
        switch unsafe node.pointee.kind {
        case .term:
            return unsafe ranking.greatestScore(
                weight: node.pointee.weight,
                share: greatestShare(node, node.pointee.fields))
        case .phrase:
            // A phrase is in a field at most as often as each of its terms.
            let children = unsafe node.pointee.children
            var least = Double.infinity
            for index in 0..<children.count {
                let child = unsafe nodes + Int(children[index])
                least = min(least, unsafe greatestShare(child, node.pointee.fields))
            }
            return unsafe ranking.greatestScore(weight: node.pointee.weight, share: least)
        case .all:
            let children = unsafe node.pointee.children
            var sum = 0.0
            for index in 0..<children.count {
                sum += unsafe greatestScore(nodes + Int(children[index]))
            }
            return sum
        case .nothing, .everything, .near, .gathered, .any:
            return .infinity
        }
    }

    /// At least the share of a term in the document that its cursor is at.
    @inline(__always) @unsafe
    private func greatestShare(_ node: UnsafePointer<SearchNode>, _ fields: UInt8) -> Double {
        let cursor = unsafe cursors + node.pointee.cursor
        return unsafe Double(cursor.pointee.greatestShare(shares, fields, in: documents))
    }

    @unsafe
    private func phraseScore(_ node: UnsafeMutablePointer<SearchNode>) -> Double {
        var share = 0.0
        for field in 0..<index.fieldCount {
            let count = unsafe node.pointee.phraseCounts[field]
            if count == 0 { continue }
            share += unsafe shares.share(
                field: field, count: count,
                tokenCount: tokenCount(node.pointee.document, field: field))
        }
        return unsafe ranking.score(weight: node.pointee.weight, share: share)
    }
}
