internal import TufaBytes

extension RowTable {
    /// Takes over what ``saveSlots(limit:position:to:)`` and ``saveRows(limit:position:to:)``
    /// wrote, into an empty table: each part is read and checked when it is needed.
    ///
    /// - Throws: `damaged` where the map cannot be that of a table.
    /// - Complexity: O(chunks); no I/O.
    func beginLoad(
        _ map: RowMap, layout: RowLayout, slots slotSource: any SectionSource,
        rows rowSource: any SectionSource, _ fault: LoadFault
    ) throws {
        precondition(numberLimit == 1, "Only an empty table is loaded.")
        try map.check()
        guard map.limit > 1 else { return }
        let words = ChunkDirectory.wordsPerChunk
        let slotFilling = SlotFilling(map, slotSource, loadedFreeNumbers)
        let rowFilling = RowFilling(map, rowSource, layout, self)
        guard slots.addColdChunks((Int(map.limit) + words - 1) / words, slotFilling, fault),
            arena.addColdBlocks(map.byteCount, rowFilling, fault)
        else {
            throw DatabaseError.damagedSnapshot("a table of \(map.byteCount) bytes is too large")
        }
        numberLimit = map.limit
    }
}
