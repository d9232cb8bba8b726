internal import Synchronization
internal import TufaBytes

/// Loads the row versions of a table.
///
/// A chunk's part of the file is that of the versions that begin in it, so that what lies across
/// two chunks belongs to the first. The slots say where it begins and ends.
@safe
final class RowFilling: ChunkFilling {
    private let map: RowMap
    private let source: any SectionSource
    private let layout: RowLayout
    /// The table whose slots say where rows begin; it owns this.
    private unowned let rows: RowTable
    private let empty: ZeroedMemory
    private let tally = Mutex(Tally())

    /// What the chunks so far have held.
    private struct Tally {
        var chunkCount = 0
        var rowCount = 0
        var bodyByteCount = 0
    }

    init(_ map: RowMap, _ source: any SectionSource, _ layout: RowLayout, _ rows: RowTable) {
        self.map = map
        self.source = source
        self.layout = layout
        self.rows = rows
        // A row of zeros: numbers are 0, texts empty, nothing is NULL.
        empty = ZeroedMemory(byteCount: RowVersion.headerByteCount + layout.fixedByteCount)
        unsafe RowVersion(base: empty.base).store(
            previous: 0, bodyByteCount: layout.fixedByteCount, position: 0, rowVersion: 1,
            schemaVersion: 1, isDeleted: false, id: .none)
    }

    func fill(_ index: Int, in memory: UnsafeMutableRawPointer) throws {
        let numbers = map.firstNumbers[index]..<map.firstNumbers[index + 1]
        var part = Tally(chunkCount: 1)
        if let first = numbers.first {
            let start = rows.newest(first)
            let end = beginning(of: numbers.upperBound)
            guard RowMap.chunk(of: start) == index, start >= 1, start < end else {
                throw DatabaseError.damagedSnapshot("row number \(first) is out of place")
            }
            let base = unsafe memory + Int(start) * ChunkDirectory.unitByteCount
            let byteCount = Int(end - start) * ChunkDirectory.unitByteCount
            unsafe try source.read(
                at: (Int(start) - 1) * ChunkDirectory.unitByteCount,
                into: UnsafeMutableRawBufferPointer(start: base, count: byteCount))
            unsafe try check(numbers, memory, from: start, to: end, &part)
        }
        try tally.withLock { tally in
            tally.chunkCount += 1
            tally.rowCount += part.rowCount
            tally.bodyByteCount += part.bodyByteCount
            guard
                tally.chunkCount < map.firstNumbers.count - 1
                    || tally.rowCount == map.rowCount && tally.bodyByteCount == map.bodyByteCount
            else {
                throw DatabaseError.damagedSnapshot(
                    "a table of \(map.rowCount) rows holds \(tally.rowCount)")
            }
        }
    }

    /// Where the first row from a number on begins that begins its chunk; the end behind the last.
    private func beginning(of number: UInt32) -> UInt32 {
        number < map.limit ? rows.newest(number) : UInt32(map.byteCount / 8) + 1
    }

    /// Checks that the versions of the numbers follow each other without gaps.
    private func check(
        _ numbers: Range<UInt32>, _ memory: UnsafeMutableRawPointer, from start: UInt32,
        to end: UInt32, _ part: inout Tally
    ) throws {
        // Once, and not for each of the numbers.
        let rows = rows
        var expected = start
        let fileEnd = UInt32(map.byteCount / 8) + 1
        for number in numbers {
            let reference = rows.newest(number)
            // The writer may have taken a number that had no row.
            if reference == 0 || reference >= fileEnd { continue }
            guard reference == expected, end - reference >= UInt32(RowVersion.headerByteCount / 8)
            else { throw DatabaseError.damagedSnapshot("row number \(number) is out of place") }
            let version = unsafe RowVersion(
                base: memory + Int(reference) * ChunkDirectory.unitByteCount)
            let units = unsafe ByteArena.blockByteCount(version.byteCount) / 8
            guard units <= Int(end - reference),
                unsafe !version.isDeleted && version.previous == 0
            else { throw DatabaseError.damagedSnapshot("row number \(number) does not fit") }
            let body = unsafe UnsafeRawBufferPointer(
                start: version.body.base, count: version.bodyByteCount)
            if let problem = unsafe layout.problem(in: body) {
                throw DatabaseError.damagedSnapshot("row number \(number) is no row: \(problem)")
            }
            part.rowCount += 1
            part.bodyByteCount += body.count
            expected += UInt32(units)
        }
        guard expected == end else { throw DatabaseError.damagedSnapshot("rows are left over") }
    }

    func substitute(for reference: UInt32) -> UnsafeMutableRawPointer { unsafe empty.base }
}
