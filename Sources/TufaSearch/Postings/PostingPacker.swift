internal import TufaIndex

/// Collects the postings of one term until they make a ``PackedBlock``.
@safe
struct PostingPacker: ~Copyable {
    /// How many postings there are.
    private(set) var count = 0
    /// The last document.
    private(set) var last: UInt32 = 0
    private var before: UInt32 = 0
    private var steps: [UInt32] = []
    private var masks: [UInt32] = []
    private var counts: [UInt32] = []
    private var places: [UInt32] = []
    private var mask: UInt32 = 0

    /// Whether the block is complete.
    var isFull: Bool { count == PackedBlock.postingCount }

    /// Begins a block behind document `last`.
    mutating func begin(after last: UInt32) {
        count = 0
        before = last
        self.last = last
        steps.removeAll(keepingCapacity: true)
        masks.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    /// Adds a posting; its counts and places follow, fields ascending.
    mutating func add(_ document: UInt32) {
        steps.append(document &- last &- 1)
        last = document
        masks.append(0)
        count += 1
    }

    /// Adds how often the term occurs in a field of the last posting.
    mutating func add(count: UInt32, field: Int) {
        masks[masks.count - 1] |= 1 << UInt32(field)
        counts.append(count &- 1)
    }

    /// Adds the step of a place from the one before in the same field.
    mutating func add(placeStep: UInt32) { places.append(placeStep) }

    /// Calls `body` with each posting's document and, for each field of it, the count.
    func forEachCount(_ body: (_ document: UInt32, _ field: Int, _ count: UInt32) -> Void) {
        var document = before
        var at = 0
        for index in 0..<count {
            document &+= steps[index] &+ 1
            var mask = masks[index]
            while mask != 0 {
                body(document, mask.trailingZeroBitCount, counts[at] &+ 1)
                mask &= mask &- 1
                at += 1
            }
        }
    }

    /// Writes the block.
    func write(to arena: ByteArena, fieldCount: Int) -> UInt32 {
        precondition(isFull, "A packed block has all its postings.")
        let widths = (Self.width(steps), Self.width(counts), Self.width(places))
        let maskBytes = fieldCount == 1 ? 0 : PackedBlock.byteCount(fieldCount)
        let countsAt =
            PackedBlock.headerByteCount + PackedBlock.byteCount(widths.0) + maskBytes
        let placesAt = countsAt + (counts.count * widths.1 + 7) / 8
        let end = placesAt + (places.count * widths.2 + 7) / 8 + PackedBlock.paddingByteCount
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
        unsafe Self.put(steps, widths.0, at: base + PackedBlock.headerByteCount)
        if fieldCount > 1 {
            unsafe Self.put(masks, fieldCount, at: base + (countsAt - maskBytes))
        }
        unsafe Self.put(counts, widths.1, at: base + countsAt)
        unsafe Self.put(places, widths.2, at: base + placesAt)
        return reference
    }

    /// The bits of the greatest number.
    private static func width(_ numbers: [UInt32]) -> Int {
        var all: UInt32 = 0
        for number in numbers { all |= number }
        return UInt32.bitWidth - all.leadingZeroBitCount
    }

    @unsafe
    private static func put(_ numbers: [UInt32], _ width: Int, at base: UnsafeMutableRawPointer) {
        guard width > 0 else { return }
        var bit = 0
        for number in numbers {
            // Safe: the block ends with room for a load behind its last number.
            let address = unsafe base + bit >> 3
            let word = unsafe UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
            unsafe address.storeBytes(
                of: (word | UInt64(number) << UInt64(bit & 7)).littleEndian, as: UInt64.self)
            bit += width
        }
    }
}
