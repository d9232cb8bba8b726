/// An engine that holds the documents and is asked in turn with the others.
protocol SearchEngine: AnyObject {
    /// How the table calls it.
    var name: String { get }
    /// Its version, and that of what lies between.
    var version: String { get }
    /// What it is asked by; the first is what a user gets: text in, texts of documents out.
    var ways: [Way] { get }

    /// Puts all documents into an empty index, by one thread, with a commit after each batch.
    ///
    /// The last index that was built is the one that is asked.
    /// - Returns: the seconds that it took; nil where there is nothing to tell.
    func build(batch: Int) throws -> Double?
    /// Asks each question once.
    func ask(_ questions: [Question], by way: Way) throws -> Answers?
    /// How many documents each question matches; nil where it cannot be said.
    func matches(_ questions: [Question]) throws -> [Int]?
    /// Commits of one document each, until a search sees it, in microseconds.
    func commits(_ count: Int, seed: Int) throws -> [Double]?
    /// What the index takes, and where that is.
    func size() throws -> IndexSize?
}

/// How an engine is asked.
enum Way: String {
    /// A text in, texts of documents out, read where they lie.
    case rows
    /// The same as values of the program's own.
    case structs
    /// A query that was read before, numbers of documents and scores out.
    case prepared
}

/// What asking took.
struct Answers: Codable {
    var microseconds: [Double]
    /// How many documents came in all: nobody is measured who finds nothing.
    var hits: Int
}

/// Bytes of an index without the documents.
struct IndexSize {
    var byteCount: Int
    var place: String
}

extension SearchEngine {
    /// Times a search for each question that the engine can ask.
    func timeEach<Query>(
        _ queries: [Query], _ search: (Query) throws -> Int
    ) rethrows -> Answers {
        var answers = Answers(microseconds: [], hits: 0)
        answers.microseconds.reserveCapacity(queries.count)
        for query in queries {
            answers.microseconds.append(
                try seconds { answers.hits += try search(query) } * 1e6)
        }
        return answers
    }
}
