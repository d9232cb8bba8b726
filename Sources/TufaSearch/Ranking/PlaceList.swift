/// Where a phrase may begin in a document: the places that every term so far agrees with.
@safe
struct PlaceList: ~Copyable {
    private var places: UnsafeMutablePointer<UInt64>
    private var capacity = 64
    private var count = 0
    private var kept = 0
    private var at = 0
    private var isFirst = true

    private static let fieldShift: UInt64 = 40

    init() { unsafe places = .allocate(capacity: capacity) }

    deinit { unsafe places.deallocate() }

    /// Begins with the places of a term; those of the phrase's first term are all taken.
    mutating func begin(isFirst: Bool) {
        self.isFirst = isFirst
        kept = 0
        at = 0
        if isFirst { count = 0 }
    }

    /// Looks at a place of the term, which stands `offset` words behind the start of the phrase;
    /// fields and positions ascend.
    @inline(__always)
    mutating func add(field: Int, position: UInt32, offset: UInt32) {
        let place =
            UInt64(field) << Self.fieldShift | (1 << 32 &+ UInt64(position) &- UInt64(offset))
        if isFirst {
            if count == capacity { grow() }
            unsafe places[count] = place
            count &+= 1
            return
        }
        while at < count, unsafe places[at] < place { at &+= 1 }
        if at < count, unsafe places[at] == place {
            unsafe places[kept] = place
            kept &+= 1
            at &+= 1
        }
    }

    /// Ends with the places of a term; gives how many are left.
    mutating func end() -> Int {
        if !isFirst { count = kept }
        return count
    }

    /// How many places are left in each field.
    func countsByField() -> SIMD8<UInt32> {
        var counts = SIMD8<UInt32>(repeating: 0)
        for index in 0..<count {
            counts[Int(unsafe places[index] >> Self.fieldShift)] &+= 1
        }
        return counts
    }

    private mutating func grow() {
        let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity * 2)
        unsafe moved.update(from: places, count: count)
        unsafe places.deallocate()
        unsafe places = moved
        capacity *= 2
    }
}
