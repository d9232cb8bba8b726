internal import CTufa
internal import TufaIndex

/// The terms of one text index: a record for each number, and a hash table that finds the number.
///
/// Readers follow numbers that a tree gave them; the hash table is the writer's alone. Numbers
/// begin at 1. That of a term that was removed is used again once no view can know it.
@safe
final class TermTable: @unchecked Sendable {  // One writer; readers see published numbers.
    /// The bytes of the terms.
    private let texts = ByteArena()
    private let records = ChunkDirectory()
    let signatures = TermSignatures()
    /// One more than the greatest number.
    private(set) var limit: UInt32 = 1
    /// How many terms there are.
    private(set) var count = 0
    /// Numbers that some view's tree may still have.
    private var retired = RetireQueue()
    /// Numbers without a signature that some reading may still have found by it.
    private var cleared = RetireQueue()
    private var freeNumbers: [UInt32] = []

    /// Each entry is a term's number below three more bits of its hash, so that a term is hardly
    /// ever compared with another one; 0 is free.
    private var entries: UnsafeMutablePointer<UInt32>
    private var mask: Int
    /// Which terms collide differs from index to index, so that no text can be made to collide.
    private let seed = UInt64.random(in: .min ... .max)

    private static let numberBits: UInt32 = 29
    private static let numberMask: UInt32 = 1 << numberBits - 1
    private static let recordsPerChunk = ChunkDirectory.chunkByteCount / TermRecord.byteCount
    private static let unitsPerRecord =
        UInt32(TermRecord.byteCount / ChunkDirectory.unitByteCount)

    init() {
        mask = 1023
        unsafe entries = .allocate(capacity: 1024)
        unsafe entries.initialize(repeating: 0, count: 1024)
    }

    deinit { unsafe entries.deallocate() }

    /// Bytes in use.
    var byteCount: Int {
        texts.usedByteCount + (mask + 1) * 4
            + Int(limit) * (TermRecord.byteCount + TermSignatures.byteCount)
    }

    var isNearlyFull: Bool { texts.isNearlyFull }

    /// The record of a term.
    @inline(__always) @unsafe
    func record(_ number: UInt32) -> TermRecord {
        // Safe: only numbers below the limit are handed out, and their chunks are there.
        unsafe TermRecord(records.address(number &* Self.unitsPerRecord))
    }

    /// The bytes of a term.
    @inline(__always) @unsafe
    func text(_ number: UInt32) -> UnsafeRawBufferPointer {
        let block = unsafe texts.address(record(number).text)
        return unsafe UnsafeRawBufferPointer(
            start: block + 1, count: Int(block.load(as: UInt8.self)))
    }

    /// Has the record of a term on its way, or its text once the record is there.
    @inline(__always)
    func prefetch(recordOf number: UInt32) {
        // Safe: nothing is read.
        unsafe tufa_prefetch(record(number).base)
    }

    /// Has the text of a term on its way, whose record is there.
    @inline(__always)
    func prefetch(textOf number: UInt32) {
        unsafe tufa_prefetch(texts.address(record(number).text))
    }

    /// The keys of a tree of terms.
    func makeKeySource() -> KeySource {
        ArenaKeySource(
            records: records, unitsPerRecord: Self.unitsPerRecord,
            referenceOffset: TermRecord.textOffset, keys: texts)
    }

    // MARK: Writing

    /// The number of a term of 1 to 255 bytes, none of them zero, which is new if it was not there.
    ///
    /// - Complexity: O(bytes of the term).
    @inline(__always) @unsafe
    func number(of term: UnsafeRawBufferPointer) -> UInt32 {
        let hash = unsafe hash(term)
        let tag = Self.tag(hash)
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = unsafe entries[at]
            if entry == 0 { return unsafe add(term, hash: hash) }
            let number = entry & Self.numberMask
            if entry & ~Self.numberMask == tag, unsafe isText(number, equalTo: term) {
                return number
            }
            at = (at &+ 1) & mask
        }
    }

    /// The bits of a hash that stand above a number.
    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) & ~numberMask
    }

    @inline(__always) @unsafe
    private func isText(_ number: UInt32, equalTo term: UnsafeRawBufferPointer) -> Bool {
        let own = unsafe text(number)
        guard own.count == term.count else { return false }
        // Safe: a term has at least one byte, so neither base is nil.
        let left = unsafe own.baseAddress.unsafelyUnwrapped
        let right = unsafe term.baseAddress.unsafelyUnwrapped
        var at = 0
        while at &+ 8 <= term.count {
            if unsafe left.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                != right.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            {
                return false
            }
            at &+= 8
        }
        while at < term.count {
            if unsafe left.load(fromByteOffset: at, as: UInt8.self)
                != right.load(fromByteOffset: at, as: UInt8.self)
            {
                return false
            }
            at &+= 1
        }
        return true
    }

    @inline(never) @unsafe
    private func add(_ term: UnsafeRawBufferPointer, hash: UInt64) -> UInt32 {
        precondition(
            (1...255).contains(term.count), "A term has 1 to 255 bytes, as analyzers make them.")
        if count * 8 > mask * 7 { growTable() }
        let number = takeNumber()
        count += 1
        let reference = texts.allocate(1 + term.count)
        let block = unsafe texts.address(reference)
        unsafe block.storeBytes(of: UInt8(term.count), as: UInt8.self)
        unsafe UnsafeMutableRawBufferPointer(start: block + 1, count: term.count)
            .copyMemory(from: term)
        let record = unsafe record(number)
        unsafe record.base.initializeMemory(
            as: UInt8.self, repeating: 0, count: TermRecord.byteCount)
        unsafe record.text = reference
        // Whoever finds the signature finds the text.
        unsafe signatures.set(term, number: number)
        unsafe place(number, hash: hash)
        return number
    }

    private func takeNumber() -> UInt32 {
        if let number = freeNumbers.popLast() { return number }
        precondition(limit <= Self.numberMask, "A text index holds at most 2^29 terms.")
        while records.chunkCount * Self.recordsPerChunk <= Int(limit) {
            guard records.addChunks(1) != nil else {
                preconditionFailure("A text index holds at most 2^29 terms.")
            }
        }
        defer { limit += 1 }
        return limit
    }

    @unsafe
    private func place(_ number: UInt32, hash: UInt64) {
        var at = Int(truncatingIfNeeded: hash) & mask
        while unsafe entries[at] != 0 { at = (at &+ 1) & mask }
        unsafe entries[at] = number | Self.tag(hash)
    }

    private func growTable() {
        let old = unsafe UnsafeMutableBufferPointer(start: entries, count: mask + 1)
        let capacity = (mask + 1) * 2
        unsafe entries = .allocate(capacity: capacity)
        unsafe entries.initialize(repeating: 0, count: capacity)
        mask = capacity - 1
        for index in 0..<old.count {
            let entry = unsafe old[index]
            if entry == 0 { continue }
            let number = entry & Self.numberMask
            unsafe place(number, hash: hash(text(number)))
        }
        unsafe old.deallocate()
    }

    // MARK: Removing

    /// Removes a term, which no tree of a later group has: its number and text stay until no view
    /// older than `group` is left.
    ///
    /// - Complexity: O(bytes of the terms behind it in the hash table), a few on average.
    func remove(_ number: UInt32, group: UInt64) {
        var free = Int(truncatingIfNeeded: unsafe hash(text(number))) & mask
        while unsafe entries[free] & Self.numberMask != number { free = (free &+ 1) & mask }
        // Whoever was placed behind it because of it moves up (Knuth, vol. 3, 6.4, algorithm R).
        var at = free
        while true {
            at = (at &+ 1) & mask
            let entry = unsafe entries[at]
            if entry == 0 { break }
            let home = Int(truncatingIfNeeded: unsafe hash(text(entry & Self.numberMask))) & mask
            if (at &- home) & mask >= (at &- free) & mask {
                unsafe entries[free] = entry
                free = at
            }
        }
        unsafe entries[free] = 0
        count -= 1
        retired.append(number, group: group)
    }

    /// Lets numbers be used again that no view of group `oldest` or later can know.
    ///
    /// A number is known from a tree, and from the signatures, which all views share: so when no
    /// tree has it its signature goes, and when no view from before that is left its text.
    func reclaim(oldest: UInt64, group: UInt64) {
        while let number = cleared.next(oldest: oldest) {
            let reference = unsafe record(number).text
            let byteCount = unsafe 1 + Int(texts.address(reference).load(as: UInt8.self))
            texts.free(reference, byteCount: byteCount)
            freeNumbers.append(number)
        }
        while let number = retired.next(oldest: oldest) {
            signatures.clear(number)
            cleared.append(number, group: group)
        }
    }

    /// Two rounds of multiply and fold; the lower half says where, the upper half who.
    @inline(__always) @unsafe
    private func hash(_ term: UnsafeRawBufferPointer) -> UInt64 {
        guard let base = term.baseAddress else { return seed }
        var state = seed ^ UInt64(term.count)
        var at = 0
        while at &+ 8 <= term.count {
            let word = unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            state = Self.fold(state ^ word)
            at &+= 8
        }
        var tail: UInt64 = 0
        while at < term.count {
            tail = unsafe tail << 8 | UInt64(base.load(fromByteOffset: at, as: UInt8.self))
            at &+= 1
        }
        return Self.fold(Self.fold(state ^ tail) ^ seed)
    }

    @inline(__always)
    private static func fold(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
