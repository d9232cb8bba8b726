internal import Synchronization

/// Where the rows of one index are that were asked for by their whole keys.
///
/// A lookup by the tree waits for memory three times, one after the other: for a leaf, for the slot
/// of the row number, and for the row. One by a hint waits for the hint, and then for slot and row
/// at once. It is the adaptive hash index of InnoDB, but of hints alone: readers write them, the
/// writer knows nothing of them, and whoever follows one looks whether the row that its view sees
/// there has the key, which is then the one of a unique index. A hint that has become wrong costs
/// time.
///
/// There is no table before many rows of a large index were asked for, and none of more than
/// thirteen bytes for each row of the most that there were when one was asked for.
@safe
package final class LookupHints: @unchecked Sendable {  // All shared state is atomic.
    /// The largest table; it refers to the smaller ones before it.
    private let table = unsafe Atomic<UnsafeMutablePointer<HintTable>?>(nil)
    // What is written now and then is not on the line that all lookups read.
    private let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0)
    /// Lookups before there is a table; some of those that came at once count once.
    private let lookupCount = Atomic<Int>(0)
    /// Lookups with a hint of late less those without, of some of them; at most ``scoreLimit`` of
    /// either.
    private let score = Atomic<Int>(0)
    private static let scoreLimit = 64
    // Nor is that of another index.
    private let otherPadding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

    #if DEBUG
        /// Small tables are enough for small tests.
        package static let leastRowCount = 24
    #else
        /// An index of fewer rows, and all that it leads to, is in the processor's cache anyway.
        package static let leastRowCount = 1 << 15
    #endif
    /// A table is made when one of so many rows was asked for.
    private static let rowsPerLookup = 32

    package init() {}

    deinit {
        var next = unsafe table.load(ordering: .acquiring)
        while let current = unsafe next {
            unsafe next = current.pointee.smaller
            unsafe current.deinitialize(count: 1).deallocate()
        }
    }

    /// Where a key's hint stands, asked for; nil where there are no hints.
    @inline(__always) @unsafe
    func place(of key: UnsafeRawBufferPointer) -> HintPlace? {
        guard let table = unsafe table.load(ordering: .acquiring) else { return nil }
        return unsafe table.pointee.place(of: key)
    }

    /// Tells of a lookup without hints in an index of so many rows.
    @inline(__always)
    func noteLookup(of rowCount: Int) {
        guard rowCount >= Self.leastRowCount else { return }
        let count = lookupCount.load(ordering: .relaxed) &+ 1
        lookupCount.store(count, ordering: .relaxed)
        if count > rowCount / Self.rowsPerLookup { makeTable(rowCount, inPlaceOf: nil) }
    }

    /// Whether most of the lookups of late had no hint, or a wrong one.
    @inline(__always)
    var areRare: Bool { score.load(ordering: .relaxed) < 0 }

    /// Tells of a lookup by a hint.
    @inline(__always)
    func noteUse(of place: HintPlace) {
        guard place.isCounted else { return }
        let score = score.load(ordering: .relaxed)
        if score < Self.scoreLimit { self.score.store(score + 1, ordering: .relaxed) }
    }

    /// Tells of a lookup in vain.
    @inline(__always)
    func noteMiss(of place: HintPlace) {
        guard place.isCounted else { return }
        let score = score.load(ordering: .relaxed)
        if score > -Self.scoreLimit { self.score.store(score - 1, ordering: .relaxed) }
    }

    /// Tells of a row that was found without its hint, or elsewhere than it says, in an index of so
    /// many rows.
    func note(_ hint: LookupHint, at place: HintPlace, of rowCount: Int) {
        place.note(hint)
        // Where a quarter more has come, many push each other out.
        if rowCount > place.rowCount + place.rowCount / 4 {
            makeTable(rowCount, inPlaceOf: place.rowCount)
        }
    }

    /// Makes a larger table, which is empty, unless there is another now than the one that was
    /// seen: for so many rows, or none.
    @inline(never)
    private func makeTable(_ rowCount: Int, inPlaceOf seen: Int?) {
        // Where there is no memory, the next one tries after as many lookups again.
        lookupCount.store(0, ordering: .relaxed)
        let old = unsafe table.load(ordering: .acquiring)
        guard unsafe old?.pointee.rowCount == seen,
            let made = unsafe HintTable(rowCount: rowCount, smaller: old)
        else { return }
        let larger = UnsafeMutablePointer<HintTable>.allocate(capacity: 1)
        unsafe larger.initialize(to: made)
        let isFirst = unsafe table.compareExchange(
            expected: old, desired: larger, ordering: .acquiringAndReleasing
        ).exchanged
        if !isFirst {
            unsafe larger.deinitialize(count: 1).deallocate()
        } else if let old = unsafe old {
            // Who is still at it finds what was there, or zeros.
            unsafe old.pointee.release()
        }
    }
}
