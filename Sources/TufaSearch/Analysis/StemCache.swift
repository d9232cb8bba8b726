/// The stems of words that came lately, each in the one place that its hash gives it.
///
/// Few words are most of any text (Zipf 1949), and finding a stem takes a tenth of making it.
@safe
struct StemCache: ~Copyable {
    /// Up to 15 bytes as two numbers; how many there are is the highest byte.
    private struct Word: Equatable {
        var low: UInt64 = 0
        var high: UInt64 = 0

        /// Reads 16 bytes, of which `count` are the word.
        @unsafe @inline(__always)
        init(_ base: UnsafePointer<UInt8>, _ count: Int) {
            let base = unsafe UnsafeRawPointer(base)
            let mask: (UInt64, UInt64) =
                count < 8
                ? (1 &<< UInt64(8 &* count) &- 1, 0)
                : (.max, 1 &<< UInt64(8 &* (count &- 8)) &- 1)
            low = unsafe UInt64(littleEndian: base.loadUnaligned(as: UInt64.self)) & mask.0
            high =
                unsafe UInt64(
                    littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) & mask.1
            high |= UInt64(count) << 56
        }

        init() {}

        var count: Int { @inline(__always) get { Int(high >> 56) } }

        /// Writes 16 bytes, of which ``count`` are the word.
        @unsafe @inline(__always)
        func store(to base: UnsafeMutablePointer<UInt8>) {
            let base = UnsafeMutableRawPointer(base)
            unsafe base.storeBytes(of: low.littleEndian, as: UInt64.self)
            unsafe base.storeBytes(of: high.littleEndian, toByteOffset: 8, as: UInt64.self)
        }

        /// By multiplication: Knuth, volume 3, 6.4.
        var hash: Int {
            @inline(__always) get {
                let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0x9E37_79B9_7F4A_7C15
                return Int(truncatingIfNeeded: mixed >> (64 - StemCache.slotBits))
            }
        }
    }

    private struct Slot {
        /// The word; of no bytes where nothing was noted yet.
        var word = Word()
        /// Its stem; of no bytes for a stop word.
        var stem = Word()
    }

    private static let slotBits: UInt64 = 11
    private static let maximumByteCount = 15
    /// A buffer that a query or two go through has no cache: its 64 KiB come with so many words.
    static let wordsWithout = 256

    private var slots: UnsafeMutablePointer<Slot>?
    private var wordCount = 0

    init() {}

    deinit { unsafe slots?.deallocate() }

    /// Whether there is a cache yet.
    var isThere: Bool { unsafe slots != nil }

    /// Replaces a word by its stem and gives the length of that: 0 for a stop word.
    ///
    /// - Parameters:
    ///   - word: Memory of at least 16 bytes, of which `count` are the word.
    ///   - make: Makes the stem of a word that was not met lately, in the same place.
    /// - Complexity: O(1) for a word that was met lately.
    @unsafe @inline(__always)
    mutating func stem(
        _ word: UnsafeMutablePointer<UInt8>, count: Int, _ make: () -> Int
    ) -> Int {
        guard let slots = unsafe slots, count <= Self.maximumByteCount else {
            note()
            return make()
        }
        let packed = unsafe Word(word, count)
        // Safe: the hash is below the number of slots.
        let slot = unsafe slots + packed.hash
        if unsafe slot.pointee.word == packed {
            let stem = unsafe slot.pointee.stem
            #if TUFA_CHECK_INVARIANTS
                let made = make()
                unsafe precondition(made == 0 ? stem.count == 0 : Word(word, made) == stem)
            #endif
            unsafe stem.store(to: word)
            return stem.count
        }
        let stemCount = make()
        if stemCount <= Self.maximumByteCount {
            unsafe slot.pointee = Slot(
                word: packed, stem: stemCount == 0 ? Word() : Word(word, stemCount))
        }
        return stemCount
    }

    private mutating func note() {
        guard unsafe slots == nil else { return }
        wordCount += 1
        if wordCount <= Self.wordsWithout { return }
        let made = UnsafeMutablePointer<Slot>.allocate(capacity: 1 << Int(Self.slotBits))
        unsafe made.initialize(repeating: Slot(), count: 1 << Int(Self.slotBits))
        unsafe slots = made
    }
}
