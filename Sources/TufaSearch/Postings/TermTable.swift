internal import CTufa
internal import TufaIndex

/// The terms of one text index: a record for each number, and a hash table that finds the number.
///
/// Readers follow numbers that a tree gave them; the hash table is the writer's alone. Numbers
/// begin at 1. A term, once there, stays.
@safe
final class TermTable: @unchecked Sendable {  // One writer; readers see published numbers.
    /// The bytes of the terms.
    private let texts = ByteArena()
    private let records = ChunkDirectory()
    let signatures = TermSignatures()
    /// One more than the number of the last term.
    private(set) var limit: UInt32 = 1

    /// Each entry is a term's number, 0 is free; the record has the upper half of the hash.
    private var entries: UnsafeMutablePointer<UInt32>
    private var mask: Int
    /// Which terms collide differs from index to index, so that no text can be made to collide.
    private let seed = UInt64.random(in: .min ... .max)

    private static let recordsPerChunk = ChunkDirectory.chunkByteCount / TermRecord.byteCount
    private static let unitsPerRecord =
        UInt32(TermRecord.byteCount / ChunkDirectory.unitByteCount)

    init() {
        mask = 1023
        unsafe entries = .allocate(capacity: 1024)
        unsafe entries.initialize(repeating: 0, count: 1024)
    }

    deinit { unsafe entries.deallocate() }

    /// How many terms there are.
    var count: Int { Int(limit) - 1 }

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
        var at = Int(truncatingIfNeeded: hash) & mask
        while true {
            let number = unsafe entries[at]
            if number == 0 { return unsafe add(term, hash: hash) }
            if unsafe record(number).hashTag == UInt32(truncatingIfNeeded: hash >> 32),
                unsafe isText(number, equalTo: term)
            {
                return number
            }
            at = (at &+ 1) & mask
        }
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
        precondition(limit < 1 << 29, "A text index holds at most 2^29 terms.")
        if count * 3 > mask * 2 { growTable() }
        while records.chunkCount * Self.recordsPerChunk <= Int(limit) {
            guard records.addChunks(1) != nil else {
                preconditionFailure("A text index holds at most 2^29 terms.")
            }
        }
        let number = limit
        limit += 1
        unsafe signatures.append(term, number: number)
        let reference = texts.allocate(1 + term.count)
        let block = unsafe texts.address(reference)
        unsafe block.storeBytes(of: UInt8(term.count), as: UInt8.self)
        unsafe UnsafeMutableRawBufferPointer(start: block + 1, count: term.count)
            .copyMemory(from: term)
        let record = unsafe record(number)
        unsafe record.base.initializeMemory(
            as: UInt8.self, repeating: 0, count: TermRecord.byteCount)
        unsafe record.text = reference
        unsafe record.hashTag = UInt32(truncatingIfNeeded: hash >> 32)
        unsafe place(number, hash: hash)
        return number
    }

    @unsafe
    private func place(_ number: UInt32, hash: UInt64) {
        var at = Int(truncatingIfNeeded: hash) & mask
        while unsafe entries[at] != 0 { at = (at &+ 1) & mask }
        unsafe entries[at] = number
    }

    private func growTable() {
        let capacity = (mask + 1) * 2
        unsafe entries.deallocate()
        unsafe entries = .allocate(capacity: capacity)
        unsafe entries.initialize(repeating: 0, count: capacity)
        mask = capacity - 1
        for number in 1..<limit { unsafe place(number, hash: hash(text(number))) }
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
