internal import CTufa
internal import TufaIndex

/// The terms of one text index: for each number where the postings are, and the text.
///
/// A tree finds numbers by texts; the writer asks a small cache first. Numbers begin at 1. That of
/// a term that was removed is used again once no view can know it.
@safe
final class TermTable: @unchecked Sendable {  // One writer; readers see published numbers.
    /// The bytes of the terms.
    private let texts = ShortBytes()
    /// A ``TermRecord`` for each number.
    private let records = ChunkDirectory()
    /// Where the text of each number is.
    private let references = ChunkDirectory()
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

    // The writer's, for every word: not checked for overlapping accesses.
    @exclusivity(unchecked) private var cache = TermCache()
    /// Which terms share a place in the cache differs from index to index, so that no texts can be
    /// made to drive each other out.
    private let seed = UInt64.random(in: .min ... .max)

    private static let referenceByteCount = 4

    /// Bytes in use.
    var byteCount: Int {
        texts.usedByteCount + (unsafe cache.byteCount)
            + Int(limit)
            * (TermRecord.byteCount + Self.referenceByteCount + TermSignatures.byteCount)
    }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    func releaseAhead() {
        texts.releaseAhead()
        records.releaseAhead()
        references.releaseAhead()
        signatures.releaseAhead()
    }

    var isNearlyFull: Bool { texts.isNearlyFull }

    /// Whether another term might not fit.
    var isFull: Bool { texts.isFull || limit > TermCache.numberMask }

    /// The record of a term.
    @inline(__always) @unsafe
    func record(_ number: UInt32) -> TermRecord {
        // Safe: only numbers below the limit are handed out, and their chunks are there.
        unsafe TermRecord(records.address(number))
    }

    @inline(__always) @unsafe
    private func reference(_ number: UInt32) -> UnsafeMutablePointer<UInt32> {
        // Safe: as for the record.
        unsafe references.word(number)
    }

    /// The bytes of a term.
    @inline(__always) @unsafe
    func text(_ number: UInt32) -> UnsafeRawBufferPointer {
        unsafe texts[reference(number).pointee]
    }

    /// Has the record of a term on its way, and where its text is.
    @inline(__always)
    func prefetch(recordOf number: UInt32) {
        // Safe: nothing is read.
        unsafe tufa_prefetch(record(number).base)
        unsafe tufa_prefetch(reference(number))
    }

    /// Has the text of a term on its way, once it is known where that is.
    @inline(__always)
    func prefetch(textOf number: UInt32) {
        unsafe tufa_prefetch(texts.address(reference(number).pointee))
    }

    /// The keys of a tree of terms.
    func makeKeySource() -> KeySource { StringKeySource(references: references, strings: texts) }

    // MARK: Writing

    /// The number of a term that was looked for lately; 0 where it is not known without the tree.
    ///
    /// - Complexity: O(bytes of the term).
    @inline(__always) @unsafe
    func recent(_ term: UnsafeRawBufferPointer, hash: UInt32) -> UInt32 {
        let number = unsafe cache[hash]
        return unsafe number != 0 && isText(number, equalTo: term) ? number : 0
    }

    /// Has a term that the tree has found without it from now on.
    @inline(__always)
    func remember(_ number: UInt32, hash: UInt32) {
        unsafe cache.put(number, hash, ofTerms: count)
    }

    /// Whether the term of a number is these bytes.
    @inline(__always) @unsafe
    func isText(_ number: UInt32, equalTo term: UnsafeRawBufferPointer) -> Bool {
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

    /// Makes a number for a term of 1 to 255 bytes, none of them zero, that the tree does not have.
    ///
    /// - Complexity: O(bytes of the term).
    @inline(never) @unsafe
    func add(_ term: UnsafeRawBufferPointer) -> UInt32 {
        precondition(
            (1...255).contains(term.count), "A term has 1 to 255 bytes, as analyzers make them.")
        let number = takeNumber()
        count += 1
        unsafe record(number).initialize()
        unsafe reference(number).initialize(to: texts.add(term))
        // Whoever finds the signature finds the text.
        unsafe signatures.set(term, number: number)
        return number
    }

    private func takeNumber() -> UInt32 {
        if let number = freeNumbers.popLast() { return number }
        guard limit <= TermCache.numberMask, records.ensure(limit), references.ensure(limit >> 1)
        else { preconditionFailure("A text index holds at most 2^29 terms.") }
        defer { limit += 1 }
        return limit
    }

    // MARK: Removing

    /// Removes a term, which no tree of a later group has: its number and text stay until no view
    /// older than `group` is left.
    ///
    /// - Complexity: O(bytes of the term).
    func remove(_ number: UInt32, group: UInt64) {
        unsafe cache.forget(number, hash(text(number)))
        count -= 1
        retired.append(number, group: group)
    }

    /// Lets numbers be used again that no view of group `oldest` or later can know.
    ///
    /// A number is known from a tree, and from the signatures, which all views share: so when no
    /// tree has it its signature goes, and when no view from before that is left its text.
    func reclaim(oldest: UInt64, group: UInt64) {
        while let number = cleared.next(oldest: oldest) {
            texts.free(unsafe reference(number).pointee)
            freeNumbers.append(number)
        }
        while let number = retired.next(oldest: oldest) {
            signatures.clear(number)
            cleared.append(number, group: group)
        }
    }

    /// The hash of a term: a round of multiply and fold for each eight bytes, and two more.
    @inline(__always) @unsafe
    func hash(_ term: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = term.baseAddress else { return 0 }
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
        return UInt32(truncatingIfNeeded: Self.fold(Self.fold(state ^ tail) ^ seed))
    }

    @inline(__always)
    private static func fold(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
