import Foundation

/// A peer in a process of its own: a JSON object a line in, and one a line out.
final class PeerProcess {
    /// What a peer answers; each request fills some of it.
    struct Answer: Decodable {
        var version: String?
        var seconds: Double?
        var segments: Int?
        var microseconds: [Double]?
        var hits: Int?
        var counts: [Int]?
        var bytes: Int?
    }

    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private var read = Data()

    /// Starts a program by its path; what it says of errors goes where ours goes.
    init(_ command: [String]) throws {
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = requests
        process.standardOutput = answers
        // A peer that has ended is an error to throw, not a signal to die of.
        signal(SIGPIPE, SIG_IGN)
        try process.run()
    }

    /// It ends when it has no more to read.
    deinit { try? requests.fileHandleForWriting.close() }

    func ask(_ request: some Encodable) throws -> Answer {
        var line = try JSONEncoder().encode(request)
        line.append(UInt8(ascii: "\n"))
        try requests.fileHandleForWriting.write(contentsOf: line)
        while true {
            if let end = read.firstIndex(of: UInt8(ascii: "\n")) {
                let answer = read[..<end]
                read = Data(read[(end + 1)...])
                return try JSONDecoder().decode(Answer.self, from: answer)
            }
            let more = answers.fileHandleForReading.availableData
            if more.isEmpty { throw PeerError(message: "A peer ended before it answered.") }
            read.append(more)
        }
    }
}
