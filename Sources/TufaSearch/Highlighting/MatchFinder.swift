internal import TufaIndex

/// Finds the words of a query in documents that come in ascending order.
@safe
final class MatchFinder {
    /// A term, and what it is in the query.
    private struct Leaf {
        let cursor: Int
        let word: Int
        let weight: Double
    }

    private enum Node {
        /// Any of the terms, wherever it is.
        case anywhere([Leaf])
        /// All terms, each so far behind the start of the phrase.
        case phrase([(leaf: Leaf, offset: UInt32)])
        /// All terms with at most so many words between the first and the last.
        case near([Leaf], distance: UInt32)
    }

    /// A place of a term of a group.
    private struct Place {
        let match: TextMatch
        /// Which of the group's terms it is.
        let ordinal: Int
    }

    private let plan: SearchPlan
    private var nodes: [(node: Node, fields: UInt8)] = []
    private var cursors = UnsafeMutablePointer<PostingCursor>.allocate(capacity: 16)
    private var memories: [UnsafeMutablePointer<UInt32>] = unsafe []
    private var cursorCount = 0
    private var cursorCapacity = 16
    private var wordCount = 0

    init(_ query: SearchQuery, _ plan: SearchPlan) {
        self.plan = plan
        add(query, .max)
    }

    deinit {
        unsafe cursors.deallocate()
        for index in unsafe memories.indices { unsafe memories[index].deallocate() }
    }

    // MARK: Reading the query

    private func add(_ query: SearchQuery, _ fields: UInt8) {
        switch query {
        // What must not be there is not looked for.
        case .everything, .nothing, .not: return
        case .term(let term): addWord(number(term).map { [$0] } ?? [], fields)
        case .prefix(let prefix): addWord(plan.gatheredTerms(prefix), fields)
        case .fuzzy(let term, let distance):
            addWord(
                plan.index.terms(like: term, within: distance, plan).map(\.number), fields)
        case .fields(let mask, let inner): add(inner, fields & mask)
        case .and(let parts), .or(let parts): for part in parts { add(part, fields) }
        case .near(let terms, let distance):
            let leaves = terms.compactMap { number($0).map { leaf($0) } }
            guard leaves.count == terms.count else { return }
            nodes.append((.near(leaves, distance: UInt32(clamping: max(0, distance))), fields))
        case .phrase(let terms):
            var words: [(Leaf, UInt32)] = []
            for (offset, term) in terms.enumerated() {
                guard let term else { continue }
                guard let number = number(term) else { return }
                words.append((leaf(number), UInt32(offset)))
            }
            nodes.append((.phrase(words), fields))
        }
    }

    private func addWord(_ numbers: [UInt32], _ fields: UInt8) {
        let word = wordCount
        wordCount += 1
        nodes.append((.anywhere(numbers.map { leaf($0, word: word) }), fields))
    }

    private func number(_ term: String) -> UInt32? {
        plan.index.termNumber(term, in: plan.roots)
    }

    private func leaf(_ number: UInt32) -> Leaf {
        wordCount += 1
        return leaf(number, word: wordCount - 1)
    }

    private func leaf(_ number: UInt32, word: Int) -> Leaf {
        if cursorCount == cursorCapacity { grow() }
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: PostingCursor.memoryCount(fieldCount: plan.index.fieldCount))
        unsafe memories.append(memory)
        let index = plan.index
        unsafe (cursors + cursorCount).initialize(
            to: PostingCursor(
                index.terms.record(number), in: index.blocks, index.tails,
                limit: plan.roots.documentLimit, code: index.code, memory: memory))
        cursorCount += 1
        let frequency = plan.documentFrequency(number)
        return Leaf(
            cursor: cursorCount - 1, word: word,
            weight: plan.ranking.weight(documentFrequency: frequency))
    }

    private func grow() {
        let moved = UnsafeMutablePointer<PostingCursor>.allocate(
            capacity: cursorCapacity * 2)
        unsafe moved.moveInitialize(from: cursors, count: cursorCount)
        unsafe cursors.deallocate()
        unsafe cursors = moved
        cursorCapacity *= 2
    }

    // MARK: Reading the documents

    /// The matches in a document, which is not before the last one asked for.
    func matches(in document: UInt32) -> [TextMatch] {
        var found: Set<TextMatch> = []
        for (node, fields) in nodes {
            switch node {
            case .anywhere(let leaves):
                for leaf in leaves { found.formUnion(places(leaf, fields, document)) }
            case .phrase(let words):
                let lists = words.map { places($0.leaf, fields, document) }
                found.formUnion(Self.phrases(lists, words.map(\.offset)))
            case .near(let leaves, let distance):
                var all: [Place] = []
                for (ordinal, leaf) in leaves.enumerated() {
                    all += places(leaf, fields, document).map {
                        Place(match: $0, ordinal: ordinal)
                    }
                }
                found.formUnion(Self.windows(all, termCount: leaves.count, distance))
            }
        }
        return found.sorted {
            ($0.field, $0.position, $0.word) < ($1.field, $1.position, $1.word)
        }
    }

    private func places(_ leaf: Leaf, _ fields: UInt8, _ document: UInt32) -> [TextMatch] {
        let cursor = unsafe cursors + leaf.cursor
        unsafe cursor.pointee.advance(to: document, in: plan.blocks)
        guard unsafe cursor.pointee.document == document else { return [] }
        var places: [TextMatch] = []
        unsafe cursor.pointee.forEachPlace { field, position in
            guard fields &>> UInt8(field) & 1 == 1 else { return }
            places.append(
                TextMatch(
                    field: field, position: position, word: leaf.word, weight: leaf.weight))
        }
        return places
    }

    /// The places at which every term stands in its place behind one start.
    private static func phrases(_ lists: [[TextMatch]], _ offsets: [UInt32]) -> [TextMatch] {
        guard let first = lists.first, let start = offsets.first else { return [] }
        let others = lists.map { list in
            Dictionary(list.map { (Self.place($0), $0) }, uniquingKeysWith: { one, _ in one })
        }
        var found: [TextMatch] = []
        for match in first {
            let phrase = zip(others, offsets).compactMap { places, offset in
                places[Self.place(match) &+ UInt64(offset &- start)]
            }
            if phrase.count == lists.count { found += phrase }
        }
        return found
    }

    private static func place(_ match: TextMatch) -> UInt64 {
        UInt64(match.field) << 32 | UInt64(match.position)
    }

    /// The places of all windows that have every term.
    private static func windows(
        _ places: [Place], termCount: Int, _ distance: UInt32
    ) -> [TextMatch] {
        let places = places.sorted { place($0.match) < place($1.match) }
        var found: [TextMatch] = []
        var end = 0
        var counts = [Int](repeating: 0, count: termCount)
        var missing = termCount
        for start in places.indices {
            let limit = place(places[start].match) + UInt64(distance) + 1
            while end < places.count, place(places[end].match) <= limit {
                if counts[places[end].ordinal] == 0 { missing -= 1 }
                counts[places[end].ordinal] += 1
                end += 1
            }
            if missing == 0 { found += places[start..<end].map(\.match) }
            counts[places[start].ordinal] -= 1
            if counts[places[start].ordinal] == 0 { missing += 1 }
        }
        return found
    }
}
