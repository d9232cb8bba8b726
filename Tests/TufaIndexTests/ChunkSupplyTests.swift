import Testing

@testable import TufaIndex

/// Memory for chunks, taken from the system a few large pages at a time.
struct ChunkSupplyTests {
    private static let chunk = ChunkDirectory.chunkByteCount

    @Test(arguments: [[1], [1, 1, 1, 3], [2], [7, 1], [1, 1, 1, 1, 1, 5, 1, 64]])
    func `no two chunks share a byte, however they are taken`(_ counts: [Int]) {
        var supply = ChunkSupply()
        var ranges: [Range<UInt>] = []
        for _ in 0..<40 {
            for count in counts {
                let start = UInt(bitPattern: supply.take(count))
                ranges.append(start..<start + UInt(count * Self.chunk))
            }
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        for (lower, upper) in zip(ranges, ranges.dropFirst()) {
            #expect(lower.upperBound <= upper.lowerBound)
        }
    }

    @Test func `all of a chunk can be written, the last one too`() {
        var supply = ChunkSupply()
        var chunks: [UnsafeMutableRawPointer] = []
        for number in 0..<12 {
            let chunk = supply.take(number == 5 ? 3 : 1)
            let count = number == 5 ? 3 * Self.chunk : Self.chunk
            chunk.initializeMemory(as: UInt8.self, repeating: UInt8(number), count: count)
            chunks.append(chunk)
        }
        for (number, chunk) in chunks.enumerated() {
            #expect(chunk.load(as: UInt8.self) == number)
            #expect(chunk.load(fromByteOffset: Self.chunk - 1, as: UInt8.self) == number)
        }
    }

    @Test func `chunks behind the first few begin large pages, every other one`() {
        var supply = ChunkSupply()
        for _ in 0..<ChunkSupply.smallCount { _ = supply.take(1) }
        for _ in 0..<50 {
            let (first, second) = (supply.take(1), supply.take(1))
            #expect(UInt(bitPattern: first) % UInt(2 * Self.chunk) == 0)
            #expect(second == first + Self.chunk)
        }
    }

    @Test func `each large page is to be populated once, while the one before it is used`() {
        var supply = ChunkSupply()
        for _ in 0..<ChunkSupply.smallCount {
            _ = supply.take(1)
            #expect(supply.takeUnpopulated() == nil)
        }
        // Nobody could be early for the first.
        _ = supply.take(1)
        #expect(supply.takeUnpopulated() == nil)
        for _ in 0..<200 {
            _ = supply.take(1)
            let page = supply.takeUnpopulated()
            #expect(page != nil && supply.takeUnpopulated() == nil)
            #expect(supply.take(1) == page)
            #expect(supply.takeUnpopulated() == nil)
        }
    }

    @Test func `a page that was populated and not begun is given back, and told again`() {
        var supply = ChunkSupply()
        var chunks: [UnsafeMutableRawPointer] = []
        func takeOne() -> UnsafeMutableRawPointer {
            let chunk = supply.take(1)
            chunk.initializeMemory(
                as: UInt8.self, repeating: UInt8(chunks.count + 1), count: Self.chunk)
            chunks.append(chunk)
            return chunk
        }
        // Once there is a next page, and at every place of a page.
        for round in 0..<60 {
            _ = takeOne()
            let page = supply.takeUnpopulated()
            page?.storeBytes(of: 0xFF, as: UInt8.self)
            supply.releaseAhead()
            // On Linux what was in it is gone, for so is the memory.
            #if os(Linux)
                if let page { #expect(page.load(as: UInt8.self) == 0) }
            #endif
            // Given back once.
            page?.storeBytes(of: 0xFE, as: UInt8.self)
            supply.releaseAhead()
            if let page { #expect(page.load(as: UInt8.self) == 0xFE, "round \(round)") }
            if let page {
                #expect(takeOne() == page)
                #expect(supply.takeUnpopulated() == page)
                supply.releaseAhead()
            }
        }
        for (number, chunk) in chunks.enumerated() {
            #expect(chunk.load(as: UInt8.self) == UInt8(number + 1))
            #expect(chunk.load(fromByteOffset: Self.chunk - 1, as: UInt8.self) == UInt8(number + 1))
        }
    }

    @Test func `a page is populated beside its owner, and nothing in it changes`() async throws {
        let byteCount = LargeMemory.pageByteCount
        let memory = LargeMemory.allocate(byteCount: byteCount)
        defer { memory.deallocate() }
        memory.storeBytes(of: 0x5EED, toByteOffset: 4096, as: UInt64.self)
        final class Owner: Sendable {}
        weak var owner: Owner?
        do {
            let kept = Owner()
            owner = kept
            LargeMemory.populate(memory, of: kept)
        }
        for _ in 0..<60_000 where owner != nil { try await Task.sleep(for: .milliseconds(1)) }
        #expect(owner == nil)
        #expect(memory.load(fromByteOffset: 4096, as: UInt64.self) == 0x5EED)
    }

    @Test func `a small supply takes what it gives, a large one a sixteenth ahead, in few pieces`()
    {
        var supply = ChunkSupply()
        for count in 1...1000 {
            _ = supply.take(1)
            #expect(supply.aheadCount <= max(2, count / 16))
            if count <= ChunkSupply.smallCount { #expect(supply.aheadCount == 0) }
        }
        #expect(supply.pieceCount < 100)
    }
}
