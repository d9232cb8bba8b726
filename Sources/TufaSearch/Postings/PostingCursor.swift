internal import TufaIndex

/// A place in the postings of one term, which moves forward only: over packed blocks, then over the
/// tail.
///
/// It reads up to the end that was published when it was made and stops before the view's limit,
/// so what it gives depends on the view alone. Dead documents are given too.
@unsafe
struct PostingCursor {
    /// The document at the cursor: 0 before the first, ``atEnd`` behind the last.
    private(set) var document: UInt32 = 0
    /// Postings decoded so far.
    private(set) var readCount = 0

    private let lasts: UnsafeMutablePointer<UInt32>
    let details: UnsafeMutablePointer<BlockDirectory.Detail>
    let blockCount: Int
    /// The documents of the block at the cursor.
    let documents: UnsafeMutablePointer<UInt32>
    /// Its counts, each less 1, with 255 for what is more.
    let counts: UnsafeMutablePointer<UInt8>
    /// The block at the cursor: -1 before the first, ``blockCount`` in the tail.
    private(set) var blockIndex = -1
    /// The block of the last bound that was asked for.
    private(set) var boundIndex = 0
    /// The place in the block.
    var at = PackedBlock.postingCount
    private(set) var block: PackedBlock
    private var tail: TailCursor?
    let limit: UInt32
    let fieldCount: Int
    /// The places of the block, once one was asked for.
    private var places: PlaceReader?
    /// Places of the block that were counted, and up to which count.
    private var placesBefore = 0
    private var placesCounted = 0

    /// What ``document`` is behind the last posting.
    @safe static let atEnd = UInt32.max

    /// How many words of memory a cursor needs: for the documents and the counts of a block, and
    /// so many bytes more as a load of the last count reaches.
    @safe
    static func memoryCount(fieldCount: Int) -> Int {
        PackedBlock.postingCount + (PackedBlock.postingCount * fieldCount + 8) / 4
    }

    /// Makes a cursor before the first posting; `memory` has ``memoryCount(fieldCount:)`` words and
    /// outlives it.
    init(
        _ record: TermRecord, in blocks: ByteArena, _ tails: ByteArena, limit: UInt32,
        code: PostingCode, memory: UnsafeMutablePointer<UInt32>
    ) {
        let state = unsafe record.state
        var packed = PostingList.Packed()
        if !state.isNone, !state.isSingle {
            unsafe packed = PostingList(tails.address(state.list)).packed
        }
        // Safe: without packed blocks the directory is never followed.
        let directory = unsafe BlockDirectory(
            packed.directory == 0
                ? UnsafeMutableRawPointer(memory) : blocks.address(packed.directory))
        unsafe lasts = directory.lasts
        unsafe details = packed.directory == 0 ? directory.details(room: 0) : directory.details
        unsafe blockCount = Int(packed.blockCount)
        unsafe documents = memory
        unsafe counts = UnsafeMutableRawPointer(memory + PackedBlock.postingCount)
            .assumingMemoryBound(to: UInt8.self)
        unsafe block = PackedBlock(UnsafeRawPointer(memory))
        unsafe self.limit = limit
        unsafe fieldCount = code.fieldCount
        if state.isSingle {
            // Safe: the memory of a cursor holds the documents of a block, and there are none.
            unsafe tail = TailCursor(state, in: UnsafeMutableRawPointer(memory), code: code)
        } else if !state.isNone {
            let last = unsafe blockCount == 0 ? 0 : lasts[blockCount - 1]
            unsafe tail = TailCursor(
                PostingList(tails.address(state.list)), after: last, code: code)
        }
    }

    // MARK: Moving

    /// Moves before the first posting of a block, or of the tail.
    mutating func start(atBlock index: Int) {
        unsafe blockIndex = index &- 1
        unsafe at = PackedBlock.postingCount
    }

    /// Moves to the next posting.
    ///
    /// - Complexity: O(fields); once a block, O(postings of a block).
    @inline(__always)
    mutating func next(in blocks: ByteArena) {
        unsafe at &+= 1
        if unsafe at < PackedBlock.postingCount {
            unsafe settle(documents[at])
        } else {
            unsafe nextBlock(in: blocks)
        }
    }

    @inline(never)
    private mutating func nextBlock(in blocks: ByteArena) {
        if unsafe blockIndex &+ 1 < blockCount {
            unsafe enter(blockIndex &+ 1, in: blocks)
            unsafe at = 0
            unsafe settle(documents[0])
        } else {
            unsafe nextInTail()
        }
    }

    /// Moves to the first posting of a document that is at least `target`, if not there already.
    ///
    /// - Complexity: O(log blocks between + log postings of one block).
    @inline(__always)
    mutating func advance(to target: UInt32, in blocks: ByteArena) {
        guard unsafe document < target else { return }
        if unsafe at &+ 1 < PackedBlock.postingCount, unsafe documents[at &+ 1] >= target {
            unsafe at &+= 1
            unsafe settle(documents[at])
            return
        }
        unsafe jump(to: target, in: blocks)
    }

    @inline(never)
    private mutating func jump(to target: UInt32, in blocks: ByteArena) {
        if unsafe blockIndex < blockCount {
            var index = unsafe max(0, blockIndex)
            if unsafe blockIndex < 0 || lasts[index] < target {
                unsafe index = self.index(ofBlockWith: target, from: blockIndex &+ 1)
                if unsafe index < blockCount { unsafe enter(index, in: blocks) }
            }
            if unsafe index < blockCount {
                unsafe seek(target)
                return
            }
        }
        repeat { unsafe nextInTail() } while unsafe document < target
    }

    /// The first block from `start` on that has a document of at least `target`.
    private func index(ofBlockWith target: UInt32, from start: Int) -> Int {
        // Galloping, since the next target is mostly near (Bentley and Yao 1976).
        var step = 1
        var low = start
        while unsafe low &+ step < blockCount && lasts[low &+ step] < target {
            low &+= step
            step &*= 2
        }
        var high = unsafe min(low &+ step, blockCount)
        while low < high {
            let middle = (low &+ high) &>> 1
            if unsafe lasts[middle] < target { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Moves within the block, whose last document is at least `target`.
    private mutating func seek(_ target: UInt32) {
        var low = unsafe at == PackedBlock.postingCount ? 0 : at &+ 1
        var length = PackedBlock.postingCount &- low
        while length > 1 {
            let half = length &>> 1
            low &+= unsafe documents[low &+ half &- 1] < target ? half : 0
            length &-= half
        }
        unsafe at = low
        unsafe settle(documents[low])
    }

    mutating func enter(_ index: Int, in blocks: ByteArena) {
        unsafe blockIndex = index
        unsafe block = PackedBlock(blocks.address(details[index].block))
        unsafe block.decode(after: index == 0 ? 0 : lasts[index - 1], into: documents)
        unsafe block.decodeCounts(into: counts, fieldCount: fieldCount)
        unsafe at = PackedBlock.postingCount
        unsafe places = nil
        unsafe placesBefore = 0
        unsafe placesCounted = 0
        unsafe readCount &+= PackedBlock.postingCount
    }

    @inline(__always)
    mutating func settle(_ found: UInt32) {
        unsafe document = found < limit ? found : Self.atEnd
    }

    mutating func nextInTail() {
        unsafe blockIndex = blockCount
        unsafe at = PackedBlock.postingCount
        unsafe tail?.next()
        unsafe readCount &+= 1
        unsafe settle(tail?.document ?? Self.atEnd)
    }

    /// Has what is known of a document a few postings ahead on its way.
    @inline(__always)
    func prefetch(in table: DocumentTable) {
        let ahead = unsafe at &+ Self.prefetchDistance
        if ahead < PackedBlock.postingCount { unsafe table.prefetch(documents[ahead]) }
    }

    /// Scoring so many postings takes about as long as memory does.
    #if DEBUG
        // Less than the postings of a small block.
        @safe private static let prefetchDistance = 3
    #else
        @safe private static let prefetchDistance = 8
    #endif

    // MARK: Skipping

    /// A run of documents and the greatest share that one of its postings can have.
    @safe
    struct Bound {
        /// The last document of the run.
        var last: UInt32
        /// The greatest share, computed with ``averages``; infinite where it is not known.
        var share: Float
        var averages: UInt32
    }

    /// The bound of the postings from `target` on to the end of the block that `target` falls in.
    ///
    /// - Complexity: O(log blocks between).
    @inline(__always)
    mutating func bound(from target: UInt32) -> Bound {
        // Targets ascend, so the search goes on where the last one ended.
        let start = unsafe max(boundIndex, blockIndex)
        let index =
            unsafe start < blockCount && lasts[start] < target
            ? self.index(ofBlockWith: target, from: start &+ 1) : start
        unsafe boundIndex = index
        guard unsafe index < blockCount else {
            return unsafe Bound(
                last: .max, share: tail == nil ? 0 : .infinity, averages: 0)
        }
        let detail = unsafe details[index]
        return unsafe Bound(last: lasts[index], share: detail.share, averages: detail.averages)
    }

    // MARK: The document at the cursor

    /// The fields that have the term, a bit for each.
    var fieldMask: UInt8 {
        if unsafe at == PackedBlock.postingCount { return unsafe tail?.fieldMask ?? 0 }
        return unsafe UInt8(truncatingIfNeeded: block.mask(at, fieldCount: fieldCount))
    }

    /// Calls `body` with each field that has the term and how often, fields ascending.
    @inline(__always)
    func forEachField(_ body: (_ field: Int, _ count: UInt32) -> Void) {
        if unsafe at == PackedBlock.postingCount {
            unsafe tail?.forEachField(body)
            return
        }
        if unsafe fieldCount == 1 {
            unsafe body(0, count(at))
            return
        }
        var index = unsafe block.countsBefore(at, fieldCount: fieldCount)
        var mask = unsafe block.mask(at, fieldCount: fieldCount)
        while mask != 0 {
            unsafe body(mask.trailingZeroBitCount, count(index))
            mask &= mask &- 1
            index &+= 1
        }
    }

    /// Calls `body` with each place where the document has the term, fields and then positions
    /// ascending.
    ///
    /// - Complexity: O(occurrences since the last call in this block).
    mutating func forEachPlace(_ body: (_ field: Int, _ position: UInt32) -> Void) {
        if unsafe at == PackedBlock.postingCount {
            unsafe tail?.forEachPlace(body)
            return
        }
        var index = unsafe block.countsBefore(at, fieldCount: fieldCount)
        unsafe placesBefore &+= placeCount(placesCounted, index)
        unsafe placesCounted = index
        var reader = unsafe places ?? PlaceReader(block, fieldCount: fieldCount)
        unsafe reader.seek(placesBefore)
        // What was read is not passed, so that the places can be read again.
        unsafe places = reader
        var mask = unsafe block.mask(at, fieldCount: fieldCount)
        while mask != 0 {
            var position: UInt32 = 0
            for _ in unsafe 0..<count(index) {
                position &+= unsafe reader.next()
                body(mask.trailingZeroBitCount, position)
            }
            mask &= mask &- 1
            index &+= 1
        }
    }

    /// Where the term stands, if it does so once, in an index of one field and in a packed block;
    /// nil elsewhere.
    ///
    /// - Complexity: as ``forEachPlace(_:)``.
    mutating func onlyPlace() -> UInt32? {
        guard unsafe onlyCount == 1 else { return nil }
        unsafe placesBefore &+= placeCount(placesCounted, at)
        unsafe placesCounted = at
        if unsafe places == nil { unsafe places = PlaceReader(block, fieldCount: 1) }
        return unsafe places?.step(at: placesBefore)
    }

    /// How often the term occurs, in an index of one field and in a packed block; nil elsewhere.
    var onlyCount: UInt32? {
        @inline(__always) get {
            guard unsafe fieldCount == 1 && at < PackedBlock.postingCount else { return nil }
            return unsafe count(at)
        }
    }

    /// Count `index` of the block.
    @inline(__always)
    func count(_ index: Int) -> UInt32 {
        unsafe block.count(index, counts, fieldCount: fieldCount)
    }

    /// How many places belong to the counts from `start` to `end`.
    private func placeCount(_ start: Int, _ end: Int) -> Int {
        if unsafe block.isOfSingles { return end &- start }
        var total = 0
        var index = start
        if unsafe block.hasLargeCounts {
            while index < end {
                unsafe total &+= Int(count(index))
                index &+= 1
            }
            return total
        }
        while index < end {
            // Safe: a word more than the counts can be loaded.
            var word = unsafe UInt64(
                littleEndian: UnsafeRawPointer(counts + index).loadUnaligned(as: UInt64.self))
            let left = end &- index
            if left < 8 { word &= 1 &<< UInt64(truncatingIfNeeded: left &* 8) &- 1 }
            let even: UInt64 = 0x00FF_00FF_00FF_00FF
            let pairs = (word & even) &+ (word &>> 8 & even)
            total &+= Int(truncatingIfNeeded: (pairs &* 0x0001_0001_0001_0001) &>> 48)
            index &+= 8
        }
        return total &+ end &- start
    }
}
