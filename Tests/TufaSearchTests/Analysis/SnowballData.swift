import Foundation
import Testing

/// The English vocabulary of the Snowball project, as Debian's package snowball-data installs it.
///
/// `TUFA_SNOWBALL_DATA` names another folder with `voc.txt` and `output.txt`.
enum SnowballData {
    static let folder =
        ProcessInfo.processInfo.environment["TUFA_SNOWBALL_DATA"]
        ?? "/usr/share/snowball/data/english"

    static var isInstalled: Bool {
        FileManager.default.isReadableFile(atPath: folder + "/voc.txt")
    }

    static var notice: Comment {
        "There is no Snowball vocabulary in \(folder): install snowball-data to check all stems."
    }

    static func pairs() throws -> [StemPair] {
        let words = try lines(of: "voc.txt")
        let stems = try lines(of: "output.txt")
        try #require(words.count == stems.count)
        return zip(words, stems).map { StemPair(word: String($0), stem: String($1)) }
    }

    private static func lines(of name: String) throws -> [Substring] {
        let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}
