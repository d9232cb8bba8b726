import Foundation

/// Tantivy from PyPI, in a Python process that answers requests one by one.
final class TantivySearchEngine: SearchEngine {
    let name = "Tantivy"
    let version: String
    let ways: [Way] = [.rows, .prepared]
    private let process: PeerProcess
    /// Of how many segments the last index is.
    private(set) var segmentCount = 0

    /// Nil where Python or the package is missing.
    init?(_ corpus: SearchCorpus, _ scratch: Scratch, program: String) {
        guard
            let process = try? PeerProcess(
                ["/usr/bin/env", "python3", program, corpus.path, scratch.path("tantivy")]),
            let hello = try? process.ask(Request(op: "hello")), let version = hello.version
        else { return nil }
        self.process = process
        self.version = version
    }

    /// What the process is asked.
    private struct Request: Encodable {
        var op: String
        var batch: Int?
        var questions: [Question]?
        var rows: Bool?
        var count: Int?
        var seed: Int?
    }

    func build(batch: Int) throws -> Double? {
        let answer = try process.ask(Request(op: "build", batch: batch))
        segmentCount = answer.segments ?? 0
        return answer.seconds
    }

    func ask(_ questions: [Question], by way: Way) throws -> Answers? {
        let answer = try process.ask(
            Request(op: "ask", questions: questions, rows: way == .rows))
        return Answers(microseconds: answer.microseconds ?? [], hits: answer.hits ?? 0)
    }

    func matches(_ questions: [Question]) throws -> [Int]? {
        try process.ask(Request(op: "matches", questions: questions)).counts
    }

    func commits(_ count: Int, seed: Int) throws -> [Double]? {
        // One of them takes milliseconds: a tenth of them tells as much.
        try process.ask(Request(op: "commits", count: max(10, count / 10), seed: seed))
            .microseconds
    }

    func size() throws -> IndexSize? {
        try process.ask(Request(op: "size")).bytes.map {
            IndexSize(byteCount: $0, place: "on disk")
        }
    }

    /// What a call of the Python package takes that has nothing to find, in microseconds.
    func overhead() throws -> Double {
        median(try process.ask(Request(op: "overhead")).microseconds ?? [])
    }
}
