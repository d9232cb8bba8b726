import Testing

@testable import TufaIndex

struct ShortBytesTests {
    private func add(_ bytes: [UInt8], to strings: ShortBytes) -> UInt32 {
        bytes.withUnsafeBytes { strings.add($0) }
    }

    @Test
    func `strings of every length come back, over many chunks`() {
        let strings = ShortBytes()
        var references: [UInt32] = []
        var byteCount = 0
        let strides = 40_000
        func bytes(_ index: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(truncatingIfNeeded: index &* 31), count: index * 13 % 256)
        }
        for index in 0..<strides {
            references.append(add(bytes(index), to: strings))
            byteCount += 1 + bytes(index).count
        }
        #expect(strings.usedByteCount == byteCount)
        #expect(byteCount > 4 * ChunkDirectory.chunkByteCount)
        #expect(!references.contains(0) && Set(references).count == strides)
        for index in 0..<strides where !strings[references[index]].elementsEqual(bytes(index)) {
            Issue.record("string \(index)")
        }
    }

    @Test
    func `the room of a string that was freed is for one of its length`() {
        let strings = ShortBytes()
        let first = add([1, 2, 3], to: strings)
        let second = add([4, 5], to: strings)
        strings.free(first)
        #expect(strings.usedByteCount == 3)
        let third = add([6, 7], to: strings)
        #expect(third != first)
        #expect(add([8, 9, 10], to: strings) == first)
        #expect(strings[first].elementsEqual([8, 9, 10]))
        #expect(strings[second].elementsEqual([4, 5]) && strings[third].elementsEqual([6, 7]))
    }
}
