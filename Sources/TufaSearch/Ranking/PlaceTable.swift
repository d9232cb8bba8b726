/// Where documents stand in a packed block, by the low bits of their numbers.
///
/// Documents are looked up at once instead of by a search in the block. What a lookup gives is
/// compared with the block's documents, so that what stands there from another block does no harm
/// (Briggs and Torczon, "An Efficient Representation for Sparse Sets", 1993).
@unsafe
struct PlaceTable {
    #if DEBUG
        /// Small tests reach both ways.
        @safe private static let span = 16
        @safe private static let leastCount = 2
    #else
        /// A block whose documents are further apart has no place here; a power of two, and no more
        /// than a quarter of a processor's fastest cache.
        @safe private static let span = 8192
        /// For fewer documents, filling takes longer than it saves.
        @safe private static let leastCount = 24
    #endif

    private var places: UnsafeMutablePointer<UInt8>?
    /// The block that was filled in last.
    private var block = -1
    /// Whether that one is too wide.
    private var isTooWide = false

    init() {}

    func deallocate() { unsafe places?.deallocate() }

    /// Fills in the documents of a block, if it is worth that for looking up `count` of them; gives
    /// the table to look them up in, nil where there is none.
    ///
    /// - Complexity: O(postings of a block); O(1) for the block of the last call.
    @inline(__always)
    mutating func fill(
        _ documents: UnsafePointer<UInt32>, ofBlock number: Int, toLookUp count: Int
    ) -> Lookup? {
        if unsafe block != number {
            if count < Self.leastCount { return nil }
            unsafe fill(documents, ofBlock: number)
        }
        guard unsafe !isTooWide, let places = unsafe places else { return nil }
        return unsafe Lookup(places: places)
    }

    @inline(never)
    private mutating func fill(_ documents: UnsafePointer<UInt32>, ofBlock number: Int) {
        unsafe block = number
        let last = unsafe documents[PackedBlock.postingCount &- 1]
        unsafe isTooWide = last &- documents[0] >= UInt32(Self.span)
        if unsafe isTooWide { return }
        let places = unsafe places ?? Self.make()
        unsafe self.places = places
        for place in 0..<PackedBlock.postingCount {
            // Safe: the low bits are below the span.
            unsafe places[Self.slot(documents[place])] = UInt8(truncatingIfNeeded: place)
        }
    }

    private static func make() -> UnsafeMutablePointer<UInt8> {
        let places = UnsafeMutablePointer<UInt8>.allocate(capacity: span)
        unsafe places.initialize(repeating: 0, count: span)
        return unsafe places
    }

    @safe @inline(__always)
    private static func slot(_ document: UInt32) -> Int { Int(document) & (span &- 1) }

    /// The table, filled with the documents of one block.
    @unsafe
    struct Lookup {
        fileprivate let places: UnsafePointer<UInt8>

        fileprivate init(places: UnsafeMutablePointer<UInt8>) {
            unsafe self.places = UnsafePointer(places)
        }

        /// Where a document is in the block, if it is there.
        @inline(__always)
        func place(of document: UInt32) -> Int {
            // Safe: the low bits are below the span.
            unsafe Int(places[PlaceTable.slot(document)])
        }
    }
}
