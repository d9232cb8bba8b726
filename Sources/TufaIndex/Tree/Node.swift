internal import CTufa

/// One node of a B+tree: 1 KiB, the same bytes in memory and in a snapshot.
///
/// ```
/// 0    u64  group in which the node was made; the writer edits nodes of its own group in place
/// 8    u16  count of entries
/// 10   u8   level: 0 for a leaf
/// 11   u8   length of the prefix that all keys of the node share, at most 48
/// 12   u32  zero
/// 16   48   the prefix
///      leaf                          inner
/// 64   80 x u64 heads                60 x u64 heads
/// 544                                60 x u32 children
/// 704  80 x u32 row numbers
/// 784                                60 x u32 tails
/// ```
/// A head is the eight bytes of a key after the prefix, as a big-endian number, padded with zeros.
/// An inner node's separator `i` is the least key that may be under child `i`; separator 0 is not
/// used. A separator longer than prefix and head has its whole self in a tail block.
@unsafe
struct Node {
    @safe static let byteCount = 1024
    @safe static let maximumPrefixLength = 48
    @safe static let leafRoom = 80
    @safe static let innerRoom = 60

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    var group: UInt64 {
        @inline(__always) get { unsafe base.load(as: UInt64.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, as: UInt64.self) }
    }

    var count: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 8, as: UInt16.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt16(newValue), toByteOffset: 8, as: UInt16.self)
        }
    }

    var level: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 10, as: UInt8.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt8(newValue), toByteOffset: 10, as: UInt8.self)
        }
    }

    var isLeaf: Bool { @inline(__always) get { unsafe level == 0 } }

    var prefixLength: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 11, as: UInt8.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt8(newValue), toByteOffset: 11, as: UInt8.self)
        }
    }

    var prefix: UnsafeMutableRawPointer { @inline(__always) get { unsafe base + 16 } }

    var heads: UnsafeMutablePointer<UInt64> {
        @inline(__always) get { unsafe (base + 64).assumingMemoryBound(to: UInt64.self) }
    }

    /// Row numbers of a leaf.
    var refs: UnsafeMutablePointer<UInt32> {
        @inline(__always) get { unsafe (base + 704).assumingMemoryBound(to: UInt32.self) }
    }

    /// Nodes below an inner node.
    var children: UnsafeMutablePointer<UInt32> {
        @inline(__always) get { unsafe (base + 544).assumingMemoryBound(to: UInt32.self) }
    }

    /// Tail blocks of an inner node's separators; 0 where prefix and head say it all.
    var tails: UnsafeMutablePointer<UInt32> {
        @inline(__always) get { unsafe (base + 784).assumingMemoryBound(to: UInt32.self) }
    }

    /// Asks for every line; which of them a search needs is not known before the first is there.
    @inline(__always)
    func prefetch() {
        for line in 0..<Node.byteCount / 64 { unsafe tufa_prefetch(base + line &* 64) }
    }

    /// Makes an empty node.
    func initialize(level: Int, group: UInt64) {
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        unsafe self.group = group
        unsafe self.level = level
    }
}

extension Node {
    /// The head of `key` in a node whose prefix has `prefixLength` bytes.
    @inline(__always)
    static func head(_ key: UnsafeRawBufferPointer, _ prefixLength: Int) -> UInt64 {
        if prefixLength + 8 <= key.count {
            return unsafe UInt64(
                bigEndian: key.loadUnaligned(fromByteOffset: prefixLength, as: UInt64.self))
        }
        return unsafe shortHead(key, prefixLength)
    }

    private static func shortHead(_ key: UnsafeRawBufferPointer, _ prefixLength: Int) -> UInt64 {
        guard prefixLength < key.count else { return 0 }
        var head: UInt64 = 0
        for at in prefixLength..<key.count { head = head << 8 | UInt64(unsafe key[at]) }
        return head << UInt64(8 * (prefixLength + 8 - key.count))
    }

    /// How `key` lies to the prefix: below it (-1), within it (0) or above it (1).
    @inline(__always)
    func side(of key: UnsafeRawBufferPointer) -> Int {
        let length = unsafe prefixLength
        if length == 0 { return 0 }
        guard length <= 8, key.count >= 8 else { return unsafe side(of: key, length) }
        // Most prefixes are short: both sides at once, as numbers, without what comes behind.
        let shift = UInt64(64 &- 8 &* length)
        let own = unsafe UInt64(bigEndian: prefix.load(as: UInt64.self)) &>> shift
        let other = unsafe UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) &>> shift
        return own == other ? 0 : other < own ? -1 : 1
    }

    private func side(of key: UnsafeRawBufferPointer, _ length: Int) -> Int {
        if key.count >= length, let base = key.baseAddress {
            return unsafe compareBytes(base, prefix, length).signum()
        }
        for index in 0..<length {
            let byte = index < key.count ? unsafe key[index] : 0
            let own = unsafe prefix.load(fromByteOffset: index, as: UInt8.self)
            if byte != own { return byte < own ? -1 : 1 }
        }
        return 0
    }

    /// The first of `count` ascending heads that is at least `probe`.
    ///
    /// - Parameter isAnywhere: Whether the next probe will be anywhere. Where keys come in some
    ///   order, as those do that are written, the processor guesses and goes ahead; where it would
    ///   guess wrong every second time, there is no branch to guess.
    @inline(__always)
    static func lowerBound(
        _ heads: UnsafeMutablePointer<UInt64>, _ count: Int, _ probe: UInt64,
        isAnywhere: Bool = false
    ) -> Int {
        if isAnywhere { return unsafe Int(tufa_count_below(heads, Int64(count), probe)) }
        var low = 0
        var length = count
        while length > 1 {
            let half = length >> 1
            low &+= unsafe heads[low &+ half &- 1] < probe ? half : 0
            length &-= half
        }
        return unsafe length == 1 && heads[low] < probe ? low &+ 1 : low
    }
}

extension Node {
    /// Whether a key within the prefix lies behind all entries of a leaf, as far as heads tell.
    @inline(__always)
    func isBehindAll(_ key: UnsafeRawBufferPointer) -> Bool {
        let count = unsafe count
        return unsafe count > 0 && Node.head(key, prefixLength) > heads[count &- 1]
    }

    /// The first entry of a leaf that cannot be told from `key` by its head; 0 for none.
    @inline(__always)
    func numberSharingHead(of key: UnsafeRawBufferPointer) -> UInt32 {
        guard unsafe side(of: key) == 0 else { return 0 }
        let head = unsafe Node.head(key, prefixLength)
        let index = unsafe Node.lowerBound(heads, count, head)
        return unsafe index < count && heads[index] == head ? refs[index] : 0
    }
}

extension Node {
    /// How many entries of a leaf, from `start` on, may have keys that begin with `key`, as far as
    /// the leaf's prefix and their heads tell.
    @inline(__always)
    func entriesSharing(
        _ key: UnsafeRawBufferPointer, from start: Int, atMost limit: Int, _ isReversed: Bool
    ) -> Int {
        let length = unsafe prefixLength
        let shared = min(length, key.count)
        guard
            unsafe sharedPrefixLength(
                UnsafeRawBufferPointer(start: prefix, count: shared), key) == shared
        else { return 0 }
        let known = min(8, key.count - length)
        if known <= 0 { return limit }
        let shift = UInt64(64 - 8 * known)
        let wanted = unsafe Node.head(key, length) >> shift
        let heads = unsafe heads
        var count = 0
        while count < limit,
            unsafe heads[isReversed ? start &- count : start &+ count] >> shift == wanted
        { count &+= 1 }
        return count
    }
}

/// Order of two keys by their bytes: negative, zero or positive.
@inline(__always) @unsafe
func compareKeys(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    if shared > 0, let a = left.baseAddress, let b = right.baseAddress {
        let order = unsafe compareBytes(a, b, shared)
        if order != 0 { return order }
    }
    return left.count - right.count
}

/// `memcmp` in steps of eight bytes.
@inline(__always) @unsafe
private func compareBytes(_ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ count: Int) -> Int {
    var at = 0
    while at &+ 8 <= count {
        let x = unsafe UInt64(bigEndian: a.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let y = unsafe UInt64(bigEndian: b.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        if x != y { return x < y ? -1 : 1 }
        at &+= 8
    }
    while at < count {
        let x = unsafe a.load(fromByteOffset: at, as: UInt8.self)
        let y = unsafe b.load(fromByteOffset: at, as: UInt8.self)
        if x != y { return Int(x) - Int(y) }
        at &+= 1
    }
    return 0
}

/// How many leading bytes two keys share.
@unsafe
func sharedPrefixLength(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
    let limit = min(a.count, b.count)
    var length = 0
    while length < limit, unsafe a[length] == b[length] { length += 1 }
    return length
}
