/// What each byte means to the parser, for the fast path over ASCII.
///
/// A letter or digit stands for its lower case; every other byte has a mark below `firstDigit`.
@safe
struct ByteMarks: ~Copyable, @unchecked Sendable {  // Written by `init` alone.
    /// A byte that ends a word and begins nothing: spaces and most punctuation.
    static let blank: UInt8 = 0
    /// A byte outside ASCII: the whole scalar decides.
    static let nonASCII: UInt8 = 1
    /// `<`, `+` and `&`, which end a word and may begin a token.
    static let opener: UInt8 = 2
    /// `-` and `/`, which may go on with a token and may begin one.
    static let joiningOpener: UInt8 = 3
    /// `_`, `@` and `:`, which may go on with a token.
    static let joiner: UInt8 = 4
    /// The dot, which may go on with a token and begins one right behind another.
    static let dot: UInt8 = 5
    /// The tilde, which begins a token right behind another.
    static let tilde: UInt8 = 6
    /// The least entry of a letter or digit.
    static let firstDigit = UInt8(ascii: "0")
    /// The least entry of a letter.
    static let firstLetter = UInt8(ascii: "a")

    /// The one table, made when the first text is analyzed.
    static let shared = ByteMarks()

    /// For each byte its entry.
    let entries: UnsafePointer<UInt8>

    private init() {
        let entries = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        // Safe: there is an entry for every byte.
        for byte in UInt8.min...UInt8.max {
            unsafe (entries + Int(byte)).initialize(to: Self.entry(of: byte))
        }
        unsafe self.entries = UnsafePointer(entries)
    }

    deinit { unsafe entries.deallocate() }

    private static func entry(of byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "<"), UInt8(ascii: "+"), UInt8(ascii: "&"): opener
        case UInt8(ascii: "-"), UInt8(ascii: "/"): joiningOpener
        case UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: ":"): joiner
        case UInt8(ascii: "."): dot
        case UInt8(ascii: "~"): tilde
        case 0x80...: nonASCII
        default: blank
        }
    }
}
