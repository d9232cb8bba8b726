internal import TufaIndex

/// A query over one view of a text index, as nodes that move over the documents together.
///
/// Documents come in ascending order; each node moves forward only. Whether a view sees a document
/// is asked once, of those that match.
@safe
final class SearchPlan {
    let index: TextIndex
    let roots: TextRoots
    let position: UInt64
    let ranking: Ranking
    let shares: ShareTable
    /// Whether every document of the view lives.
    let isWithoutDead: Bool
    let blocks: ByteArena
    let documents: DocumentTable
    var statistics = SearchStatistics()

    let nodes: UnsafeMutablePointer<SearchNode>
    private(set) var nodeCount = 0
    private let nodeCapacity: Int
    let cursors: UnsafeMutablePointer<PostingCursor>
    private(set) var cursorCount = 0
    /// The documents of each cursor's block, and of one cursor more.
    private let blockDocuments: UnsafeMutablePointer<UInt32>
    /// By how much the bounds of blocks are too low, by the averages they were computed with; 0
    /// where nobody has asked yet.
    private let excesses: UnsafeMutablePointer<Double>
    private let excessCount: Int
    @exclusivity(unchecked) var places = PlaceList()
    /// The node of the whole query.
    private(set) var root = 0

    init(
        _ query: SearchQuery, index: TextIndex, roots: TextRoots, position: UInt64,
        _ options: RankingOptions = RankingOptions()
    ) {
        index.beginReading()
        self.index = index
        self.roots = roots
        self.position = position
        ranking = Ranking(weights: index.weights, roots: roots, options)
        shares = ShareTable(ranking, fieldCount: index.fieldCount)
        isWithoutDead = roots.isWithoutDead
        blocks = index.blocks
        documents = index.documents
        nodeCapacity = Self.nodeCount(query)
        unsafe nodes = .allocate(capacity: nodeCapacity)
        unsafe cursors = .allocate(capacity: nodeCapacity)
        unsafe blockDocuments = .allocate(
            capacity: (nodeCapacity + 1) * PostingCursor.memoryCount(fieldCount: index.fieldCount))
        excessCount = index.averages.count
        unsafe excesses = .allocate(capacity: excessCount)
        unsafe excesses.initialize(repeating: 0, count: excessCount)
        root = add(query, .max)
    }

    deinit {
        for index in 0..<nodeCount { unsafe nodes[index].deallocate() }
        unsafe nodes.deallocate()
        unsafe cursors.deallocate()
        unsafe blockDocuments.deallocate()
        unsafe excesses.deallocate()
    }

    /// By how much bounds that were computed with some averages are too low; nil where they came
    /// after the plan was made.
    @inline(__always)
    func excess(_ number: UInt32) -> Double? {
        guard Int(number) < excessCount else { return nil }
        let known = unsafe excesses[Int(number)]
        return known > 0 ? known : computeExcess(number)
    }

    @inline(never)
    private func computeExcess(_ number: UInt32) -> Double {
        let excess = ranking.excess(over: index.averages[number])
        unsafe excesses[Int(number)] = excess
        return excess
    }

    /// At most how many nodes a query takes.
    private static func nodeCount(_ query: SearchQuery) -> Int {
        switch query {
        case .term, .prefix, .fuzzy, .everything, .nothing: 1
        case .near(let terms, _): 1 + terms.count
        case .fields(_, let query): nodeCount(query)
        case .phrase(let terms): 1 + terms.count
        case .and(let children): children.reduce(2) { $0 + nodeCount($1) }
        case .or(let children): children.reduce(1) { $0 + nodeCount($1) }
        case .not(let child): 2 + nodeCount(child)
        }
    }

    // MARK: Building

    private func add(_ query: SearchQuery, _ fields: UInt8) -> Int {
        switch query {
        case .nothing: return unsafe append(SearchNode(.nothing))
        case .everything: return addEverything()
        case .term(let term): return addTerm(term, fields)
        case .prefix(let prefix):
            return addGathered(
                gatheredTerms(prefix).map {
                    GatheredTerm(
                        number: $0, factor: 1, documentFrequency: documentFrequency($0))
                }, fields)
        case .fuzzy(let term, let distance):
            return addGathered(
                index.terms(like: term, within: distance, self).map {
                    GatheredTerm(
                        number: $0.number, factor: 1 / Double(1 + $0.distance),
                        documentFrequency: $0.documentFrequency)
                }, fields)
        case .near(let terms, let distance): return addNear(terms, distance, fields)
        case .fields(let mask, let query): return add(query, fields & mask)
        case .phrase(let terms): return addPhrase(terms, fields)
        case .not: return addAll([query], fields)
        case .and(let children): return addAll(children, fields)
        case .or(let children): return addAny(children, fields)
        }
    }

    /// Whether the index has any of the fields, a bit for each.
    private func hasAny(of fields: UInt8) -> Bool {
        fields & UInt8(truncatingIfNeeded: 1 << index.fieldCount - 1) != 0
    }

    private func append(_ node: SearchNode) -> Int {
        precondition(nodeCount < nodeCapacity, "A query has more nodes than were counted.")
        unsafe (nodes + nodeCount).initialize(to: node)
        nodeCount += 1
        return nodeCount - 1
    }

    private func addEverything() -> Int {
        var node = unsafe SearchNode(.everything)
        unsafe node.cost = Int(roots.documentLimit)
        return unsafe append(node)
    }

    private func addTerm(_ term: String, _ fields: UInt8) -> Int {
        guard hasAny(of: fields), let number = index.termNumber(term, in: roots) else {
            return unsafe append(SearchNode(.nothing))
        }
        return addTerm(number, fields)
    }

    private func addTerm(_ number: UInt32, _ fields: UInt8) -> Int {
        var node = unsafe SearchNode(.term)
        unsafe node.cost = index.tally(ofTerm: number).count
        unsafe node.weight = ranking.weight(documentFrequency: documentFrequency(number))
        unsafe node.cursor = cursorCount
        unsafe node.fields = fields
        unsafe (cursors + cursorCount).initialize(to: makeCursor(number, slot: cursorCount))
        cursorCount += 1
        statistics.terms += 1
        return unsafe append(node)
    }

    /// A cursor over a term's postings in this view, in a slot that no other cursor uses.
    private func makeCursor(_ number: UInt32, slot: Int) -> PostingCursor {
        unsafe PostingCursor(
            index.terms.record(number), in: blocks, index.tails, limit: roots.documentLimit,
            code: index.code,
            memory: blockDocuments + slot * PostingCursor.memoryCount(fieldCount: index.fieldCount))
    }

    /// A cursor that is done with before another one is made.
    func makeCursor(_ number: UInt32) -> PostingCursor {
        unsafe makeCursor(number, slot: nodeCapacity)
    }

    private func addPhrase(_ terms: [String?], _ fields: UInt8) -> Int {
        let words = terms.enumerated().compactMap { offset, term in term.map { (offset, $0) } }
        guard let first = words.first else { return unsafe append(SearchNode(.nothing)) }
        return addGroup(
            .phrase, words.map { ($0.1, UInt32($0.0 - first.0)) }, distance: 0, fields)
    }

    private func addNear(_ terms: [String], _ distance: Int, _ fields: UInt8) -> Int {
        var seen: Set<String> = []
        let distinct = terms.filter { seen.insert($0).inserted }
        return addGroup(
            .near, distinct.map { ($0, 0) }, distance: UInt32(clamping: max(0, distance)), fields)
    }

    /// Adds terms that belong together, each with its offset from the first.
    private func addGroup(
        _ kind: SearchNode.Kind, _ words: [(term: String, offset: UInt32)], distance: UInt32,
        _ fields: UInt8
    ) -> Int {
        let numbers = words.compactMap { index.termNumber($0.term, in: roots) }
        guard hasAny(of: fields), numbers.count == words.count, let first = numbers.first else {
            return unsafe append(SearchNode(.nothing))
        }
        if numbers.count == 1 { return addTerm(first, fields) }
        var node = unsafe SearchNode(kind)
        var children: [Int32] = []
        unsafe node.offsets = .allocate(capacity: words.count)
        unsafe node.cost = .max
        unsafe node.fields = fields
        unsafe node.distance = distance
        for (ordinal, number) in numbers.enumerated() {
            let child = addTerm(number, fields)
            children.append(Int32(child))
            unsafe node.offsets[ordinal] = words[ordinal].offset
            unsafe node.cost = min(node.cost, nodes[child].cost)
            unsafe node.weight += nodes[child].weight
        }
        unsafe node.children = Self.copy(children)
        unsafe node.walk = Self.copy(sortedByCost(children))
        return unsafe append(node)
    }

    private func addAll(_ queries: [SearchQuery], _ fields: UInt8) -> Int {
        var node = unsafe SearchNode(.all)
        var children: [Int32] = []
        var excluded: [Int32] = []
        for query in queries {
            if case .not(let inner) = query {
                excluded.append(Int32(add(inner, fields)))
            } else {
                children.append(Int32(add(query, fields)))
            }
        }
        if children.isEmpty { children.append(Int32(addEverything())) }
        if children.count == 1, excluded.isEmpty { return Int(children[0]) }
        let walk = sortedByCost(children)
        unsafe node.cost = nodes[Int(walk[0])].cost
        unsafe node.children = Self.copy(children)
        unsafe node.walk = Self.copy(walk)
        unsafe node.excluded = Self.copy(excluded)
        return unsafe append(node)
    }

    private func addAny(_ queries: [SearchQuery], _ fields: UInt8) -> Int {
        var node = unsafe SearchNode(.any)
        let children = queries.map { Int32(add($0, fields)) }
        if children.count == 1 { return Int(children[0]) }
        unsafe node.cost = children.reduce(0) { unsafe $0 + nodes[Int($1)].cost }
        unsafe node.children = Self.copy(children)
        return unsafe append(node)
    }

    /// Adds the documents that have any of the terms, each with what its score is multiplied by.
    private func addGathered(_ terms: [GatheredTerm], _ fields: UInt8) -> Int {
        var node = unsafe SearchNode(.gathered)
        let set = unsafe gather(terms, fields)
        unsafe node.cost = set.count
        unsafe node.set = set
        return unsafe append(node)
    }

    private func sortedByCost(_ children: [Int32]) -> [Int32] {
        children.sorted { unsafe nodes[Int($0)].cost < nodes[Int($1)].cost }
    }

    private static func copy(_ numbers: [Int32]) -> UnsafeMutableBufferPointer<Int32> {
        let copy = UnsafeMutableBufferPointer<Int32>.allocate(capacity: numbers.count)
        _ = unsafe copy.initialize(from: numbers)
        return unsafe copy
    }
}
