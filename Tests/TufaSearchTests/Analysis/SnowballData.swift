import Foundation
import Testing

/// The vocabularies of the Snowball project, as Debian's package snowball-data installs them.
///
/// `TUFA_SNOWBALL_DATA` names another folder with `voc.txt` and `output.txt` of English.
enum SnowballData {
    static let installed = "/usr/share/snowball/data"
    static let folder =
        ProcessInfo.processInfo.environment["TUFA_SNOWBALL_DATA"] ?? installed + "/english"

    static var isInstalled: Bool {
        FileManager.default.isReadableFile(atPath: folder + "/voc.txt")
    }

    static var hasLanguages: Bool {
        FileManager.default.isReadableFile(atPath: installed + "/german/voc.txt")
    }

    static var notice: Comment {
        "There is no Snowball vocabulary in \(folder): install snowball-data to check all stems."
    }

    static func pairs() throws -> [StemPair] { try pairs(in: folder) }

    /// The pairs of a language, or as many of them that are spread evenly; nil where there is no
    /// plain list.
    static func pairs(of language: String, atMost limit: Int) throws -> [StemPair]? {
        let folder = installed + "/" + language
        guard FileManager.default.isReadableFile(atPath: folder + "/voc.txt") else { return nil }
        let pairs = try pairs(in: folder)
        let step = max(1, (pairs.count + limit - 1) / limit)
        return stride(from: 0, to: pairs.count, by: step).map { pairs[$0] }
    }

    private static func pairs(in folder: String) throws -> [StemPair] {
        let words = try lines(of: folder + "/voc.txt")
        let stems = try lines(of: folder + "/output.txt")
        try #require(words.count == stems.count)
        return zip(words, stems).map { StemPair(word: String($0), stem: String($1)) }
    }

    private static func lines(of path: String) throws -> [Substring] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}
