/// Chooses the fragments of a text that show best what was asked for.
///
/// A fragment is worth the sum of the weights of the different words in it, and a little for each
/// word that comes again, as in the passages of Lucene's unified highlighter. It grows from its
/// words to the bounds of a sentence or of words.
struct FragmentChooser {
    /// A word that was asked for, in the bytes of the text.
    struct Mark {
        var range: Range<Int>
        var word: Int
        var weight: Double
    }

    /// What a word that comes again counts, against the first.
    private static let repeatedShare = 0.1
    /// More words than these are not looked at, which bounds the time of long texts.
    private static let maximumMarkCount = 2000
    /// How far the end of a word or a sentence is looked for, in bytes.
    private static let reach = 40

    private let text: [UInt8]
    private let marks: [Mark]

    init(text: [UInt8], marks: [Mark]) {
        self.text = text
        self.marks = marks.sorted {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
    }

    // MARK: Choosing

    /// The best fragments, in the order of the text; its beginning where nothing is marked.
    func best(count: Int, length: Int) -> [Range<Int>] {
        var left = Array(marks.prefix(Self.maximumMarkCount))
        var chosen: [Range<Int>] = []
        while chosen.count < count, let core = bestCore(of: left, length) {
            let range = grown(core, length, apartFrom: chosen)
            chosen.append(range)
            left.removeAll { $0.range.overlaps(range) }
        }
        if chosen.isEmpty { chosen = [grown(0..<0, length, apartFrom: [])] }
        return chosen.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// The bytes from the first to the last word of the best fragment.
    private func bestCore(of marks: [Mark], _ length: Int) -> Range<Int>? {
        var best: (worth: Double, range: Range<Int>)?
        for first in marks.indices {
            let start = marks[first].range.lowerBound
            let end = index(start, movedBy: length)
            var seen: Set<Int> = []
            var worth = 0.0
            var last = marks[first].range.upperBound
            for mark in marks[first...] {
                // One word is shown even where it is longer than a fragment.
                if mark.range.upperBound > end, !seen.isEmpty { break }
                worth +=
                    seen.insert(mark.word).inserted
                    ? mark.weight : mark.weight * Self.repeatedShare
                last = max(last, mark.range.upperBound)
            }
            if worth > best?.worth ?? 0 { best = (worth, start..<last) }
        }
        return best?.range
    }

    // MARK: Growing

    /// A fragment of about `length` characters around a core, one third of what is added before it.
    private func grown(
        _ core: Range<Int>, _ length: Int, apartFrom others: [Range<Int>]
    ) -> Range<Int> {
        let floor = others.map(\.upperBound).filter { $0 <= core.lowerBound }.max() ?? 0
        let ceiling =
            others.map(\.lowerBound).filter { $0 >= core.upperBound }.min()
            ?? text.count
        let spare = max(0, length - characterCount(core))
        var start = max(floor, index(core.lowerBound, movedBy: -spare / 3))
        if start > floor { start = startOfWord(start, before: core.lowerBound) }
        let used = characterCount(start..<core.upperBound)
        var end = min(ceiling, index(core.upperBound, movedBy: max(0, length - used)))
        if end < ceiling { end = endOfWord(end, after: core.upperBound) }
        // What is left over at the end of the text is shown at the beginning.
        if end == ceiling, start > floor {
            let rest = max(0, length - characterCount(start..<end))
            let wider = max(floor, index(start, movedBy: -rest))
            start = wider > floor ? startOfWord(wider, before: core.lowerBound) : wider
        }
        return trimmed(start..<end)
    }

    /// The beginning of the first sentence, or of the first word, from an index on.
    private func startOfWord(_ start: Int, before limit: Int) -> Int {
        let last = min(limit, start + Self.reach)
        var word: Int?
        var at = start
        while at < last {
            if isBlank(at), at + 1 <= last, !isBlank(at + 1) {
                if at > 0 && endsSentence(at - 1) { return at + 1 }
                if word == nil { word = at + 1 }
            }
            at += 1
        }
        return word ?? start
    }

    /// The end of the last sentence, or of the last word, up to an index.
    private func endOfWord(_ end: Int, after limit: Int) -> Int {
        let first = max(limit, end - Self.reach)
        var word: Int?
        var at = end
        while at >= max(first, 1) {
            if isBlank(at), !isBlank(at - 1) {
                if endsSentence(at - 1) { return at }
                if word == nil { word = at }
            }
            at -= 1
        }
        return word ?? end
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(start) { start += 1 }
        while end > start, isBlank(end - 1) { end -= 1 }
        return start..<end
    }

    // MARK: Bytes

    private func isBlank(_ index: Int) -> Bool { index < text.count && text[index] <= 0x20 }

    private func endsSentence(_ index: Int) -> Bool {
        switch text[index] {
        case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "\n"): true
        default: false
        }
    }

    private func isContinuation(_ index: Int) -> Bool { text[index] & 0xC0 == 0x80 }

    private func characterCount(_ range: Range<Int>) -> Int {
        range.reduce(0) { isContinuation($1) ? $0 : $0 + 1 }
    }

    /// The index so many characters further on or, for a negative number, back; within the text.
    private func index(_ index: Int, movedBy characters: Int) -> Int {
        var index = index
        for _ in 0..<abs(characters) {
            if characters > 0 {
                guard index < text.count else { break }
                repeat { index += 1 } while index < text.count && isContinuation(index)
            } else {
                guard index > 0 else { break }
                repeat { index -= 1 } while index > 0 && isContinuation(index)
            }
        }
        return index
    }

    // MARK: Cutting

    /// The fragment at a range of bytes, with its marks joined where they touch.
    func fragment(_ range: Range<Int>) -> Snippet.Fragment {
        var highlights: [Range<Int>] = []
        for mark in marks where mark.range.overlaps(range) {
            let part = mark.range.clamped(to: range)
            let start = part.lowerBound - range.lowerBound
            let end = part.upperBound - range.lowerBound
            if let last = highlights.last, start <= last.upperBound {
                highlights[highlights.count - 1] = last.lowerBound..<max(last.upperBound, end)
            } else {
                highlights.append(start..<end)
            }
        }
        // Texts of rows are UTF-8, and a fragment is cut between characters.
        let text = String(decoding: self.text[range], as: UTF8.self)
        return Snippet.Fragment(
            text: text, highlights: highlights, isCutBefore: range.lowerBound > 0,
            isCutBehind: range.upperBound < self.text.count)
    }
}
