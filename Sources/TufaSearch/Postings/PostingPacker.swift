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
    func write(to arena: ByteArena, fieldCount: Int) -> UInt32 {
        precondition(isFull, "A packed block has all its postings.")
        let widths = unsafe (
            Self.width(steps, count), Self.width(counts, countCount),
            Self.width(places, placeCount)
        )
        let maskBytes = fieldCount == 1 ? 0 : PackedBlock.byteCount(fieldCount)
        let countsAt =
            PackedBlock.headerByteCount + PackedBlock.byteCount(widths.0) + maskBytes
        let placesAt = countsAt + (countCount * widths.1 + 7) / 8
        let end = placesAt + (placeCount * widths.2 + 7) / 8 + PackedBlock.paddingByteCount
        let byteCount = (end + 7) & ~7
        let reference = arena.allocate(byteCount)
        let base = unsafe arena.address(reference)
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe base.storeBytes(of: UInt8(widths.0), as: UInt8.self)
        unsafe base.storeBytes(of: UInt8(widths.1), toByteOffset: 1, as: UInt8.self)
        unsafe base.storeBytes(of: UInt8(widths.2), toByteOffset: 2, as: UInt8.self)
        unsafe base.storeBytes(of: UInt32(countsAt), toByteOffset: 4, as: UInt32.self)
        unsafe base.storeBytes(of: UInt32(placesAt), toByteOffset: 8, as: UInt32.self)
        unsafe base.storeBytes(of: UInt32(byteCount), toByteOffset: 12, as: UInt32.self)
        unsafe Self.put(steps, count, widths.0, at: base + PackedBlock.headerByteCount)
        if fieldCount > 1 {
            unsafe Self.put(masks, count, fieldCount, at: base + (countsAt - maskBytes))
        }
        unsafe Self.put(counts, countCount, widths.1, at: base + countsAt)
        unsafe Self.put(places, placeCount, widths.2, at: base + placesAt)
        return reference
    }

    /// The bits of the greatest number.
    @unsafe
    private static func width(_ numbers: UnsafeMutablePointer<UInt32>, _ count: Int) -> Int {
        var all: UInt32 = 0
        for index in 0..<count { all |= unsafe numbers[index] }
        return UInt32.bitWidth - all.leadingZeroBitCount
    }

    @unsafe
    private static func put(
        _ numbers: UnsafeMutablePointer<UInt32>, _ count: Int, _ width: Int,
        at base: UnsafeMutableRawPointer
    ) {
        guard width > 0 else { return }
        var bit = 0
        for index in 0..<count {
            // Safe: the block ends with room for a load behind its last number.
            let address = unsafe base + bit &>> 3
            let word = unsafe UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
            let number = unsafe UInt64(numbers[index]) &<< UInt64(bit & 7)
            unsafe address.storeBytes(of: (word | number).littleEndian, as: UInt64.self)
            bit &+= width
        }
    }
}
