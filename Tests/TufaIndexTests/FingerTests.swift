import Testing

@testable import TufaBytes
@testable import TufaIndex

/// The leaf that the writer was at last, and the keys that do not belong there.
struct FingerTests {
    /// What the writer finds, by the finger or from the root, must be what a reader finds.
    private func expectSame(_ model: ModelTree, _ key: [UInt8]) {
        let expected = model.numbers[key]
        let found = key.withUnsafeBytes { model.tree.findDraft($0) }
        #expect(found == expected)
        // Once more, from where the last one ended.
        #expect(key.withUnsafeBytes { model.tree.findDraft($0) } == expected)
    }

    @Test(arguments: KeyShape.allCases, [UInt64(3), 4])
    func `the writer finds what is there, whatever it did before`(shape: KeyShape, seed: UInt64) {
        var generator = SplitMix(state: seed)
        let model = ModelTree()
        for round in 0..<1200 {
            let key = shape.key(round, &generator)
            expectSame(model, key)
            model.insert(key)
            expectSame(model, key)
            switch round % 7 {
            case 1: expectSame(model, shape.key(round + 100_000, &generator))
            case 3:
                if let key = model.numbers.keys.randomElement(using: &generator) {
                    expectSame(model, key)
                    if round % 2 == 0 { model.remove(key) }
                    expectSame(model, key)
                }
            case 5: model.tree.group += 1
            default: break
            }
        }
        #expect(model.tree.problem(in: model.tree.draft, at: .max) == nil)
        #expect(model.forward(model.tree.draft) == model.sortedNumbers())
    }

    @Test(arguments: KeyShape.allCases)
    func `what is put where the finger is leaves older roots as they are`(shape: KeyShape) {
        var generator = SplitMix(state: 11)
        let model = ModelTree()
        var roots: [(TreeRoot, [UInt32])] = []
        for round in 0..<600 {
            model.insert(shape.key(round, &generator))
            // Each entry is of a group of its own, as where each commit is of one row.
            if round % 4 == 0 { roots.append((model.tree.draft, model.sortedNumbers())) }
            model.tree.group += 1
        }
        for (root, numbers) in roots { #expect(model.forward(root) == numbers) }
    }

    @Test func `nothing is put into a leaf that was merged away`() {
        var generator = SplitMix(state: 21)
        let model = ModelTree()
        // In no order, so that leaves have room for what is left of the one beside.
        for number in (0..<300).shuffled(using: &generator) { model.insert(KeyShape.bytes(number)) }
        var highest = 299
        var next = 300
        while highest > 20 {
            // The last leaf has fewer and fewer, and what comes in order goes behind it.
            model.remove(KeyShape.bytes(highest))
            model.insert(KeyShape.bytes(next))
            #expect(model.forward(model.tree.draft) == model.sortedNumbers())
            model.remove(KeyShape.bytes(next))
            highest -= 1
            next += 1
        }
    }

    @Test func `keys in order go down from the root once a leaf`() {
        let model = ModelTree()
        var generator = SplitMix(state: 1)
        var misses = 0
        for round in 0..<1000 {
            let key = KeyShape.sequential.key(round, &generator)
            if !key.withUnsafeBytes({ model.tree.isAtFinger($0) }) { misses += 1 }
            model.insert(key)
        }
        // A leaf that was split says nothing; the next key looks for its leaf.
        #expect(misses <= 2 * 1000 / Tree.leafCapacity)
    }
}
