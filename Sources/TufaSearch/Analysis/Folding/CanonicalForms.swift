/// Which letters and marks are written in more than one way, and how they are taken apart and put
/// together: Unicode's canonical decompositions.
struct CanonicalForms: Sendable {
    /// One scalar as two, or as another one.
    struct Form {
        var first: UInt32
        /// Zero where the scalar is another form of `first` alone.
        var second: UInt32
    }

    /// The one table, made when the first text needs it.
    static let shared = CanonicalForms()

    private var forms: [UInt32: Form] = [:]
    private var pairs: [UInt64: UInt32] = [:]

    private init() {
        forms.reserveCapacity(2100)
        pairs.reserveCapacity(1000)
        for entry in canonicalDecompositions.utf8.split(separator: UInt8(ascii: " ")) {
            var numbers: [UInt32] = [0]
            var isPrimary = false
            for byte in entry {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"):
                    numbers[numbers.count - 1] = numbers[numbers.count - 1] << 4 | UInt32(byte & 15)
                case UInt8(ascii: "A")...UInt8(ascii: "F"):
                    numbers[numbers.count - 1] =
                        numbers[numbers.count - 1] << 4 | UInt32(byte - 55)
                default:
                    isPrimary = byte == UInt8(ascii: "+")
                    numbers.append(0)
                }
            }
            let form = Form(first: numbers[1], second: numbers.count > 2 ? numbers[2] : 0)
            forms[numbers[0]] = form
            if isPrimary { pairs[Self.key(form.first, form.second)] = numbers[0] }
        }
    }

    /// How a scalar is taken apart; nil where it is not.
    func form(of scalar: UInt32) -> Form? { forms[scalar] }

    /// The scalar that stands for two, or nil.
    func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.composed(first, second) ?? pairs[Self.key(first, second)]
    }

    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
        UInt64(first) << 32 | UInt64(second)
    }
}

/// The syllables of Korean, which are computed.
private enum Hangul {
    private static let syllables: UInt32 = 0xAC00
    private static let leads: UInt32 = 0x1100
    private static let vowels: UInt32 = 0x1161
    private static let tails: UInt32 = 0x11A7

    static func composed(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (leads..<leads + 19).contains(first), (vowels..<vowels + 21).contains(second) {
            return syllables + ((first - leads) * 21 + second - vowels) * 28
        }
        if (syllables..<syllables + 11_172).contains(first), (first - syllables) % 28 == 0,
            (tails + 1..<tails + 28).contains(second)
        {
            return first + second - tails
        }
        return nil
    }
}
