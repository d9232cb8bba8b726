import Testing

@testable import TufaSearch

struct PlaceTableTests {
    /// Looks the documents of a block up, and those between them.
    private static func check(
        _ table: inout PlaceTable, _ documents: [UInt32], block: Int
    ) -> (isFilled: Bool, isRight: Bool) {
        unsafe documents.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress, let first = documents.first,
                let last = documents.last,
                let lookup = unsafe table.fill(start, ofBlock: block, toLookUp: documents.count)
            else { return (false, true) }
            var isRight = true
            for document in first...last {
                let place = unsafe lookup.place(of: document)
                let isThere = place < documents.count && documents[place] == document
                if isThere != documents.contains(document) { isRight = false }
            }
            return (true, isRight)
        }
    }

    private static func documents(from first: UInt32, step: UInt32) -> [UInt32] {
        (0..<UInt32(PackedBlock.postingCount)).map { first + $0 * step }
    }

    @Test("A document is found where its block has it, and nothing of another block is")
    func lookups() {
        var table = unsafe PlaceTable()
        defer { unsafe table.deallocate() }
        for (block, step) in [1, 2, 1, 2, 2].enumerated() as EnumeratedSequence<[UInt32]> {
            let documents = Self.documents(from: 5 + 77 * UInt32(block), step: step)
            for _ in 0..<2 {
                let (isFilled, isRight) = unsafe Self.check(&table, documents, block: block)
                #expect(isFilled && isRight, "block \(block)")
            }
        }
    }

    @Test("A block whose documents are too far apart has no table")
    func wideBlocks() {
        var table = unsafe PlaceTable()
        defer { unsafe table.deallocate() }
        let wide = Self.documents(from: 1, step: 100_000)
        #expect(unsafe !Self.check(&table, wide, block: 0).isFilled)
        #expect(unsafe !Self.check(&table, wide, block: 0).isFilled)
        let (isFilled, isRight) = unsafe Self.check(
            &table, Self.documents(from: 9, step: 1), block: 1)
        #expect(isFilled && isRight)
        #expect(unsafe !Self.check(&table, wide, block: 0).isFilled)
    }

    @Test("For one document no table is filled, but one that is there serves")
    func fewDocuments() {
        var table = unsafe PlaceTable()
        defer { unsafe table.deallocate() }
        let documents = Self.documents(from: 3, step: 1)
        unsafe documents.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            let count = documents.count
            #expect(unsafe table.fill(start, ofBlock: 4, toLookUp: 1) == nil)
            #expect(unsafe table.fill(start, ofBlock: 4, toLookUp: count) != nil)
            #expect(unsafe table.fill(start, ofBlock: 4, toLookUp: 1) != nil)
        }
    }
}
