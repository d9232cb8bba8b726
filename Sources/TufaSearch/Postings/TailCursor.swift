internal import TufaIndex

/// A place in the latest postings of one term, which are not packed yet; it moves forward only.
///
/// It reads up to the end that was published when it was made. A single occurrence is a tail of
/// one.
@unsafe
struct TailCursor {
    /// The document at the cursor: the one before the tail at first, ``PostingCursor/atEnd`` behind
    /// the last.
    private(set) var document: UInt32 = 0
    /// How often the term occurs in the document, over all fields.
    private var occurrenceCount: UInt32 = 0
    /// The field of a single occurrence.
    private var field: UInt32 = 0
    /// Behind the posting's first number, where there is more than one occurrence.
    private var detail: UnsafePointer<UInt8>?

    private var at: UnsafePointer<UInt8>
    private let stop: UnsafePointer<UInt8>
    private let code: PostingCode

    /// Places in the block before those of the document at the cursor.
    private var placesBefore = 0
    /// Places in the block that were stepped over.
    private var placesPassed = 0
    private var place: UnsafePointer<UInt8>

    /// Makes a cursor before the first posting of a list's tail, behind its last packed document.
    init(_ list: PostingList, after packed: UInt32, code: PostingCode) {
        unsafe self.code = code
        // What is published first counts what was written before it.
        let used = unsafe list.used
        unsafe at = UnsafePointer(list.postings)
        unsafe stop = at + used
        unsafe place = UnsafePointer(list.placesEnd)
        unsafe document = packed
    }

    /// Bytes of memory that a single occurrence needs.
    @safe static let singleByteCount = 16

    /// Makes a cursor before a single occurrence, which is written to memory that outlives it.
    init(_ single: PostingState, in memory: UnsafeMutableRawPointer, code: PostingCode) {
        unsafe self.code = code
        let start = unsafe memory.assumingMemoryBound(to: UInt8.self)
        var end = unsafe start
        var rest = UInt64(single.document) << code.shift | UInt64(single.field) << 1
        while rest >= 0x80 {
            unsafe end.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
            unsafe end += 1
            rest >>= 7
        }
        unsafe end.pointee = UInt8(truncatingIfNeeded: rest)
        unsafe at = UnsafePointer(start)
        unsafe stop = UnsafePointer(end + 1)
        unsafe place = UnsafePointer(start + Self.singleByteCount)
        var below = unsafe start + Self.singleByteCount - 1
        var position = single.position
        while position >= 0x80 {
            unsafe below.pointee = UInt8(truncatingIfNeeded: position) | 0x80
            unsafe below -= 1
            position >>= 7
        }
        unsafe below.pointee = UInt8(truncatingIfNeeded: position)
    }

    /// Moves to the next posting.
    ///
    /// - Complexity: O(fields).
    @inline(__always)
    mutating func next() {
        if unsafe at == stop {
            unsafe document = PostingCursor.atEnd
        } else {
            unsafe readPosting()
        }
    }

    @inline(__always)
    private mutating func readPosting() {
        unsafe placesBefore &+= Int(occurrenceCount)
        var number = unsafe UInt64(at.pointee)
        unsafe at += 1
        if number >= 0x80 { number = unsafe readLong(number & 0x7F) }
        unsafe document &+= UInt32(truncatingIfNeeded: number >> code.shift)
        if number & 1 == 0 {
            unsafe detail = nil
            unsafe occurrenceCount = 1
            unsafe field =
                UInt32(truncatingIfNeeded: number >> 1) & (1 << UInt32(code.shift - 1) - 1)
        } else {
            unsafe readDetail()
        }
    }

    @inline(__always)
    private mutating func readLong(_ low: UInt64) -> UInt64 {
        var value = low
        var shift: UInt64 = 7
        while true {
            let byte = unsafe at.pointee
            unsafe at += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }

    @inline(__always)
    private mutating func readNumber() -> UInt32 {
        let byte = unsafe at.pointee
        unsafe at += 1
        if byte < 0x80 { return UInt32(byte) }
        return unsafe UInt32(truncatingIfNeeded: readLong(UInt64(byte & 0x7F)))
    }

    @inline(__always)
    private mutating func readDetail() {
        unsafe detail = at
        if unsafe code.fieldCount == 1 {
            unsafe occurrenceCount = readNumber()
            return
        }
        var mask = unsafe at.pointee
        unsafe at += 1
        var total: UInt32 = 0
        while mask != 0 {
            mask &= mask &- 1
            total &+= unsafe readNumber()
        }
        unsafe occurrenceCount = total
    }

    // MARK: The document at the cursor

    /// The fields that have the term, a bit for each.
    var fieldMask: UInt8 {
        guard let detail = unsafe detail else { return unsafe 1 << UInt8(field) }
        return unsafe code.fieldCount == 1 ? 1 : detail.pointee
    }

    /// Calls `body` with each field that has the term and how often, fields ascending.
    @inline(__always)
    func forEachField(_ body: (_ field: Int, _ count: UInt32) -> Void) {
        guard let detail = unsafe detail else {
            unsafe body(Int(field), 1)
            return
        }
        guard unsafe code.fieldCount > 1 else {
            unsafe body(0, occurrenceCount)
            return
        }
        var reader = unsafe NumberReader(at: detail + 1)
        var mask = unsafe detail.pointee
        while mask != 0 {
            unsafe body(mask.trailingZeroBitCount, reader.next())
            mask &= mask &- 1
        }
    }

    /// Calls `body` with each place where the document has the term, fields and then positions
    /// ascending.
    ///
    /// - Complexity: O(occurrences since the last call in this block).
    mutating func forEachPlace(_ body: (_ field: Int, _ position: UInt32) -> Void) {
        while unsafe placesPassed < placesBefore {
            unsafe place -= 1
            if unsafe place.pointee < 0x80 { unsafe placesPassed &+= 1 }
        }
        // The cursor of the places stays where it is, so that they can be read again.
        var at = unsafe place
        unsafe forEachField { field, count in
            var position: UInt32 = 0
            for _ in 0..<count {
                var shift: UInt32 = 0
                var distance: UInt32 = 0
                while true {
                    unsafe at -= 1
                    let byte = unsafe at.pointee
                    distance |= UInt32(byte & 0x7F) << shift
                    if byte < 0x80 { break }
                    shift &+= 7
                }
                position &+= distance
                body(field, position)
            }
        }
    }
}

/// Reads varints upwards.
@unsafe
struct NumberReader {
    private var at: UnsafePointer<UInt8>

    @inline(__always)
    init(at: UnsafePointer<UInt8>) { unsafe self.at = at }

    @inline(__always)
    mutating func next() -> UInt32 {
        var shift: UInt32 = 0
        var value: UInt32 = 0
        while true {
            let byte = unsafe at.pointee
            unsafe at += 1
            value |= UInt32(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift &+= 7
        }
    }
}
