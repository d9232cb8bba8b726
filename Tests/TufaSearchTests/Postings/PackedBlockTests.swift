import Synchronization
import Testing
import TufaIndex

@testable import TufaSearch

struct PackedBlockTests {
    /// One posting: its document and, for each field, the steps of its places.
    private struct Posting: Equatable {
        var document: UInt32
        var fields: [Int: [UInt32]]
    }

    @Test(arguments: 1...8, [UInt64(1), 2, 3])
    func `a block gives back what was packed, at every width and with outliers`(
        fieldCount: Int, seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let start = UInt32.random(in: 0...1000, using: &generator)
            let postings = Self.postings(after: start, fieldCount: fieldCount, &generator)
            Self.compare(postings, after: start, fieldCount: fieldCount)
        }
    }

    @Test(arguments: [1, 2, 8])
    func `a block holds the greatest numbers there are`(fieldCount: Int) {
        let field = fieldCount - 1
        for outlier in 0..<PackedBlock.postingCount {
            var postings: [Posting] = []
            var document: UInt32 = 7
            for index in 0..<PackedBlock.postingCount {
                document += index == outlier ? 1 << 31 : 1
                let step: UInt32 = index == outlier ? 1 << 24 - 1 : 1
                postings.append(Posting(document: document, fields: [field: [step]]))
            }
            Self.compare(postings, after: 7, fieldCount: fieldCount)
        }
        var postings = (1...UInt32(PackedBlock.postingCount)).map {
            Posting(document: $0, fields: [field: [1]])
        }
        postings[3].fields[field] = Array(repeating: 0, count: 70_000)
        for count in [254, 255, 256, 257] {
            postings[5].fields[field] = Array(repeating: 1, count: count)
            Self.compare(postings, after: 0, fieldCount: fieldCount)
        }
    }

    @Test
    func `a document can have a term at every position there is`() {
        let most = 1 << 24
        var packer = PostingPacker()
        packer.begin(after: 0)
        for document in 1...UInt32(PackedBlock.postingCount) {
            packer.add(document)
            let count = document == 2 ? most : 1
            packer.add(count: UInt32(count), field: 0)
            for _ in 0..<count { packer.add(placeStep: document) }
        }
        let arena = ByteArena()
        let block = PackedBlock(
            Self.address(packer.write(to: arena, fieldCount: 1), in: arena))
        let counts = UnsafeMutablePointer<UInt8>.allocate(capacity: PackedBlock.postingCount + 8)
        defer { counts.deallocate() }
        block.decodeCounts(into: counts, fieldCount: 1)
        #expect(block.count(1, counts, fieldCount: 1) == UInt32(most))
        #expect(block.count(2, counts, fieldCount: 1) == 1)
        var reader = PlaceReader(block, fieldCount: 1)
        reader.seek(most)
        let steps = (0..<3).map { _ in reader.next() }
        #expect(steps == [2, 3, 4])
    }

    @Test
    func `one large number costs little`() {
        func byteCount(_ outlier: UInt32, step: UInt32, count: Int) -> UInt32 {
            var document: UInt32 = 0
            let postings = (0..<PackedBlock.postingCount).map { index in
                document += index == 4 ? outlier : 3
                let steps = Array(repeating: index == 4 ? step : 5, count: index == 4 ? count : 1)
                return Posting(document: document, fields: [0: steps])
            }
            let arena = ByteArena()
            let reference = Self.pack(postings, after: 0, fieldCount: 1, into: arena)
            return Self.address(reference, in: arena).load(fromByteOffset: 12, as: UInt32.self)
        }
        let plain = byteCount(3, step: 5, count: 1)
        #expect(byteCount(1 << 20, step: 5, count: 1) <= plain + 16)
        #expect(byteCount(3, step: 5, count: 40) <= plain + 16 + 40)
        let smallBlock = PackedBlock.postingCount < 128
        #expect(byteCount(3, step: 3000, count: 1) <= plain + (smallBlock ? 24 : 56))
    }

    @Test
    func `addresses are those of the arena`() {
        #expect(
            ChunkDirectory.chunkByteCount / ChunkDirectory.unitByteCount
                == 1 << ChunkDirectory.shiftOfChunk)
        #expect(ChunkDirectory.unitByteCount == 1 << ChunkDirectory.shiftOfUnit)
    }

    @Test
    func `a directory keeps its entries in order as it grows`() {
        let arena = ByteArena()
        var reference: UInt32 = 0
        for number in UInt32(1)...200 {
            let entry = BlockDirectory.Entry(
                last: number * 3, block: number * 5, share: Float(number), averages: number % 7)
            reference = BlockDirectory.append(entry, to: reference, in: arena, group: 1)
            let directory = BlockDirectory(Self.address(reference, in: arena))
            #expect(directory.count == Int(number))
            for at in 0..<Int(number) {
                let found = directory.entries[at]
                #expect(found.last == UInt32(at + 1) * 3 && found.block == UInt32(at + 1) * 5)
                #expect(found.share == Float(at + 1) && found.averages == UInt32(at + 1) % 7)
            }
        }
    }

    // MARK: Helpers

    private static func address(
        _ reference: UInt32, in arena: ByteArena
    ) -> UnsafeMutableRawPointer {
        let unitsPerChunk = 1 << ChunkDirectory.shiftOfChunk
        return arena.directory.chunks[Int(reference) / unitsPerChunk]
            .load(ordering: .relaxed).unsafelyUnwrapped
            + Int(reference) % unitsPerChunk * ChunkDirectory.unitByteCount
    }

    /// Numbers that mostly take a few bits, and now and then many.
    private static func postings(
        after start: UInt32, fieldCount: Int, _ generator: inout SeededGenerator
    ) -> [Posting] {
        func number(_ bits: Int, rarely: Int) -> UInt32 {
            let isOutlier = Int.random(in: 0..<12, using: &generator) == 0
            let width = Int.random(in: 0...(isOutlier ? rarely : bits), using: &generator)
            return UInt32.random(in: 0...(1 << UInt32(width) - 1), using: &generator)
        }
        let bits = (0..<3).map { _ in Int.random(in: 0...8, using: &generator) }
        var document = start
        return (0..<PackedBlock.postingCount).map { _ in
            document += 1 + number(bits[0], rarely: 23)
            var fields: [Int: [UInt32]] = [:]
            repeat {
                let field = Int.random(in: 0..<fieldCount, using: &generator)
                let count = 1 + number(bits[1] / 4, rarely: 10)
                fields[field] = (0..<count).map { _ in number(bits[2], rarely: 24) }
            } while Bool.random(using: &generator)
            return Posting(document: document, fields: fields)
        }
    }

    private static func pack(
        _ postings: [Posting], after start: UInt32, fieldCount: Int, into arena: ByteArena
    ) -> UInt32 {
        var packer = PostingPacker()
        packer.begin(after: start)
        for posting in postings {
            packer.add(posting.document)
            for (field, steps) in posting.fields.sorted(by: { $0.key < $1.key }) {
                packer.add(count: UInt32(steps.count), field: field)
                for step in steps { packer.add(placeStep: step) }
            }
        }
        let isFull = packer.isFull
        #expect(isFull)
        return packer.write(to: arena, fieldCount: fieldCount)
    }

    private static func compare(
        _ postings: [Posting], after start: UInt32, fieldCount: Int
    ) {
        let arena = ByteArena()
        let reference = pack(postings, after: start, fieldCount: fieldCount, into: arena)
        let block = PackedBlock(address(reference, in: arena))
        let memory = UnsafeMutablePointer<UInt32>.allocate(
            capacity: PostingCursor.memoryCount(fieldCount: fieldCount))
        defer { memory.deallocate() }
        let counts = UnsafeMutableRawPointer(memory + PackedBlock.postingCount)
            .assumingMemoryBound(to: UInt8.self)
        block.decode(after: start, into: memory)
        block.decodeCounts(into: counts, fieldCount: fieldCount)
        var reader = PlaceReader(block, fieldCount: fieldCount)
        var firstPlaces: [(at: Int, step: UInt32)] = []
        var place = 0
        for (index, posting) in postings.enumerated() {
            #expect(memory[index] == posting.document)
            var countIndex = block.countsBefore(index, fieldCount: fieldCount)
            let mask = posting.fields.keys.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
            #expect(block.mask(index, fieldCount: fieldCount) == mask)
            for (_, steps) in posting.fields.sorted(by: { $0.key < $1.key }) {
                let count = block.count(countIndex, counts, fieldCount: fieldCount)
                #expect(count == UInt32(steps.count))
                let isSame = steps.allSatisfy { $0 == reader.next() }
                #expect(isSame, "posting \(index)")
                firstPlaces.append((place, steps[0]))
                place += steps.count
                countIndex += 1
            }
        }
        // From any place to any later one.
        for stride in [1, 2, 3, 7, 50] {
            var reader = PlaceReader(block, fieldCount: fieldCount)
            for at in Swift.stride(from: 0, to: firstPlaces.count, by: stride) {
                reader.seek(firstPlaces[at].at)
                let step = reader.next()
                #expect(step == firstPlaces[at].step)
            }
        }
    }
}
