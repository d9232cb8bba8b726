import Foundation
import TufaSearch

/// The part of Tools/compare that knows Tufa: makes up questions, and compares PostgreSQL's answers
/// with ours.
///
///     TufaOracle make FOLDER SEED     writes the words, queries and texts to ask PostgreSQL about
///     TufaOracle check FOLDER SEED    compares its answers; exit code 1 where they differ
///     TufaOracle text                 the terms of the text in standard input
///     TufaOracle query                the query of the search text in standard input
///
/// A file has one item a line, written as PostgreSQL's COPY writes it. The answers to `x` are in
/// `x.theirs`.
@main
struct Oracle {
    static func main() throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("make", 4):
            guard let seed = UInt64(arguments[3]) else { throw Usage() }
            try Questions(folder: arguments[2], seed: seed).write()
        case ("check", 4):
            guard let seed = UInt64(arguments[3]) else { throw Usage() }
            var comparison = try Comparison(folder: arguments[2], seed: seed)
            try comparison.run()
            if comparison.hasFailed { exit(1) }
        case ("text", 2): print(TermWriter().line(standardInput()))
        case ("query", 2):
            print(WebSearchParser(analyzer: .english).parse(standardInput()).description)
        default: throw Usage()
        }
    }

    private static func standardInput() -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return text
    }

    private struct Usage: Error, CustomStringConvertible {
        let description = "usage: TufaOracle make|check FOLDER SEED, or text|query <text"
    }
}
