/// What each byte means at the start of a character, for the fast path over ASCII.
@safe
struct CharacterTable: ~Copyable {
    /// A byte that ends a word.
    static let separator: UInt8 = 0
    /// A byte outside ASCII: the whole scalar decides.
    static let nonASCII: UInt8 = 1

    /// For each byte: a letter or digit in lower case, or one of the two marks above.
    let entries: UnsafeMutablePointer<UInt8>

    init() {
        unsafe entries = .allocate(capacity: 256)
        for byte in UInt8.min...UInt8.max {
            let entry: UInt8 =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    byte
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                case 0x80...: Self.nonASCII
                default: Self.separator
                }
            // Safe: there is an entry for every byte.
            unsafe (entries + Int(byte)).initialize(to: entry)
        }
    }

    deinit { unsafe entries.deallocate() }
}
