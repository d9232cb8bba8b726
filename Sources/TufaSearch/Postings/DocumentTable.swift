internal import CTufa
internal import Synchronization
internal import TufaIndex

/// The documents of one text index: for each number a record, and a bit that says it may be dead.
///
/// ```
/// 0   u32        row number
/// 4   F x u32    tokens, by field
/// ```
/// Numbers begin at 1 and are never used again. Records are filled before a view can know the
/// number; only the bit changes afterwards, atomically, once the position of the event that ended
/// the document is in a table that has memory from the first ending on. A rough length of each
/// field, in a byte of its own, and the lowest row of neighbours, which falls as they come, have
/// tables so small that they stay in a processor's cache.
/// The memory of a span of documents that are dead in all views goes back to the system; what is
/// read of it later are zeros, which say the same: dead, and as early as can be.
@safe
final class DocumentTable: @unchecked Sendable {  // One writer; what changes later is atomic.
    private let records = ChunkDirectory()
    private let deaths = ChunkDirectory()
    private let deadBits = ChunkDirectory()
    /// How many documents of each span have ended.
    private var endedCounts: [UInt32] = []
    /// Spans of which all documents have ended, and the group in which the last one did.
    private var ended: [(span: Int, group: UInt64)] = []
    private var releasedByteCount = 0
    /// The documents of rows that have another number than their row.
    @exclusivity(unchecked) private var elsewhere = RowDocuments()
    /// A ``LengthCode`` for each field of each document.
    private let lengthCodes = ChunkDirectory()
    /// The lowest row of documents that follow one another.
    private let lowestRows = ChunkDirectory()
    private let recordShift: UInt32
    private let lengthShift: Int
    let fieldCount: Int
    /// One more than the number of the last document.
    private(set) var limit: UInt32 = 1

    /// Documents of a span: their records and positions are whole pages of any system.
    static let spanShift: UInt32 = 14
    static let spanCount: UInt32 = 1 << spanShift

    #if DEBUG
        /// Small tests have several neighbourhoods.
        private static let neighbourShift: UInt32 = 2
    #else
        /// Of so many neighbours the lowest row is known: 64 KB for two million documents.
        private static let neighbourShift: UInt32 = 8
    #endif
    static let neighbourCount: UInt32 = 1 << neighbourShift

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        // A record of 4 + 4F bytes takes a power of two of them, so that it lies in one chunk.
        recordShift = fieldCount == 1 ? 0 : fieldCount <= 3 ? 1 : fieldCount <= 7 ? 2 : 3
        lengthShift = Int.bitWidth - (fieldCount - 1).leadingZeroBitCount
    }

    /// How far ``limit`` can grow: what 32-bit references to the records reach.
    var maximumLimit: UInt32 { .max >> recordShift }

    /// Bytes in use.
    var byteCount: Int {
        let recordBytes = Int(limit) << Int(recordShift) * ChunkDirectory.unitByteCount
        let codeBytes = Int(limit) << lengthShift
        let lowestBytes = Int(limit >> Self.neighbourShift + 1) * ChunkDirectory.unitByteCount
        let deathBytes = deaths.chunkCount * ChunkDirectory.chunkByteCount
        return recordBytes + codeBytes + lowestBytes + Int(limit) / 8 + deathBytes
            - releasedByteCount + (unsafe elsewhere.byteCount)
    }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    func releaseAhead() {
        for directory in [records, deaths, deadBits, lengthCodes, lowestRows] {
            directory.releaseAhead()
        }
    }

    // MARK: Reading

    @inline(__always) @unsafe
    private func record(_ document: UInt32) -> UnsafeMutableRawPointer {
        // Safe: only numbers below the limit are asked for, and their chunks are there.
        unsafe records.address(document << recordShift)
    }

    @inline(__always) @unsafe
    private func death(_ document: UInt32) -> UnsafeMutablePointer<Atomic<UInt64>> {
        // Safe: only documents whose bit is set are asked for, and their chunks were there before.
        unsafe deaths.address(document).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    @inline(__always) @unsafe
    private func deadWord(_ document: UInt32) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe deadBits.address(document >> 6).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// The row that a document is a version of.
    @inline(__always)
    func row(_ document: UInt32) -> UInt32 {
        unsafe record(document).load(as: UInt32.self)
    }

    @inline(__always) @unsafe
    private func lowestRow(_ document: UInt32) -> UnsafeMutablePointer<Atomic<UInt32>> {
        // Safe: it is there as long as the document is.
        unsafe lowestRows.address(document >> Self.neighbourShift)
            .assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// Whether a document's neighbours tell that it is a version of a row behind another one.
    ///
    /// That takes no look at its record, which lies in the cache much less often. Rows are numbered
    /// as their documents come, so it is known of nearly all that follow; it is not where a
    /// neighbour is a later version of a row, or has the number of one that was deleted.
    @inline(__always)
    func isOfRow(_ document: UInt32, after row: UInt32) -> Bool {
        // Documents that a view does not see can only make the lowest row lower.
        unsafe lowestRow(document).pointee.load(ordering: .relaxed) > row
    }

    /// Tokens of a document in one field.
    @inline(__always)
    func tokenCount(_ document: UInt32, field: Int) -> UInt32 {
        unsafe record(document).load(fromByteOffset: 4 &+ 4 &* field, as: UInt32.self)
    }

    /// Has what ``tokenCount(_:field:)`` reads on its way.
    @inline(__always)
    func prefetch(_ document: UInt32) { unsafe tufa_prefetch(record(document)) }

    /// Has what ``lengthCodes(_:)`` gives on its way.
    @inline(__always)
    func prefetchLengths(_ document: UInt32) { unsafe tufa_prefetch(lengthCodes(document)) }

    /// The rough lengths of a document, a ``LengthCode`` for each field.
    @inline(__always) @unsafe
    func lengthCodes(_ document: UInt32) -> UnsafeMutablePointer<UInt8> {
        let byte = Int(document) &<< lengthShift
        // Safe: they are there as long as the document is. A document's codes never lie in two
        // chunks, since they take a power of two of bytes.
        return unsafe (lengthCodes.address(UInt32(truncatingIfNeeded: byte &>> 3)) + byte & 7)
            .assumingMemoryBound(to: UInt8.self)
    }

    /// Whether a view of `position` sees a document below its limit.
    @inline(__always)
    func isAlive(_ document: UInt32, at position: UInt64) -> Bool {
        // A death that the view must see was stored before the view was published; one that is
        // being stored now lies after the view either way, and its memory is there with its bit.
        let word = unsafe deadWord(document).pointee.load(ordering: .acquiring)
        if word & (1 << UInt64(document & 63)) == 0 { return true }
        return unsafe death(document).pointee.load(ordering: .relaxed) > position
    }

    // MARK: Writing

    /// Makes the next document; no view sees it before a root with a higher limit is published.
    func add(row: UInt32, tokenCounts: SIMD8<UInt32>) -> UInt32 {
        precondition(limit < maximumLimit, "A text index is full: it has no number left.")
        let document = limit
        Self.ensure(records, reaches: (document + 1) << recordShift)
        Self.ensure(
            lengthCodes,
            reaches: UInt32(((Int(document) + 1) << lengthShift) / 8) + 1)
        Self.ensure(deadBits, reaches: (document >> 6) + 1)
        if document & 63 == 0 || document == 1 {
            // Safe: none of the word's documents is known to a view yet.
            unsafe deadBits.address(document >> 6).storeBytes(of: 0, as: UInt64.self)
        }
        noteLowest(row, of: document)
        let record = unsafe record(document)
        unsafe record.storeBytes(of: row, as: UInt32.self)
        for field in 0..<fieldCount {
            unsafe record.storeBytes(
                of: tokenCounts[field], toByteOffset: 4 + 4 * field, as: UInt32.self)
            unsafe lengthCodes(document)[field] = LengthCode.code(tokenCounts[field])
        }
        setCurrent(document, of: row, true)
        limit += 1
        return document
    }

    private func noteLowest(_ row: UInt32, of document: UInt32) {
        Self.ensure(lowestRows, reaches: document >> Self.neighbourShift + 1)
        let lowest = unsafe lowestRow(document)
        if document & (1 << Self.neighbourShift - 1) == 0 || document == 1 {
            // Safe: none of the neighbours is known to a view yet.
            unsafe lowest.initialize(to: Atomic(row))
        } else if unsafe row < lowest.pointee.load(ordering: .relaxed) {
            unsafe lowest.pointee.store(row, ordering: .relaxed)
        }
    }

    /// Ends a document, in the group being built: views of `position` and later do not see it.
    func end(_ document: UInt32, position: UInt64, group: UInt64) {
        Self.ensure(deaths, reaches: document + 1)
        unsafe death(document).pointee.store(position, ordering: .relaxed)
        let bit: UInt64 = 1 << UInt64(document & 63)
        unsafe deadWord(document).pointee.bitwiseOr(bit, ordering: .releasing)
        setCurrent(document, of: row(document), false)
        countEnded(document, group: group)
    }

    private func countEnded(_ document: UInt32, group: UInt64) {
        let span = Int(document >> Self.spanShift)
        while endedCounts.count <= span { endedCounts.append(0) }
        endedCounts[span] += 1
        if isWhole(span) { ended.append((span, group)) }
    }

    /// Whether all documents of a span have ended.
    private func isWhole(_ span: Int) -> Bool {
        // There is no document 0.
        endedCounts[span] == (span == 0 ? Self.spanCount - 1 : Self.spanCount)
    }

    /// Gives back the memory of documents that ended before every view of group `oldest` and later.
    ///
    /// - Complexity: O(spans that ended), a call of the system for each.
    func reclaim(oldest: UInt64) {
        while let span = ended.first, span.group <= oldest {
            ended.removeFirst()
            let first = UInt32(span.span) << Self.spanShift
            let recordBytes = Int(Self.spanCount) << Int(recordShift) * ChunkDirectory.unitByteCount
            unsafe tufa_release(record(first), recordBytes)
            let deathBytes = Int(Self.spanCount) * ChunkDirectory.unitByteCount
            unsafe tufa_release(deaths.address(first), deathBytes)
            releasedByteCount += recordBytes + deathBytes
        }
    }

    /// Takes back that a document ended, which no view has seen.
    func revive(_ document: UInt32) {
        unsafe death(document).pointee.store(.max, ordering: .relaxed)
        let bit: UInt64 = 1 << UInt64(document & 63)
        unsafe deadWord(document).pointee.bitwiseAnd(~bit, ordering: .releasing)
        setCurrent(document, of: row(document), true)
        let span = Int(document >> Self.spanShift)
        if isWhole(span) { ended.removeAll { $0.span == span } }
        endedCounts[span] -= 1
    }

    private static func ensure(_ directory: ChunkDirectory, reaches reference: UInt32) {
        guard directory.ensure(reference - 1) else {
            preconditionFailure("A text index is full: its documents use up their memory.")
        }
    }

    // MARK: Rows, for the writer alone

    /// The document of a row as the writer sees it; 0 where it has none.
    ///
    /// Rows and documents are numbered as they come, so until a text is changed or deleted a row's
    /// document has its number, and nothing more is kept.
    func current(_ row: UInt32) -> UInt32 {
        if row > 0, row < limit, self.row(row) == row, isAlive(row, at: .max - 1) { return row }
        return unsafe elsewhere[row]
    }

    /// Notes that a document is the current one of its row, or is no more.
    private func setCurrent(_ document: UInt32, of row: UInt32, _ isCurrent: Bool) {
        // Of one with the number of its row, the bit says it.
        if document != row { unsafe elsewhere.set(row, isCurrent ? document : 0) }
    }
}
