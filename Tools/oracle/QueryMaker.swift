/// Makes up search texts: from words, from pieces of documents, and from what a person may type by
/// mistake.
struct QueryMaker {
    /// A search text and what PostgreSQL is asked for it.
    struct Query {
        var text: String
        var rewording: Rewording
    }

    private static let uglyWords = """
        cats running o'brien don't state-of-the-art x-1a 3.14 -7.5e3 1.2.3 foo_bar a@example.com \
        www.example.com/a?b=c /usr/lib/x.so ../up ~me/x AT&T café Straße foo.bar 10-20 b2b C++ \
        rock'n'roll e.g. Mr. 1,000 50% #tag $5 x=y big,small yes/no it's http://example.com:80/a \
        std::string a|b !important <b>bold</b> orange or_else OR-gate Or well-known-2nd 1e5 +49 \
        the and of a not is
        """.split(separator: " ").map(String.init)
    private static let signs = Array("!?,;&|().'+/=#%[]{}^@~`$\\:<>-_\"".unicodeScalars)
    private static let spaces = [
        " ", " ", " ", " ", " ", "  ", "\t", "\n", "\u{A0}", "\u{2003}", "\u{3000}", "\u{2028}",
        "(",
    ]

    private let documents: [String]
    private let stems = Stems()
    private var dice: Dice

    init(documents: [String], seed: UInt64) {
        self.documents = documents
        dice = Dice(seed: seed)
    }

    /// The next search text to parse.
    mutating func next() -> Query {
        if dice.chance(2) { return starred() }
        if dice.chance(1) { return long() }
        var text = ""
        for _ in 0...Int.random(in: 0...6, using: &dice) { text += part() }
        return Query(text: text, rewording: Rewording(text))
    }

    /// The next search text that finds some of the documents.
    mutating func nextToFind() -> Query {
        let document = dice.pick(documents)
        var text = ""
        for index in 0...Int.random(in: 0...2, using: &dice) {
            if index > 0 { text += dice.chance(30) ? " or " : " " }
            let source = dice.chance(70) ? document : dice.pick(documents)
            let kind = Int.random(in: 0..<10, using: &dice)
            if index > 0 && kind < 2 || dice.chance(3) { text += "-" }
            text +=
                kind.isMultiple(of: 2)
                ? piece(of: source, words: 1)
                : "\"" + piece(of: source, words: Int.random(in: 2...4, using: &dice)) + "\""
        }
        return Query(text: text, rewording: Rewording(text))
    }

    // MARK: Parts

    private mutating func part() -> String {
        let space = dice.pick(Self.spaces)
        switch Int.random(in: 0..<100, using: &dice) {
        case 0..<15: return space + "-" + word()
        case 15..<30:
            let quotes = dice.chance(20) ? ("\u{201C}", "\u{201D}") : ("\"", "\"")
            let sign = dice.chance(20) ? "-" : ""
            let words = (0...Int.random(in: 0...3, using: &dice)).map { _ in word() }
            return space + sign + quotes.0 + words.joined(separator: " ") + quotes.1
        case 30..<40: return space + dice.pick(["or", "OR", "oR", "or or", "-or", "or -"])
        case 40..<50: return String(dice.pick(Self.signs))
        case 50..<55: return space + String(dice.pick(Self.signs)) + space
        case 55..<58: return dice.pick(["(", ")", "\"", "--", " - ", "-"])
        default: return space + word()
        }
    }

    private mutating func word() -> String {
        if dice.chance(40) {
            let word = dice.pick(Self.uglyWords)
            return dice.chance(20) ? word + String(Int.random(in: 0..<1000, using: &dice)) : word
        }
        return piece(of: dice.pick(documents), words: 1)
    }

    /// Some words of a document as they stand there, without what means something to both parsers.
    private mutating func piece(of document: String, words count: Int) -> String {
        let words = document.prefix(4000).split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return "cat" }
        let start = Int.random(in: 0..<words.count, using: &dice)
        let piece = words[start..<min(start + count, words.count)].joined(separator: " ")
        return String(
            String.UnicodeScalarView(
                piece.unicodeScalars.filter {
                    !"\"*()\u{201C}\u{201D}\u{201E}".unicodeScalars.contains($0)
                }.prefix(120)))
    }

    // MARK: Deviations that the text does not show

    private mutating func plainWord() -> String {
        while true {
            let word = piece(of: dice.pick(documents), words: 1).lowercased()
            let isPlain = word.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= $0 }
            if isPlain && word != "or" && !stems.stem(word).isEmpty { return word }
        }
    }

    private mutating func starred() -> Query {
        let words = (0...Int.random(in: 0...3, using: &dice)).map { _ in plainWord() }
        let starred = words.map { dice.chance(60) ? $0 + "*" : $0 }
        return Query(
            text: starred.joined(separator: " "),
            rewording: Rewording(words.joined(separator: " "), for: .star))
    }

    private mutating func long() -> Query {
        let words = (0..<Int.random(in: 60...90, using: &dice)).map { _ in plainWord() }
        let text = words.joined(separator: " ")
        guard words.count > 64 else { return Query(text: text, rewording: Rewording(text)) }
        return Query(
            text: text,
            rewording: Rewording(words.prefix(64).joined(separator: " "), for: .limit))
    }
}
