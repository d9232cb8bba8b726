/// What a Unicode scalar does to the token it stands in.
enum ScalarRole: UInt8 {
    /// It ends a word.
    case other
    /// It begins or goes on with a word; digits of other scripts are letters too.
    case letter
    /// An ASCII digit.
    case digit
    /// It goes on with a word that has begun: accents, vowel signs, joiners.
    case mark

    /// The role of a scalar outside ASCII.
    init(_ scalar: Unicode.Scalar) {
        self = ScalarTable.shared.role(of: scalar)
    }
}

extension Unicode.Scalar {
    /// Whether the scalar belongs to a word when it follows one of its letters.
    var continuesWord: Bool {
        if isASCII { return properties.isAlphabetic || ("0"..."9").contains(self) }
        return ScalarRole(self) != .other
    }

    /// Whether the scalar is a space that a line may break at, which parts what a no-break space
    /// holds together.
    var isBreakingSpace: Bool {
        switch self {
        case "\u{85}", "\u{A0}", "\u{2007}", "\u{202F}": false
        default: properties.isWhitespace
        }
    }

    /// Whether the scalar is not there as far as search goes.
    ///
    /// So it is with a soft hyphen, a joiner or a variation selector, but not with a zero-width
    /// space, which is written to part words.
    var isIgnorable: Bool {
        properties.isVariationSelector
            || properties.generalCategory == .format && properties.isDefaultIgnorableCodePoint
                && self != "\u{200B}"
    }

    /// The role by the properties of Unicode.
    fileprivate var role: ScalarRole {
        if properties.isAlphabetic { return .letter }
        switch properties.generalCategory {
        case .decimalNumber: return .letter
        case .nonspacingMark, .spacingMark: return .mark
        default: return isIgnorable ? .mark : .other
        }
    }

    /// The lower case by Unicode's simple case folding.
    ///
    /// So the forms of one letter are one: `ς` is `σ` and `ſ` is `s`. A scalar whose folding is
    /// more than one scalar stays in lower case.
    fileprivate var simpleFolding: Unicode.Scalar {
        // The dotless i has the capital of another letter.
        if self == "\u{131}" { return self }
        let upper = properties.uppercaseMapping.unicodeScalars
        let capital = upper.count == 1 ? upper[upper.startIndex] : self
        let lower = capital.properties.lowercaseMapping.unicodeScalars
        return lower[lower.startIndex]
    }
}

/// Roles and foldings, looked up once for the scripts that are near ASCII.
@safe
final class ScalarTable: @unchecked Sendable {  // Written by `init` alone.
    /// The one table, made when the first text outside ASCII is analyzed.
    static let shared = ScalarTable()

    private static let limit: UInt32 = 0x0700
    /// For each scalar below the limit, its folding with its role above it.
    private let entries: UnsafeMutablePointer<UInt32>

    private init() {
        unsafe entries = .allocate(capacity: Int(Self.limit))
        for value in 0..<Self.limit {
            let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
            let entry = UInt32(scalar.role.rawValue) << 24 | scalar.simpleFolding.value
            // Safe: there is an entry for every scalar below the limit.
            unsafe (entries + Int(value)).initialize(to: entry)
        }
    }

    deinit { unsafe entries.deallocate() }

    /// The role of a scalar outside ASCII.
    @inline(__always)
    func role(of scalar: Unicode.Scalar) -> ScalarRole {
        // Safe: the value is below the limit.
        if scalar.value < Self.limit {
            return unsafe ScalarRole(rawValue: UInt8(entries[Int(scalar.value)] >> 24)) ?? .other
        }
        return Self.isIdeographOrSyllable(scalar.value) ? .letter : scalar.role
    }

    /// The folding of a scalar.
    @inline(__always)
    func folding(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        // Safe: the value is below the limit.
        if scalar.value < Self.limit {
            return unsafe Unicode.Scalar(entries[Int(scalar.value)] & 0xFF_FFFF) ?? scalar
        }
        return Self.isIdeographOrSyllable(scalar.value) ? scalar : scalar.simpleFolding
    }

    /// Whether a scalar is a common one of China, Japan or Korea: a letter with neither case nor
    /// other forms.
    @inline(__always)
    static func isIdeographOrSyllable(_ value: UInt32) -> Bool {
        0x4E00..<0x9FFE ~= value || 0xAC00..<0xD7A4 ~= value || 0x3041..<0x3097 ~= value
            || 0x30A1..<0x30FB ~= value
    }
}
