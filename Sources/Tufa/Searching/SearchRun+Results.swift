internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

extension SearchRun {
    /// Answers the search, from the start or behind a cursor; without pages there is no next one.
    ///
    /// - Throws: `invalid_cursor`, and what a facet or a snippet that cannot be given throws.
    func results<Row>(
        after cursor: String?, inPages isPaged: Bool, _ decode: (RowVersion) -> Row
    ) throws -> SearchResults<Row> {
        let start = try cursor.map {
            try Cursor(decoding: $0, reading.plan, queryFingerprint: fingerprint()).key
        }
        var facets = try shape.facets.map { try FacetCounter($0, reading.plan) }
        let snippets = try shape.snippets.map { ($0, try searchedPlace($0.field)) }
        var matches: [TextHit] = []
        var total: Int?
        if shape.countsTotal || !facets.isEmpty || !shape.sort.isEmpty {
            total = unsafe count(into: &facets, &matches)
        }
        var page =
            try shape.sort.isEmpty
            ? best(after: start, looksFurther: isPaged) : sorted(matches, after: start)
        let hasMore = page.count > max(0, shape.limit)
        if hasMore { page.removeLast() }
        let next =
            try hasMore && isPaged ? page.last.flatMap { try self.cursor(behind: $0) } : nil
        let found =
            snippets.isEmpty
            ? []
            : index.matches(
                of: query, in: page.map(\.document), roots: roots, position: reading.position)
        var hits: [SearchHit<Row>] = []
        hits.reserveCapacity(page.count)
        var first = 0
        while first < page.count {
            let versions = unsafe rows(of: page, from: first)
            for place in unsafe versions.indices {
                let number = first + place
                guard let version = unsafe versions[place] else { continue }
                let shown =
                    snippets.isEmpty
                    ? []
                    : snippets.map { shape, place in
                        unsafe snippet(version.body, shape, place, found[number])
                    }
                hits.append(
                    unsafe SearchHit(
                        row: decode(version), score: page[number].score, snippets: shown))
            }
            first += unsafe versions.count
        }
        return SearchResults(
            hits: hits, next: next, total: shape.countsTotal ? total : nil,
            facets: facets.map { $0.finish() })
    }

    /// Hands over the rows that are found, in the order of the search, with their scores.
    ///
    /// - Throws: what `body` throws.
    func forEachHit(_ body: (RowVersion, Double) throws -> Void) throws {
        var page: [TextHit]
        if shape.sort.isEmpty {
            page = try best(after: nil, looksFurther: false)
        } else {
            var (facets, matches): ([FacetCounter], [TextHit]) = ([], [])
            _ = unsafe count(into: &facets, &matches)
            page = try sorted(matches, after: nil)
            if page.count > max(0, shape.limit) { page.removeLast() }
        }
        var first = 0
        while first < page.count {
            let versions = unsafe rows(of: page, from: first)
            for place in unsafe versions.indices {
                guard let version = unsafe versions[place] else { continue }
                unsafe try body(version, page[first + place].score)
            }
            first += unsafe versions.count
        }
    }

    /// How the search is answered; it is run for it.
    func explained() -> SearchExplanation {
        var statistics = SearchStatistics()
        if !filter.isNothing {
            _ = index.search(
                query, roots: roots, position: reading.position, limit: shape.limit,
                ranking: ranking, filter: test, statistics: &statistics)
        }
        return SearchExplanation(
            index: text.name, query: "\(query)", filter: filter.description,
            termCount: statistics.terms, postingsRead: statistics.postingsRead,
            rowsScored: statistics.documentsScored, blocksSkipped: statistics.blocksSkipped)
    }

    @unsafe
    private func row(_ number: UInt32) -> RowVersion? {
        unsafe reading.table.store.rows.visible(number, at: reading.position)
    }

    /// So many rows are looked for at once, before the first of them is read.
    private static let batchCount = 16

    /// The rows of the next hits from one on; the waits for them overlap.
    @unsafe
    private func rows(of hits: [TextHit], from first: Int) -> [RowVersion?] {
        let count = min(Self.batchCount, hits.count - first)
        return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { numbers in
            // Safe: there is room for each hit.
            for place in 0..<count {
                unsafe numbers.initializeElement(at: place, to: hits[first + place].row)
            }
            return unsafe [RowVersion?](unsafeUninitializedCapacity: count) { versions, filled in
                guard let start = numbers.baseAddress, let target = versions.baseAddress else {
                    return
                }
                unsafe reading.table.store.rows.findVisible(
                    start, count, at: reading.position, into: target)
                filled = count
            }
        }
    }

    // MARK: Counting

    /// Counts all that is found; keeps it too where it is to be sorted.
    @unsafe
    private func count(into facets: inout [FacetCounter], _ matches: inout [TextHit]) -> Int {
        if filter.isNothing { return 0 }
        if facets.isEmpty, shape.sort.isEmpty {
            return index.count(query, roots: roots, position: reading.position, filter: test)
        }
        var total = 0
        index.forEachMatch(query, roots: roots, position: reading.position, filter: test) {
            row, document in
            total += 1
            if !shape.sort.isEmpty {
                matches.append(TextHit(row: row, document: document, score: 0))
            }
            if facets.isEmpty { return }
            guard let version = unsafe self.row(row) else { return }
            for number in facets.indices { unsafe facets[number].add(version.body) }
        }
        return total
    }

    // MARK: The best first

    /// - Parameter looksFurther: Whether one more than asked for tells that there is a next page.
    private func best(after start: [UInt8]?, looksFurther: Bool) throws -> [TextHit] {
        if filter.isNothing || shape.limit <= 0 { return [] }
        let limit = shape.limit == .max || !looksFurther ? shape.limit : shape.limit + 1
        return index.search(
            query, roots: roots, position: reading.position, limit: limit, ranking: ranking,
            after: try start.map(hit), filter: test)
    }

    /// The hit that a key of a cursor stands for: score and identifier.
    private func hit(of key: [UInt8]) throws -> TextHit {
        guard key.count == 24 else {
            throw DatabaseError(
                .invalidCursor, "The cursor is of no search.", table: reading.plan.name)
        }
        let bits = key[..<8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let high = key[8..<16].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let low = key[16...].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        // Of a row that is gone, the equals come again rather than not at all.
        let number = reading.table.store.number(
            of: RowID(high: high, low: low), in: reading.roots.primary, at: reading.position)
        return TextHit(row: number ?? 0, document: 0, score: Double(bitPattern: bits))
    }

    private func cursor(behind hit: TextHit) throws -> String? {
        guard let version = unsafe row(hit.row) else { return nil }
        let key: [UInt8]
        if shape.sort.isEmpty {
            key = unsafe Self.key(of: hit, version.id)
        } else {
            let plan = try rowPlan()
            key = unsafe PlanRunner.key(of: version, by: plan.sortKey ?? plan.accessKey)
        }
        return Cursor(reading.plan, queryFingerprint: try fingerprint(), key: key).text
    }

    /// Score and identifier, each with its highest byte first.
    private static func key(of hit: TextHit, _ id: RowID) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(24)
        for word in [hit.score.bitPattern, id.high, id.low] {
            var rest = word.byteSwapped
            for _ in 0..<8 {
                key.append(UInt8(truncatingIfNeeded: rest))
                rest &>>= 8
            }
        }
        return key
    }

    // MARK: Another order

    /// The rows of a page in the order asked for.
    ///
    /// Where an index has the order and much is found, it is walked until the page is full; else
    /// what is found is sorted.
    private func sorted(_ matches: [TextHit], after start: [UInt8]?) throws -> [TextHit] {
        let plan = try rowPlan()
        if matches.isEmpty || shape.limit <= 0 || plan.access == .nothing { return [] }
        let limit = shape.limit == .max ? .max : shape.limit + 1
        let walkLength = Double(limit) * Double(reading.roots.rowCount) / Double(matches.count)
        if plan.needsSort || walkLength > 4 * Double(matches.count) {
            return sorted(matches, plan, after: start, limit: limit)
        }
        var documents: [UInt32: UInt32] = [:]
        documents.reserveCapacity(matches.count)
        for match in matches { documents[match.row] = match.document }
        var page: [TextHit] = []
        var runner = PlanRunner(plan, reading)
        _ = unsafe try runner.forEachNumber(after: start.map { Cursor(plan, key: $0) }) {
            number, _ in
            if let document = documents[number] {
                page.append(TextHit(row: number, document: document, score: 0))
            }
            return page.count < limit
        }
        return page
    }

    private func sorted(
        _ matches: [TextHit], _ plan: Plan, after start: [UInt8]?, limit: Int
    ) -> [TextHit] {
        let keyPlan = plan.sortKey ?? plan.accessKey
        let isReversed = plan.sortKey == nil && plan.isReversed
        func precedes(_ one: [UInt8], _ two: [UInt8]) -> Bool {
            isReversed
                ? two.lexicographicallyPrecedes(one) : one.lexicographicallyPrecedes(two)
        }
        var keyed: [(key: [UInt8], match: TextHit)] = []
        for match in matches {
            guard let version = unsafe row(match.row) else { continue }
            let key = unsafe PlanRunner.key(of: version, by: keyPlan)
            if let start, !precedes(start, key) { continue }
            keyed.append((key, match))
        }
        keyed.sort { precedes($0.key, $1.key) }
        return keyed.prefix(limit).map(\.match)
    }

    // MARK: Snippets

    /// The place of a field in the text index.
    private func searchedPlace(_ field: Int) throws -> Int {
        guard let place = text.fieldIndexes.firstIndex(of: field) else {
            throw reading.plan.isNotSearched(field, text)
        }
        return place
    }

    @unsafe
    private func snippet(
        _ body: RowBody, _ shape: SnippetShape, _ place: Int, _ matches: [TextMatch]
    ) -> Snippet {
        let layout = reading.plan.layout
        let field = layout.fields[shape.field]
        let isNull = unsafe field.isOptional && body.isNull(shape.field)
        let bytes =
            unsafe isNull
            ? UnsafeRawBufferPointer(start: nil, count: 0) : body.variable(field, in: layout)
        return unsafe index.analyzer.snippet(
            of: bytes, field: reading.plan.fieldName(shape.field),
            matches: matches.filter { $0.field == place }, length: shape.length,
            count: shape.count)
    }
}

extension TableReading {
    /// The number of a text index.
    ///
    /// - Throws: `unsupported` where there is none.
    func textNumber(_ name: String?) throws -> Int {
        if let number = plan.fullText.indices.first(where: {
            name == nil || plan.fullText[$0].name == name
        }) {
            return number
        }
        throw DatabaseError(
            .unsupported,
            plan.fullText.isEmpty
                ? "Table \(plan.name) has no full text to search."
                : "Table \(plan.name) has no text index \(name ?? "").",
            table: plan.name,
            advice: plan.fullText.isEmpty
                ? "Declare a FullText field, or a GIN index over to_tsvector."
                : "It has \(plan.fullText.map(\.name).joined(separator: ", ")).")
    }
}

extension TablePlan {
    /// The error for a field that a text index is not over.
    func isNotSearched(_ field: Int, _ text: FullTextPlan) -> DatabaseError {
        let name = layout.fields.indices.contains(field) ? fieldName(field) : "id"
        return DatabaseError(
            .unsupported, "Field \(name) is not in the text index \(text.name).", table: self.name,
            fields: [name],
            advice: "It has \(text.fieldIndexes.map(fieldName).joined(separator: ", ")).")
    }
}
