/// The 127 English words that are too common to be indexed: PostgreSQL's list.
///
/// A perfect hash: every word has a slot of its own, so a look-up compares once.
@safe
package struct StopWords: ~Copyable, @unchecked Sendable {  // Written by `init` alone.
    /// The one table.
    package static let shared = StopWords()

    /// The words, in groups as they are taught: pronouns, verbs, articles, prepositions, adverbs,
    /// and what an apostrophe leaves behind.
    package static let words = """
        i me my myself we our ours ourselves you your yours yourself yourselves he him his himself \
        she her hers herself it its itself they them their theirs themselves what which who whom \
        this that these those am is are was were be been being have has had having do does did \
        doing a an the and but if or because as until while of at by for with about against \
        between into through during before after above below to from up down in out on off over \
        under again further then once here there when where why how all any both each few more \
        most other some such no nor not only own same so than too very s t can will just don \
        should now
        """

    /// The longest word has ten bytes.
    private static let maximumByteCount = 10
    private static let slotCount = 512

    /// A word as two integers: eight bytes, and the rest with the length above it.
    private struct Slot {
        var low: UInt64 = 0
        var high: UInt64 = 0
    }

    private let slots: UnsafeMutablePointer<Slot>

    /// Builds the table, in a few microseconds.
    package init() {
        unsafe slots = .allocate(capacity: Self.slotCount)
        unsafe slots.initialize(repeating: Slot(), count: Self.slotCount)
        for word in Self.words.split(separator: " ") {
            // Safe: the bytes are read within the closure, and the hash is below the slot count.
            unsafe Array(word.utf8).withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                let slot = unsafe Self.pack(base, count: bytes.count)
                let place = unsafe slots + Self.hash(slot)
                unsafe precondition(place.pointee.high == 0, "\(word) has no slot of its own")
                unsafe place.pointee = slot
            }
        }
    }

    deinit { unsafe slots.deallocate() }

    /// Whether a lower-case word is a stop word.
    /// - Complexity: O(1); allocates nothing.
    @unsafe @inline(__always)
    package func contains(_ base: UnsafePointer<UInt8>, count: Int) -> Bool {
        guard count > 0 && count <= Self.maximumByteCount else { return false }
        let slot = unsafe Self.pack(base, count: count)
        // Safe: the hash is below the number of slots.
        let found = unsafe slots[Self.hash(slot)]
        return found.low == slot.low && found.high == slot.high
    }

    @inline(__always)
    private static func pack(_ base: UnsafePointer<UInt8>, count: Int) -> Slot {
        var slot = Slot(low: 0, high: UInt64(count) << 56)
        for index in 0..<min(count, 8) {
            slot.low |= unsafe UInt64(base[index]) << UInt64(8 * index)
        }
        var index = 8
        while index < count {
            slot.high |= unsafe UInt64(base[index]) << UInt64(8 * (index - 8))
            index += 1
        }
        return slot
    }

    /// The multiplier was searched for: with it, no two words share a slot.
    @inline(__always)
    private static func hash(_ slot: Slot) -> Int {
        Int(truncatingIfNeeded: ((slot.low ^ slot.high) &* 0x675E_3956_E0FB_2A2D) >> 55)
    }
}
