internal import Synchronization
internal import TufaIndex

/// The signatures of all terms of one text index, by number, four bytes each.
///
/// They lie one after the other, so that all can be looked at in a fraction of a millisecond.
/// One writer sets and clears them; a reader looks at those below a limit that was published with
/// its roots, and finds each as it was or as it is: they are words that no processor tears.
@safe
final class TermSignatures: @unchecked Sendable {  // One writer; readers see published numbers.
    private let words = ChunkDirectory()

    static let byteCount = 4
    private static let perChunk = UInt32(ChunkDirectory.wordsPerChunk)

    @inline(__always) @unsafe
    private func address(_ number: UInt32) -> UnsafeMutableRawPointer {
        // Safe: only numbers that were appended or are being appended are asked for.
        unsafe UnsafeMutableRawPointer(words.word(number))
    }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    func releaseAhead() { words.releaseAhead() }

    /// Shows the signature of a term, whose text is there already.
    ///
    /// - Complexity: O(bytes of the term).
    @unsafe
    func set(_ term: UnsafeRawBufferPointer, number: UInt32) {
        guard words.ensure(number >> 1) else {
            preconditionFailure("A text index holds at most 2^29 terms.")
        }
        unsafe store(TermSignature(term), number)
    }

    /// Hides a term: every other has a character, and so a bit.
    func clear(_ number: UInt32) { store(.none, number) }

    private func store(_ signature: TermSignature, _ number: UInt32) {
        unsafe address(number).assumingMemoryBound(to: Atomic<UInt32>.self).pointee.store(
            signature.bits, ordering: .releasing)
    }

    /// The signature of a term.
    subscript(number: UInt32) -> TermSignature {
        unsafe TermSignature(bits: address(number).load(as: UInt32.self))
    }

    /// Whether there is a term, and one that may be within so many edits of another one.
    @inline(__always)
    private static func isShown(
        _ bits: UInt32, within distance: Int, of sought: TermSignature
    ) -> Bool {
        let signature = TermSignature(bits: bits)
        return signature != .none && signature.isWithin(distance, of: sought)
    }

    /// Calls `body` with each number below a limit whose term may be within so many edits of a term
    /// with a signature, ascending; the term's text can be read.
    ///
    /// - Complexity: O(terms · distance), eight terms at a time; allocates nothing.
    @inline(__always)
    func forEach(
        within distance: Int, of sought: TermSignature, below limit: UInt32,
        _ body: (UInt32) -> Void
    ) {
        let filter = SignatureFilter(distance, of: sought)
        var number: UInt32 = 1
        while number < limit {
            let end = min(limit, (number / Self.perChunk &+ 1) &* Self.perChunk)
            // Safe: numbers up to the end lie in one chunk.
            var at = unsafe UnsafeRawPointer(address(number))
            while end &- number >= SignatureFilter.laneCount {
                let signatures = unsafe at.loadUnaligned(as: SignatureFilter.Lanes.self)
                let far = filter.far(signatures)
                if SignatureFilter.isAnyNear(far) {
                    for lane in 0..<SignatureFilter.laneCount
                    where SignatureFilter.isNear(far[Int(lane)])
                        && Self.isShown(signatures[Int(lane)], within: distance, of: sought)
                    {
                        // What was stored before the signature is loaded after it.
                        atomicMemoryFence(ordering: .acquiring)
                        body(number &+ lane)
                    }
                }
                number &+= SignatureFilter.laneCount
                unsafe at += Int(SignatureFilter.laneCount) * Self.byteCount
            }
            while number < end {
                if Self.isShown(self[number].bits, within: distance, of: sought) {
                    atomicMemoryFence(ordering: .acquiring)
                    body(number)
                }
                number &+= 1
            }
        }
    }
}

/// Tells which of eight signatures may be within so many edits of another one.
///
/// It lets some pass that ``TermSignature/isWithin(_:of:)`` does not, and none less. All is done
/// with the operations that every processor has on vectors: a comparison is the sign of a
/// difference, and no bits are counted.
private struct SignatureFilter {
    typealias Lanes = SIMD8<UInt32>

    static let laneCount: UInt32 = 8

    private let wanted: Lanes
    private let least: Lanes
    private let greatest: Lanes
    private let turnCount: Int

    init(_ distance: Int, of sought: TermSignature) {
        wanted = Lanes(repeating: sought.bits & TermSignature.groupBits)
        least = Lanes(repeating: UInt32(max(0, sought.length - distance)))
        greatest = Lanes(
            repeating: UInt32(min(TermSignature.maximumLength, sought.length + distance)))
        turnCount = min(distance, Int(TermSignature.lengthShift))
    }

    /// The signatures' lanes, each with its highest bit set where the signature is too far.
    @inline(__always)
    func far(_ signatures: Lanes) -> Lanes {
        let one = Lanes(repeating: 1)
        var missing = wanted & ~signatures
        var added = signatures & ~wanted & Lanes(repeating: TermSignature.groupBits)
        // Each turn clears the lowest bit; what is left of a lane is more than there may be.
        for _ in 0..<turnCount {
            missing &= missing &- one
            added &= added &- one
        }
        let length = signatures &>> Lanes(repeating: TermSignature.lengthShift)
        // A lane is negative that has too many bits, is too short or is too long.
        return (Lanes(repeating: 0) &- (missing | added)) | (length &- least)
            | (greatest &- length)
    }

    @inline(__always)
    static func isNear(_ lane: UInt32) -> Bool { lane >> 31 == 0 }

    @inline(__always)
    static func isAnyNear(_ far: Lanes) -> Bool {
        let four = far.lowHalf & far.highHalf
        let two = four.lowHalf & four.highHalf
        return isNear(two[0] & two[1])
    }
}
