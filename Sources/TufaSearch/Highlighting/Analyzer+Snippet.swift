extension Analyzer {
    /// Cuts the best fragments out of a text.
    ///
    /// `matches` are those of the text's field, by position. A fragment has at most about `length`
    /// characters; without a length, the whole text is the one fragment.
    /// - Complexity: O(bytes of the text up to the last match + matches · fragments).
    @unsafe
    package func snippet(
        of text: UnsafeRawBufferPointer, field: String, matches: [TextMatch], length: Int?,
        count: Int
    ) -> Snippet {
        // Safe: the bytes are read within the closure only.
        unsafe text.withMemoryRebound(to: UInt8.self) { bytes in
            var marks: [FragmentChooser.Mark] = []
            let ranges = unsafe ranges(of: matches.map(\.position), in: bytes)
            for (match, range) in zip(matches, ranges) {
                guard let range else { continue }
                marks.append(
                    FragmentChooser.Mark(range: range, word: match.word, weight: match.weight))
            }
            let chooser = unsafe FragmentChooser(text: Array(bytes), marks: marks)
            let parts =
                length.map { chooser.best(count: max(1, count), length: max(16, $0)) }
                ?? [0..<bytes.count]
            return Snippet(
                field: field, fragments: parts.map { chooser.fragment($0) })
        }
    }
}
