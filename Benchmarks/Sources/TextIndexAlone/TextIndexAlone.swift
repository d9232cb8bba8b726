import TufaSearch

/// The text index of the library without a database around it: texts in, row numbers and scores
/// out.
///
/// It exists for measuring what the index itself takes, apart from views, parsing and rows.
public final class TextIndexAlone {
    private let index = TextIndex(weights: [1])
    private let analyzer = Analyzer()
    private var buffer = TokenBuffer()
    private var position: UInt64 = 0
    private var roots = TextRoots()

    /// Makes an empty index of one field, with the English analyzer.
    public init() {}

    /// Bytes that the index uses.
    public var byteCount: Int { index.byteCount }

    /// Adds texts as one commit.
    public func add(_ texts: ArraySlice<String>) {
        index.group += 1
        for text in texts {
            position += 1
            index.beginDocument()
            analyzer.analyze(text, into: &buffer)
            index.append(buffer, field: 0)
            index.endDocument(row: UInt32(position), position: position)
        }
        roots = index.draftRoots
        index.reclaim(oldest: index.group)
    }

    /// A question that was read, so that asking it is searching alone.
    public struct Prepared {
        fileprivate let query: SearchQuery
        fileprivate var remainder: UInt32?
    }

    /// Reads what a person types into a search box.
    ///
    /// - Parameter remainder: Of ten; rows whose number, counted from 0, has another are left out.
    public func prepare(_ text: String, remainder: UInt32? = nil) -> Prepared {
        Prepared(query: WebSearchParser(analyzer: analyzer).parse(text), remainder: remainder)
    }

    /// A word that may be misspelt; it is stemmed before, as everywhere.
    public func prepare(fuzzy word: String, distance: Int) -> Prepared {
        let query = WebSearchParser(analyzer: analyzer).parse(word)
        guard case .term(let term) = query else { return Prepared(query: query, remainder: nil) }
        return Prepared(query: .fuzzy(term, distance: distance), remainder: nil)
    }

    /// How many of the ten best there are.
    public func search(_ prepared: Prepared) -> Int {
        if let remainder = prepared.remainder {
            return index.search(
                prepared.query, roots: roots, position: position, limit: 10,
                filter: { ($0 &- 1) % 10 == remainder }
            ).count
        }
        return index.search(prepared.query, roots: roots, position: position, limit: 10).count
    }

    /// How many documents match.
    public func count(_ prepared: Prepared) -> Int {
        if let remainder = prepared.remainder {
            return index.count(
                prepared.query, roots: roots, position: position,
                filter: { ($0 &- 1) % 10 == remainder })
        }
        return index.count(prepared.query, roots: roots, position: position)
    }
}

extension TextIndexAlone {
    /// The rows that hold any word of a text, the best first; a word that is there twice counts
    /// twice.
    public func rows(withAnyWordOf text: String, limit: Int) -> [UInt32] {
        var tokens = TokenBuffer()
        Analyzer().analyze(text, into: &tokens)
        let terms = (0..<tokens.count).map { SearchQuery.term(tokens.text(tokens[$0])) }
        return index.search(.or(terms), roots: roots, position: position, limit: limit).map(\.row)
    }

    /// What the English stemmer makes of a word in small letters.
    public static func stem(_ word: String) -> String {
        var bytes = Array(word.utf8)
        let count = bytes.withUnsafeMutableBufferPointer { EnglishStemmer().stem($0) }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
