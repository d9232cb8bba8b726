internal import TufaIndex

/// Collects the postings of one term until they make a ``PackedBlock``.
@safe
struct PostingPacker: ~Copyable {
    /// How many postings there are.
    private(set) var count = 0
    /// The last document.
    private(set) var last: UInt32 = 0
    private var before: UInt32 = 0
    private var steps = UnsafeMutablePointer<UInt32>.allocate(capacity: PackedBlock.postingCount)
    private var masks = UnsafeMutablePointer<UInt32>.allocate(capacity: PackedBlock.postingCount)
    private var counts = UnsafeMutablePointer<UInt32>.allocate(
        capacity: PackedBlock.postingCount * TextIndex.maximumFieldCount)
    private var countCount = 0
    private var places = UnsafeMutablePointer<UInt32>.allocate(capacity: 1024)
    private var placeCapacity = 1024
    private var placeCount = 0

    deinit {
        unsafe steps.deallocate()
        unsafe masks.deallocate()
        unsafe counts.deallocate()
        unsafe places.deallocate()
    }

    /// Whether the block is complete.
    var isFull: Bool { count == PackedBlock.postingCount }

    /// Begins a block behind document `last`.
    mutating func begin(after last: UInt32) {
        count = 0
        before = last
        self.last = last
        countCount = 0
        placeCount = 0
    }

    /// Adds a posting; its counts and places follow, fields ascending.
    @inline(__always)
    mutating func add(_ document: UInt32) {
        precondition(!isFull, "A packed block has room for so many postings only.")
        unsafe steps[count] = document &- last &- 1
        last = document
        unsafe masks[count] = 0
        count &+= 1
    }

    /// Adds how often the term occurs in a field of the last posting.
    @inline(__always)
    mutating func add(count occurrences: UInt32, field: Int) {
        // Safe: a posting has at most one count for each field.
        unsafe masks[count &- 1] |= 1 << UInt32(field)
        unsafe counts[countCount] = occurrences &- 1
        countCount &+= 1
    }

    /// Adds the step of a place from the one before in the same field.
    @inline(__always)
    mutating func add(placeStep: UInt32) {
        if placeCount == placeCapacity { widen() }
        unsafe places[placeCount] = placeStep
        placeCount &+= 1
    }

    /// Adds the posting at a cursor.
    @unsafe
    mutating func add(posting cursor: inout PostingCursor) {
        unsafe add(cursor.document)
        unsafe cursor.forEachField { field, count in add(count: count, field: field) }
        addPlaces { unsafe cursor.forEachPlace($0) }
    }

    /// Adds the places of the last posting, which `forEach` gives.
    @inline(__always)
    mutating func addPlaces(
        _ forEach: ((_ field: Int, _ position: UInt32) -> Void) -> Void
    ) {
        var lastField = -1
        var last: UInt32 = 0
        forEach { field, position in
            if field != lastField { last = 0 }
            add(placeStep: position &- last)
            lastField = field
            last = position
        }
    }

    private mutating func widen() {
        let wider = UnsafeMutablePointer<UInt32>.allocate(capacity: placeCapacity * 2)
        unsafe wider.update(from: places, count: placeCount)
        unsafe places.deallocate()
        unsafe places = wider
        placeCapacity *= 2
    }

    /// Calls `body` with each posting's document and, for each field of it, the count.
    @inline(__always)
    func forEachCount(_ body: (_ document: UInt32, _ field: Int, _ count: UInt32) -> Void) {
        var document = before
        var at = 0
        for index in 0..<count {
            document &+= unsafe steps[index] &+ 1
            var mask = unsafe masks[index]
            while mask != 0 {
                unsafe body(document, mask.trailingZeroBitCount, counts[at] &+ 1)
                mask &= mask &- 1
                at &+= 1
            }
        }
    }

    /// Encodes the postings as a tail has them, for those that do not make a block.
    func encode(into encoder: inout PostingEncoder, _ code: PostingCode) {
        var countIndex = 0
        var placeIndex = 0
        for index in 0..<count {
            let mask = unsafe masks[index]
            var occurrences = SIMD8<UInt32>(repeating: 0)
            let first = countIndex
            var rest = mask
            while rest != 0 {
                occurrences[rest.trailingZeroBitCount] = unsafe counts[countIndex] &+ 1
                countIndex &+= 1
                rest &= rest &- 1
            }
            unsafe encoder.add(step: steps[index] &+ 1, counts: occurrences, mask: mask, code)
            rest = mask
            for countIndex in first..<countIndex {
                let field = rest.trailingZeroBitCount
                var position: UInt32 = 0
                for _ in unsafe 0...counts[countIndex] {
                    position &+= unsafe places[placeIndex]
                    placeIndex &+= 1
                    encoder.add(field: field, position: position)
                }
                rest &= rest &- 1
            }
        }
    }

    /// The only posting, if the term occurs in it once.
    var single: PostingState? {
        guard count == 1, countCount == 1, unsafe counts[0] == 0 else { return nil }
        return unsafe PostingState(
            document: last, field: masks[0].trailingZeroBitCount, position: places[0])
    }

    /// Writes the block.
    ///
    /// - Complexity: O(occurrences).
    func write(to arena: ByteArena, fieldCount: Int) -> UInt32 {
        precondition(isFull, "A packed block has all its postings.")
        // Safe: the numbers live as long as the packer, which the writer does not outlive.
        let writer = unsafe BlockWriter(
            steps: UnsafeBufferPointer(start: steps, count: count),
            masks: UnsafeBufferPointer(start: masks, count: count),
            counts: UnsafeBufferPointer(start: counts, count: countCount),
            places: UnsafeBufferPointer(start: places, count: placeCount),
            fieldCount: fieldCount)
        let reference = unsafe arena.allocate(writer.byteCount)
        unsafe writer.write(to: arena.address(reference))
        return reference
    }
}
