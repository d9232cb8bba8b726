/// FNV-1a over bytes, 64 bits: tells one content from another, and is no defence against malice.
package struct Fingerprint: Sendable {
    /// The fingerprint of what was fed so far.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    /// Starts with nothing fed.
    package init() {}

    /// Feeds bytes.
    package mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    /// Feeds a number.
    package mutating func combine(word: UInt64) {
        var rest = word
        for _ in 0..<8 {
            value = (value ^ rest & 0xFF) &* 0x0000_0100_0000_01B3
            rest &>>= 8
        }
    }

    /// Feeds the bytes of a text.
    package mutating func combine(_ text: String) { combine(text.utf8) }

    /// The fingerprint of some bytes.
    package static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var fingerprint = Fingerprint()
        fingerprint.combine(bytes)
        return fingerprint.value
    }
}
