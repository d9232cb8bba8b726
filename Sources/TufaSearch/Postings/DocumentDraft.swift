/// The terms of the document being indexed, each with its occurrences in order.
@safe
struct DocumentDraft: ~Copyable {
    /// One term of the document.
    struct Term {
        private let packedNumber: UInt32
        /// The hash of its text.
        let hash: UInt32
        /// Its first occurrence.
        var head: UInt32
        /// Its last occurrence so far.
        var tail: UInt32

        @inline(__always)
        fileprivate init(number: UInt32, isNew: Bool, hash: UInt32, occurrence: UInt32) {
            packedNumber = isNew ? number | 1 << 31 : number
            self.hash = hash
            head = occurrence
            tail = occurrence
        }

        var number: UInt32 { packedNumber & TermCache.numberMask }
        /// Whether no document has the term, and no tree.
        var isNew: Bool { packedNumber >> 31 == 1 }
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
    /// Where each term is in ``terms``, plus 1, by hash, and 0 where none is; half are free.
    private var places: UnsafeMutablePointer<UInt32>
    private var placeMask = smallestPlaceCount - 1
    private var placeCapacity = smallestPlaceCount
    private static let smallestPlaceCount = 64
    var tokenCounts = SIMD8<UInt32>(repeating: 0)

    init() {
        unsafe terms = .allocate(capacity: termCapacity)
        unsafe occurrences = .allocate(capacity: occurrenceCapacity)
        unsafe places = .allocate(capacity: placeCapacity)
        unsafe places.initialize(repeating: 0, count: placeCapacity)
    }

    deinit {
        unsafe terms.deallocate()
        unsafe places.deallocate()
        unsafe occurrences.deallocate()
    }

    /// Forgets the document.
    ///
    /// - Complexity: O(terms).
    mutating func removeAll() {
        unsafe places.update(repeating: 0, count: placeMask &+ 1)
        // Short documents, which most are, look at a table that is in the nearest cache.
        placeMask = Self.smallestPlaceCount &- 1
        termCount = 0
        occurrenceCount = 0
        tokenCounts = SIMD8(repeating: 0)
    }

    /// Where in ``terms`` the term is that has a hash and that `isRight` says is the one; nil where
    /// the document has none.
    @inline(__always)
    func place(hash: UInt32, _ isRight: (_ number: UInt32) -> Bool) -> Int? {
        var at = Int(hash) & placeMask
        while true {
            // Safe: half of the places are free, so the walk ends.
            let place = unsafe Int(places[at])
            if place == 0 { return nil }
            let term = unsafe terms[place &- 1]
            if term.hash == hash, isRight(term.number) { return place &- 1 }
            at = (at &+ 1) & placeMask
        }
    }

    /// Adds the first occurrence of a term that the document does not have.
    @inline(__always)
    mutating func add(
        _ number: UInt32, isNew: Bool, hash: UInt32, field: Int, position: UInt32
    ) {
        if termCount == termCapacity || 2 &* termCount > placeMask { growTerms() }
        let at = addOccurrence(field: field, position: position)
        unsafe (terms + termCount).initialize(
            to: Term(number: number, isNew: isNew, hash: hash, occurrence: at))
        termCount &+= 1
        enter(termCount)
    }

    /// Adds another occurrence of a term of the document.
    @inline(__always)
    mutating func add(toTerm place: Int, field: Int, position: UInt32) {
        let at = addOccurrence(field: field, position: position)
        let term = unsafe terms + place
        unsafe occurrences[Int(term.pointee.tail)].next = at &+ 1
        unsafe term.pointee.tail = at
    }

    @inline(__always)
    private mutating func addOccurrence(field: Int, position: UInt32) -> UInt32 {
        if occurrenceCount == occurrenceCapacity { growOccurrences() }
        let at = UInt32(truncatingIfNeeded: occurrenceCount)
        unsafe (occurrences + occurrenceCount).initialize(
            to: Occurrence(field: field, position: position))
        occurrenceCount &+= 1
        return at
    }

    /// Enters a term, as its place in ``terms`` plus 1, where it is found by its hash.
    @inline(__always)
    private func enter(_ place: Int) {
        var at = unsafe Int(terms[place &- 1].hash) & placeMask
        while unsafe places[at] != 0 { at = (at &+ 1) & placeMask }
        unsafe places[at] = UInt32(truncatingIfNeeded: place)
    }

    @inline(never)
    private mutating func growTerms() {
        if termCount == termCapacity {
            termCapacity *= 2
            unsafe Self.move(&terms, termCount, to: termCapacity)
        }
        guard 2 * termCount > placeMask else { return }
        let count = 2 * (placeMask + 1)
        if count > placeCapacity {
            unsafe places.deallocate()
            unsafe places = .allocate(capacity: count)
            placeCapacity = count
        }
        unsafe places.initialize(repeating: 0, count: count)
        placeMask = count - 1
        for place in 0..<termCount { enter(place + 1) }
    }

    @inline(never)
    private mutating func growOccurrences() {
        precondition(occurrenceCount < 1 << 31, "A document has fewer than 2^31 words.")
        occurrenceCapacity *= 2
        unsafe Self.move(&occurrences, occurrenceCount, to: occurrenceCapacity)
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
