internal import TufaBytes

/// Loads the slots of a table: for each row number, where its version begins.
@safe
final class SlotFilling: ChunkFilling {
    private let map: RowMap
    private let source: any SectionSource
    private let freeNumbers: FreeNumbers
    private let empty: ZeroedMemory

    init(_ map: RowMap, _ source: any SectionSource, _ freeNumbers: FreeNumbers) {
        self.map = map
        self.source = source
        self.freeNumbers = freeNumbers
        empty = ZeroedMemory(byteCount: ChunkDirectory.unitByteCount)
    }

    func fill(_ index: Int, in memory: UnsafeMutableRawPointer) throws {
        let words = ChunkDirectory.wordsPerChunk
        let slots = unsafe (memory + index * ChunkDirectory.chunkByteCount)
            .bindMemory(to: UInt32.self, capacity: words)
        // There is no number 0, and numbers behind the last saved one are new.
        let first = index == 0 ? 1 : 0
        let end = min(words, Int(map.limit) - index * words)
        unsafe slots.update(repeating: 0, count: first)
        unsafe (slots + end).update(repeating: 0, count: words - end)
        unsafe try source.read(
            at: (index * words + first - 1) * 4,
            into: UnsafeMutableRawBufferPointer(start: slots + first, count: (end - first) * 4))
        var free: [UInt32] = []
        var last: UInt32 = 0
        var chunk = 0
        for place in first..<end {
            let number = UInt32(index * words + place)
            let reference = unsafe slots[place]
            if reference == 0 {
                free.append(number)
                continue
            }
            chunk = max(chunk, RowMap.chunk(of: reference))
            guard reference > last, chunk + 1 < map.firstNumbers.count,
                map.firstNumbers[chunk] <= number, number < map.firstNumbers[chunk + 1]
            else { throw DatabaseError.damagedSnapshot("row number \(number) is out of place") }
            last = reference
        }
        freeNumbers.add(free)
    }

    /// A number without a row.
    func substitute(for reference: UInt32) -> UnsafeMutableRawPointer { unsafe empty.base }
}
