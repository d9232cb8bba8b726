import Testing

@testable import TufaSearch

@Suite struct StopWordsTests {
    private let words = StopWords.words.split(separator: " ").map(String.init)

    @Test("There are 127 stop words, each found")
    func all() {
        #expect(Set(words).count == 127)
        for word in words { #expect(contains(word), "\(word) is not found") }
    }

    @Test("Words that merely resemble a stop word are none")
    func near() {
        for word in words {
            for other in [word + "x", "x" + word, word + "\0", String(word.dropLast()) + "\0"] {
                #expect(!contains(other), "\(other) is taken for a stop word")
            }
        }
    }

    @Test(
        "Other words are none",
        arguments: [
            "", "\0", "b", "cat", "THE", "ourselvez", "yourselvse", "themselfes", "themselveses",
            "\0\0\0\0\0\0\0\0", "\0\0\0\0\0\0\0\0es",
        ])
    func others(_ word: String) {
        #expect(!contains(word))
    }

    private func contains(_ word: String) -> Bool {
        let table = StopWords()
        return Array(word.utf8).withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            return table.contains(base, count: bytes.count)
        }
    }
}
