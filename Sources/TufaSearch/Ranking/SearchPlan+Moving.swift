internal import TufaIndex

extension SearchPlan {
    /// Moves a node to its first document that is at least `target`, if it is not there already.
    func advance(_ number: Int, to target: UInt32) -> UInt32 {
        let node = unsafe nodes + number
        if unsafe node.pointee.document >= target { return unsafe node.pointee.document }
        let document: UInt32
        switch unsafe node.pointee.kind {
        case .nothing:
            document = PostingCursor.atEnd
        case .everything:
            document = target < roots.documentLimit ? target : PostingCursor.atEnd
        case .term:
            document = unsafe advanceTerm(node, to: target)
        case .gathered:
            document = unsafe node.pointee.set.unsafelyUnwrapped.first(atLeast: target)
        case .any:
            document = unsafe advanceAny(node.pointee.children, to: target)
        case .all:
            document = unsafe advanceAll(node, to: target)
        case .phrase, .near:
            document = unsafe advancePhrase(node, to: target)
        }
        unsafe node.pointee.document = document
        return document
    }

    /// Moves the cursor of a term to its first document that is at least `target`, if it is not
    /// there already.
    @inline(__always) @unsafe
    func advanceTerm(
        _ node: UnsafeMutablePointer<SearchNode>, to target: UInt32
    ) -> UInt32 {
        let cursor = unsafe cursors + node.pointee.cursor
        let fields = unsafe node.pointee.fields
        unsafe cursor.pointee.advance(to: target, in: blocks)
        if fields != .max {
            while unsafe cursor.pointee.document != PostingCursor.atEnd
                && cursor.pointee.fieldMask & fields == 0
            {
                unsafe cursor.pointee.next(in: blocks)
            }
        }
        return unsafe cursor.pointee.document
    }

    @unsafe
    private func advanceAny(
        _ children: UnsafeMutableBufferPointer<Int32>, to target: UInt32
    ) -> UInt32 {
        var least = PostingCursor.atEnd
        for index in 0..<children.count {
            least = min(least, advance(Int(unsafe children[index]), to: target))
        }
        return least
    }

    /// The first document at or after `target` that all of `walk` have; the first leads.
    @unsafe @inline(__always)
    private func meet(
        _ walk: UnsafeMutableBufferPointer<Int32>, at target: UInt32
    ) -> UInt32 {
        var candidate = target
        var index = 0
        while index < walk.count {
            let document = advance(Int(unsafe walk[index]), to: candidate)
            if document == PostingCursor.atEnd { return document }
            // A step further sends the others, the leader too, after it.
            index = document == candidate || index == 0 ? index &+ 1 : 0
            candidate = document
        }
        return candidate
    }

    @unsafe
    private func advanceAll(
        _ node: UnsafeMutablePointer<SearchNode>, to target: UInt32
    ) -> UInt32 {
        let excluded = unsafe node.pointee.excluded
        var candidate = target
        while true {
            candidate = unsafe meet(node.pointee.walk, at: candidate)
            if candidate == PostingCursor.atEnd { return candidate }
            var isExcluded = false
            for index in 0..<excluded.count where !isExcluded {
                isExcluded = advance(Int(unsafe excluded[index]), to: candidate) == candidate
            }
            if !isExcluded { return candidate }
            candidate &+= 1
        }
    }

    @unsafe
    private func advancePhrase(
        _ node: UnsafeMutablePointer<SearchNode>, to target: UInt32
    ) -> UInt32 {
        var candidate = target
        while true {
            candidate = unsafe meet(node.pointee.walk, at: candidate)
            if candidate == PostingCursor.atEnd { return candidate }
            if unsafe findPhrase(node) { return candidate }
            candidate &+= 1
        }
    }

    /// Counts how often a phrase is in the document that all its terms are at.
    @unsafe
    func findPhrase(_ node: UnsafeMutablePointer<SearchNode>) -> Bool {
        if unsafe node.pointee.kind == .near { return unsafe findNear(node) }
        if let isFound = unsafe findOnce(node) {
            unsafe node.pointee.phraseCounts = [isFound ? 1 : 0, 0, 0, 0, 0, 0, 0, 0]
            return isFound
        }
        let fields = unsafe node.pointee.fields
        let children = unsafe node.pointee.children
        for index in 0..<children.count {
            let child = Int(unsafe children[index])
            let cursor = unsafe cursors + nodes[child].cursor
            unsafe places.begin(isFirst: index == 0)
            let offset = unsafe node.pointee.offsets[index]
            unsafe cursor.pointee.forEachPlace { field, position in
                if fields &>> UInt8(field) & 1 == 0 { return }
                unsafe places.add(field: field, position: position, offset: offset)
            }
            if unsafe places.end() == 0 { return false }
        }
        unsafe node.pointee.phraseCounts = places.countsByField()
        return true
    }

    /// Whether the terms of a phrase stand as it asks, where the document has each of them once;
    /// nil where that is not known.
    @unsafe
    private func findOnce(_ node: UnsafeMutablePointer<SearchNode>) -> Bool? {
        if index.fieldCount > 1 { return nil }
        let children = unsafe node.pointee.children
        var start: Int64?
        for index in 0..<children.count {
            let cursor = unsafe cursors + nodes[Int(children[index])].cursor
            guard let place = unsafe cursor.pointee.onlyPlace() else { return nil }
            let own = unsafe Int64(place) &- Int64(node.pointee.offsets[index])
            if let start, own != start { return false }
            start = own
        }
        return true
    }

    /// Counts how often the terms of a group are near each other in the document.
    @unsafe
    private func findNear(_ node: UnsafeMutablePointer<SearchNode>) -> Bool {
        let fields = unsafe node.pointee.fields
        let children = unsafe node.pointee.children
        var windows = WindowCounter(termCount: children.count)
        for index in 0..<children.count {
            let cursor = unsafe cursors + nodes[Int(children[index])].cursor
            unsafe cursor.pointee.forEachPlace { field, position in
                if fields &>> UInt8(field) & 1 == 0 { return }
                windows.add(term: index, field: field, position: position)
            }
        }
        let counts = windows.counts(within: unsafe node.pointee.distance)
        unsafe node.pointee.phraseCounts = counts
        return counts != SIMD8(repeating: 0)
    }
}
