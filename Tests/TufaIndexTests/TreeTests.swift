import Testing

@testable import TufaBytes
@testable import TufaIndex

/// A tree whose keys are given byte strings, and the sorted array that it must equal.
final class ModelTree {
    final class Source: KeySource, @unchecked Sendable {
        var keys: [UInt32: [UInt8]] = [:]

        override func loadKey(_ number: UInt32, at position: UInt64, into key: inout KeyBuffer) {
            for byte in keys[number] ?? [] { key.append(byte: byte) }
        }
    }

    let source = Source()
    let tree: Tree
    var numbers: [[UInt8]: UInt32] = [:]
    var nextNumber: UInt32 = 1

    init() { tree = Tree(source: source) }

    func insert(_ key: [UInt8]) {
        guard numbers[key] == nil else { return }
        let number = nextNumber
        nextNumber += 1
        source.keys[number] = key
        numbers[key] = number
        key.withUnsafeBytes { tree.insert($0, number) }
    }

    func remove(_ key: [UInt8]) {
        let isThere = numbers.removeValue(forKey: key)
        let removed = key.withUnsafeBytes { tree.remove($0) }
        #expect(removed == (isThere != nil))
    }

    func sortedNumbers() -> [UInt32] {
        numbers.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    func forward(_ root: TreeRoot) -> [UInt32] {
        var cursor = TreeCursor(tree, root: root, position: .max)
        var found: [UInt32] = []
        while let number = cursor.next() { found.append(number) }
        return found
    }

    func backward(_ root: TreeRoot) -> [UInt32] {
        var cursor = TreeCursor(tree, root: root, position: .max)
        cursor.seekToEnd()
        var found: [UInt32] = []
        while let number = cursor.previous() { found.append(number) }
        return found
    }
}

/// Kinds of keys that stress prefixes, heads, tails and ties in different ways.
enum KeyShape: CaseIterable {
    case random, sequential, reversed, longShared, emails, short, timeAndID, risingNames

    func key(_ index: Int, _ generator: inout SplitMix) -> [UInt8] {
        switch self {
        case .random: return (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        case .sequential: return Self.bytes(index) + [0, 1]
        case .reversed: return Self.bytes(1 << 40 - index)
        case .longShared:
            let lead = [UInt8](repeating: 7, count: 70)
            return lead + Array(Self.bytes(Int.random(in: 0...4000, using: &generator)).suffix(2))
                + lead + Self.bytes(index % 50)
        case .emails:
            let number = Int.random(in: 0...5000, using: &generator)
            return Array("user\(number)@example.com".utf8) + [0, 1]
        case .short:
            let count = Int.random(in: 0...3, using: &generator)
            return (0..<count).map { _ in UInt8.random(in: 1...4, using: &generator) } + [0, 1]
        case .timeAndID:
            return Self.bytes(Int.random(in: 0...20, using: &generator))
                + Self.bytes(Int.random(in: 0...3000, using: &generator)) + Self.bytes(index % 7)
        case .risingNames: return Array("person.\(index)@example.com".utf8) + [0, 1]
        }
    }

    static func bytes(_ number: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

struct TreeTests {
    @Test(arguments: KeyShape.allCases, [UInt64(1), 2])
    func `agrees with a sorted array under inserts and removals`(shape: KeyShape, seed: UInt64) {
        var generator = SplitMix(state: seed)
        let model = ModelTree()
        for round in 0..<1500 {
            model.insert(shape.key(round, &generator))
            if round % 3 == 2, let key = model.numbers.keys.randomElement(using: &generator) {
                model.remove(key)
            }
            if round % 5 == 0 { model.remove(shape.key(round + 100_000, &generator)) }
            if round % 50 == 0 { model.tree.group += 1 }
        }
        #expect(model.tree.problem(in: model.tree.draft, at: .max) == nil)
        let expected = model.sortedNumbers()
        #expect(model.forward(model.tree.draft) == expected)
        #expect(model.backward(model.tree.draft) == expected.reversed())
        for (key, number) in model.numbers {
            let found = key.withUnsafeBytes {
                model.tree.find($0, in: model.tree.draft, at: .max)
            }
            #expect(found == number)
        }
        // And down to nothing again.
        for key in model.numbers.keys.shuffled(using: &generator) { model.remove(key) }
        #expect(model.tree.draft == TreeRoot())
    }

    @Test(arguments: [KeyShape.random, .sequential, .reversed, .risingNames])
    func `leaves are full before they are split`(shape: KeyShape) {
        var generator = SplitMix(state: 5)
        let model = ModelTree()
        for round in 0..<3000 { model.insert(shape.key(round, &generator)) }
        var cursor = TreeCursor(model.tree, root: model.tree.draft, position: .max)
        cursor.seekToEnd()
        let end = cursor.mark
        [UInt8]().withUnsafeBytes { cursor.seek($0) }
        var leafCount = 0
        while cursor.skipLeaf(before: end, isReversed: false) > 0 { leafCount += 1 }
        // Split in the middle whenever they are full, they would be so to 0.7, those of the names
        // to little more than half.
        #expect(Double(model.numbers.count) > 0.75 * Double(leafCount * Tree.leafCapacity))
    }

    @Test(arguments: KeyShape.allCases)
    func `seek finds the first key that is not below`(shape: KeyShape) {
        var generator = SplitMix(state: 9)
        let model = ModelTree()
        for round in 0..<600 { model.insert(shape.key(round, &generator)) }
        let sorted = model.numbers.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for round in 0..<400 {
            let probe = shape.key(round * 3, &generator)
            let expected = sorted.firstIndex { !$0.key.lexicographicallyPrecedes(probe) }
            var cursor = TreeCursor(model.tree, root: model.tree.draft, position: .max)
            probe.withUnsafeBytes { cursor.seek($0) }
            #expect(cursor.next() == expected.map { sorted[$0].value })
            probe.withUnsafeBytes { cursor.seek($0) }
            let before = (expected ?? sorted.count) - 1
            #expect(cursor.previous() == (before >= 0 ? sorted[before].value : nil))
        }
    }

    @Test
    func `a published root never changes while later groups are built`() {
        var generator = SplitMix(state: 4)
        let model = ModelTree()
        for round in 0..<300 { model.insert(KeyShape.random.key(round, &generator)) }
        let published = model.tree.draft
        let before = model.forward(published)
        for group in 0..<40 {
            model.tree.group += 1
            for round in 0..<20 { model.insert(KeyShape.random.key(round, &generator)) }
            for key in model.numbers.keys.shuffled(using: &generator).prefix(15) {
                model.remove(key)
            }
            // Nothing older than the first group may be freed: its view is still there.
            model.tree.reclaim(oldest: 1)
            if group % 8 == 0 { #expect(model.forward(published) == before) }
        }
        #expect(model.forward(published) == before)
        let retired = model.tree.retiredByteCount
        #expect(retired > 0)
        model.tree.reclaim(oldest: model.tree.group)
        #expect(model.tree.retiredByteCount == 0)
        #expect(model.tree.problem(in: model.tree.draft, at: .max) == nil)
    }
}
