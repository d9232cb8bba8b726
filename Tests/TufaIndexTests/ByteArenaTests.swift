import Testing

@testable import TufaIndex

struct ByteArenaTests {
    private func size(_ random: inout SplitMix) -> Int {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: Int.random(in: 1 << 20...5 << 18, using: &random)
        case 1...3: Int.random(in: 65_536...1 << 20, using: &random)
        case 4...10: Int.random(in: 2048...65_536, using: &random)
        default: Int.random(in: 0...2048, using: &random)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `blocks never overlap and keep their bytes`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let arena = ByteArena()
        var blocks: [UInt32: (byteCount: Int, mark: UInt8)] = [:]
        for _ in 0..<600 {
            if blocks.count > 60, let reference = blocks.keys.sorted().randomElement(using: &random)
            {
                let (byteCount, mark) = blocks.removeValue(forKey: reference) ?? (0, 0)
                let bytes = UnsafeRawBufferPointer(
                    start: arena.address(reference), count: byteCount)
                // The ends show an overlap, as blocks are marked from end to end.
                #expect(byteCount == 0 || (bytes[0] == mark && bytes[byteCount - 1] == mark))
                arena.free(reference, byteCount: byteCount)
            } else {
                let byteCount = size(&random)
                let mark = UInt8.random(in: 1...255, using: &random)
                let reference = arena.allocate(byteCount)
                #expect(reference != 0 && blocks[reference] == nil)
                arena.address(reference).initializeMemory(
                    as: UInt8.self, repeating: mark, count: byteCount)
                blocks[reference] = (byteCount, mark)
            }
        }
        for (reference, block) in blocks { arena.free(reference, byteCount: block.byteCount) }
        #expect(arena.usedByteCount == 0)
    }

    @Test func `a retired block waits for its group and is then used again`() {
        let arena = ByteArena()
        let block = arena.allocate(100)
        arena.retire(block, byteCount: 100, group: 5)
        #expect(arena.retiredByteCount == 100)
        arena.reclaim(oldest: 4) { _ in 100 }
        #expect(arena.allocate(100) != block && arena.retiredByteCount == 100)
        arena.reclaim(oldest: 5) { _ in 100 }
        #expect(arena.retiredByteCount == 0 && arena.allocate(100) == block)
    }
}
