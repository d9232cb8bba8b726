/// The terms of the document being indexed, each with its occurrences in order.
@safe
struct DocumentDraft: ~Copyable {
    /// One term of the document.
    struct Term {
        var number: UInt32
        /// Its first occurrence.
        var head: UInt32
        /// Its last occurrence so far.
        var tail: UInt32
    }

    /// One occurrence of a term.
    struct Occurrence {
        /// The next occurrence of the same term, plus 1; 0 for none.
        var next: UInt32
        private var packed: UInt32

        @inline(__always)
        init(field: Int, position: UInt32) {
            next = 0
            packed = UInt32(field) << 24 | position & 0xFF_FFFF
        }

        var field: Int { Int(packed >> 24) }
        var position: UInt32 { packed & 0xFF_FFFF }
    }

    private(set) var terms: UnsafeMutablePointer<Term>
    private(set) var termCount = 0
    private var termCapacity = 256
    private(set) var occurrences: UnsafeMutablePointer<Occurrence>
    private var occurrenceCount = 0
    private var occurrenceCapacity = 512
    var tokenCounts = SIMD8<UInt32>(repeating: 0)

    init() {
        unsafe terms = .allocate(capacity: termCapacity)
        unsafe occurrences = .allocate(capacity: occurrenceCapacity)
    }

    deinit {
        unsafe terms.deallocate()
        unsafe occurrences.deallocate()
    }

    /// Forgets the document; the slots in the terms' records are cleared by whoever set them.
    mutating func removeAll() {
        termCount = 0
        occurrenceCount = 0
        tokenCounts = SIMD8(repeating: 0)
    }

    /// Adds an occurrence of a term; `record` remembers the term's place in this document.
    @unsafe @inline(__always)
    mutating func add(_ number: UInt32, _ record: TermRecord, field: Int, position: UInt32) {
        if termCount == termCapacity || occurrenceCount == occurrenceCapacity { grow() }
        let at = UInt32(truncatingIfNeeded: occurrenceCount)
        unsafe (occurrences + occurrenceCount).initialize(
            to: Occurrence(field: field, position: position))
        occurrenceCount &+= 1
        let slot = unsafe record.slot
        if slot == 0 {
            unsafe (terms + termCount).initialize(to: Term(number: number, head: at, tail: at))
            termCount &+= 1
            unsafe record.slot = UInt32(truncatingIfNeeded: termCount)
        } else {
            let term = unsafe terms + (Int(slot) &- 1)
            unsafe occurrences[Int(term.pointee.tail)].next = at &+ 1
            unsafe term.pointee.tail = at
        }
    }

    @inline(never)
    private mutating func grow() {
        precondition(occurrenceCount < 1 << 31, "A document has fewer than 2^31 words.")
        if termCount == termCapacity {
            termCapacity *= 2
            unsafe Self.move(&terms, termCount, to: termCapacity)
        }
        if occurrenceCount == occurrenceCapacity {
            occurrenceCapacity *= 2
            unsafe Self.move(&occurrences, occurrenceCount, to: occurrenceCapacity)
        }
    }

    private static func move<Element>(
        _ elements: inout UnsafeMutablePointer<Element>, _ count: Int, to capacity: Int
    ) {
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        unsafe moved.moveInitialize(from: elements, count: count)
        unsafe elements.deallocate()
        unsafe elements = moved
    }
}
