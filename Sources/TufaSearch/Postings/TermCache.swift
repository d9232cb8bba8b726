/// The numbers of terms that were looked for lately, by their hash: the writer's way past the tree.
///
/// Each hash has one place, which the last term of it takes. Most words of a text are frequent
/// ones, so a few thousand places answer for nearly all of them, at a tenth of the memory that a
/// table of all terms takes. Whoever asks compares the term's text.
@safe
struct TermCache: ~Copyable {
    /// Each entry is a number below the upper three bits of the hash, so that few terms are
    /// compared with another one; 0 is free.
    private var entries: UnsafeMutablePointer<UInt32>
    private var mask: Int

    /// The bits of a number.
    static let numberBits: UInt32 = 29
    static let numberMask: UInt32 = 1 << numberBits - 1
    private static let smallestCount = 1 << 10
    private static let greatestCount = 1 << 15

    init() {
        mask = Self.smallestCount - 1
        unsafe entries = Self.make(Self.smallestCount)
    }

    deinit { unsafe entries.deallocate() }

    private static func make(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        let entries = UnsafeMutablePointer<UInt32>.allocate(capacity: count)
        unsafe entries.initialize(repeating: 0, count: count)
        return unsafe entries
    }

    /// Bytes in use.
    var byteCount: Int { (mask + 1) * 4 }

    /// The bits of a hash that stand above a number.
    @inline(__always)
    private static func tag(_ hash: UInt32) -> UInt32 { hash & ~numberMask }

    @inline(__always)
    private func place(_ hash: UInt32) -> Int { Int(hash) & mask }

    /// The number that was put under a hash last; 0 where it was another hash's, or none.
    @inline(__always)
    subscript(hash: UInt32) -> UInt32 {
        // Safe: places are below the capacity.
        let entry = unsafe entries[place(hash)]
        return entry & ~Self.numberMask == Self.tag(hash) ? entry & Self.numberMask : 0
    }

    /// Puts a number under the hash of its term, one of so many.
    @inline(__always)
    mutating func put(_ number: UInt32, _ hash: UInt32, ofTerms termCount: Int) {
        if termCount > mask, mask < Self.greatestCount - 1 { grow() }
        unsafe entries[place(hash)] = number | Self.tag(hash)
    }

    /// Forgets a number, of which the term is no more.
    mutating func forget(_ number: UInt32, _ hash: UInt32) {
        if self[hash] == number { unsafe entries[place(hash)] = 0 }
    }

    /// Makes it twice as large; what it knew comes back as it is asked for.
    @inline(never)
    private mutating func grow() {
        unsafe entries.deallocate()
        let count = (mask + 1) * 2
        unsafe entries = Self.make(count)
        mask = count - 1
    }
}
