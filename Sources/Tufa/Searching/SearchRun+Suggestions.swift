internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

extension SearchRun {
    /// How many rows are looked at for the form of a word that is shown.
    private static let sampleCount = 8

    /// The words of the rows that a misspelt word may have meant, the likeliest first: the nearest,
    /// and of equals those of the most rows.
    ///
    /// An index has stems; what is given is the form that is most frequent in some of the rows.
    func suggestions(for word: String, limit: Int) -> [SearchSuggestion] {
        let analyzer = index.analyzer
        guard !filter.isNothing, let typed = analyzer.words(of: word).first,
            let term = analyzer.firstTerm(of: word)
        else { return [] }
        var found: [(suggestion: SearchSuggestion, distance: Int)] = []
        for neighbour in index.neighbours(
            of: term, within: 2, roots: roots, position: reading.position, filter: test)
        {
            let form = form(of: neighbour.term) ?? neighbour.term
            guard form != typed else { continue }
            found.append(
                (
                    SearchSuggestion(word: form, rowCount: neighbour.documentCount),
                    EditDistance.between(typed, form) ?? 2 + neighbour.distance
                ))
        }
        found.sort {
            ($0.distance, $1.suggestion.rowCount, $0.suggestion.word)
                < ($1.distance, $0.suggestion.rowCount, $1.suggestion.word)
        }
        var seen: Set<String> = []
        return found.map(\.suggestion).filter { seen.insert($0.word).inserted }
            .prefix(max(0, limit)).map { $0 }
    }

    /// The form of a term that is most frequent in some rows.
    private func form(of term: String) -> String? {
        let sample = index.documents(
            with: term, atMost: Self.sampleCount, roots: roots, position: reading.position,
            filter: test)
        let places = index.matches(
            of: .term(term), in: sample.map(\.document), roots: roots,
            position: reading.position)
        let layout = reading.plan.layout
        var counts: [String: Int] = [:]
        for (hit, matches) in zip(sample, places) {
            guard let match = matches.first,
                let version = unsafe reading.table.store.rows.visible(
                    hit.row, at: reading.position)
            else { continue }
            let field = layout.fields[text.fieldIndexes[match.field]]
            let body = unsafe version.body
            let bytes = unsafe body.variable(field, in: layout)
            if let word = unsafe index.analyzer.word(at: match.position, of: bytes) {
                counts[word, default: 0] += 1
            }
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}
