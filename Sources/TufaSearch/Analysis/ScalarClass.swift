/// What a Unicode scalar does to the word it stands in.
enum ScalarClass {
    /// It begins or continues a word and is its own lower case: small letters, ideographs, digits.
    case letter
    /// It begins or continues a word and has a lower case: capitals, letter-like numerals.
    case capital
    /// It continues a word that has begun: accents and vowel signs.
    case mark
    /// It is not there as far as search goes: a soft hyphen, a joiner, a variation selector.
    case ignorable
    /// It ends a word.
    case separator

    /// The class of a scalar outside ASCII, by its Unicode properties.
    init(_ scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber: self = .letter
        case .uppercaseLetter, .titlecaseLetter, .letterNumber: self = .capital
        case .nonspacingMark:
            self = scalar.properties.isVariationSelector ? .ignorable : .mark
        case .spacingMark: self = .mark
        case .format:
            // A zero-width space is written to part words.
            self =
                scalar != "\u{200B}" && scalar.properties.isDefaultIgnorableCodePoint
                ? .ignorable : .separator
        default: self = .separator
        }
    }
}

extension ScalarClass {
    /// Whether a word can begin with the scalar.
    var beginsWord: Bool { self == .letter || self == .capital }
}

extension Unicode.Scalar {
    /// Whether the scalar belongs to a word when it follows one of its letters.
    var continuesWord: Bool {
        if isASCII { return properties.isAlphabetic || ("0"..."9").contains(self) }
        return ScalarClass(self) != .separator
    }
}
