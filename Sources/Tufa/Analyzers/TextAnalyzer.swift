internal import TufaSearch

/// A program's own way from a text to the terms that are indexed and searched for.
///
/// ```swift
/// struct TagAnalyzer: TextAnalyzer {
///     let name = "tags"
///     let version: UInt32 = 1
///
///     func analyze(_ text: Span<UInt8>, into terms: inout TermSink) {
///         var start = 0
///         for index in 0...text.count
///         where index == text.count || text[index] == UInt8(ascii: ",") {
///             terms.append(text.extracting(start..<index), at: start..<index)
///             start = index + 1
///         }
///     }
/// }
/// ```
/// It is given to a database with ``DatabaseOptions/analyzers`` and named in the schema. A program
/// without it opens the database all the same, reads everything and searches other indexes; it
/// neither searches an index of this analyzer nor writes a text that is in one.
///
/// The same bytes must always give the same terms, on every machine and in every run: what is
/// searched for goes the same way, and an update takes the old terms back by making them again.
/// Where that changes, ``version`` changes.
public protocol TextAnalyzer: Sendable {
    /// The name that schemas use: 1 to 128 bytes, and none of an analyzer that comes with Tufa or
    /// with its package trait `Snowball`.
    var name: String { get }
    /// Changes whenever any text gives other terms; an index of another version is built again from
    /// the rows when the database is opened.
    var version: UInt32 { get }

    /// Appends the terms of a text, in the order in which they stand there.
    ///
    /// It is called for each text of a commit while the writer is locked, for the old text as well
    /// where one is replaced or deleted, for each search on the thread that searches, for each text
    /// that a snippet is asked of, and for every row where an index is built again. So it may run
    /// on several threads at once, its time is part of each write, and it must not use the
    /// database.
    ///
    /// - Parameters:
    ///   - text: The text in UTF-8, only for the length of the call.
    ///   - terms: Takes the terms.
    func analyze(_ text: Span<UInt8>, into terms: inout TermSink)
}

/// Takes the terms of one text.
public struct TermSink: ~Copyable {
    private var tokens: TokenBuffer
    private var position: UInt32 = 0

    init(_ tokens: consuming TokenBuffer) { self.tokens = tokens }

    /// Gives the terms back.
    consuming func finish() -> TokenBuffer { tokens }

    /// Appends a term of UTF-8.
    ///
    /// A term has at most 255 bytes: the rest is cut off where a character begins. Zero bytes are
    /// left out, and bytes that are not UTF-8 become U+FFFD. A term without bytes is not indexed,
    /// but counts as a word that stands there.
    ///
    /// - Parameters:
    ///   - term: The term; it is copied.
    ///   - step: How many words further than the last term it stands, 1 for the next. At 0 it
    ///     stands in the same place as another word for the same thing: a text is found by either,
    ///     and a search that gives both looks for the first. Phrases compare places; those beyond
    ///     16,777,215 are one.
    ///   - range: Which bytes of the text the term comes from, for snippets and highlights to mark;
    ///     the term of a search needs none. Of terms in one place, the bytes of all are marked. A
    ///     term without a range is found and not marked, and so is one whose range is not within
    ///     the text. A range that cuts a character is widened to the whole of it, and blanks at its
    ///     ends are left out. Ranges are not kept, so they do not belong to
    ///     ``TextAnalyzer/version``.
    /// - Complexity: O(bytes of the term); allocates nothing but what must grow.
    public mutating func append(
        _ term: Span<UInt8>, advancing step: Int = 1, at range: Range<Int>? = nil
    ) {
        advance(by: step)
        if tokens.append(term, position: position) { note(range) }
    }

    /// Appends a term.
    ///
    /// - Parameters: Those of the other function.
    /// - Complexity: O(bytes of the term).
    public mutating func append(
        _ term: String, advancing step: Int = 1, at range: Range<Int>? = nil
    ) {
        advance(by: step)
        if tokens.append(term, position: position) { note(range) }
    }

    private mutating func note(_ range: Range<Int>?) {
        if let range { tokens.ranges?.add(range, position: position) }
    }

    private mutating func advance(by step: Int) {
        precondition(step >= 0, "Terms are appended in the order in which they stand in the text.")
        // Places count from one.
        let next = max(1, Int(position) + min(step, Int(TokenBuffer.maximumPosition)))
        position = UInt32(min(next, Int(TokenBuffer.maximumPosition)))
    }
}

extension AnalyzerCatalog {
    /// The analyzers that every program has, and the program's own.
    ///
    /// - Throws: `unsupported` where a name cannot stand in a schema or is another analyzer's.
    init(_ analyzers: [any TextAnalyzer]) throws {
        try self.init(
            own: analyzers.map { analyzer in
                Analyzer(name: analyzer.name, version: analyzer.version) { text, tokens in
                    var sink = TermSink(tokens)
                    analyzer.analyze(text, into: &sink)
                    tokens = sink.finish()
                }
            })
    }
}
