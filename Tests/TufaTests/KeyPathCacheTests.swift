import Testing

@testable import Tufa

struct KeyPathCacheTests {
    private struct Many { var a = 0, b = 0, c = 0 }

    @Test func `a field is found once for each key path, and never another's`() {
        let cache = KeyPathCache()
        var searches = 0
        func field(_ keyPath: AnyKeyPath, _ index: Int?) -> Int? {
            cache.field(of: keyPath) {
                searches += 1
                return index
            }
        }
        for _ in 0..<100 {
            #expect(field(\Many.a, 0) == 0)
            #expect(field(\Many.b, 1) == 1)
            #expect(field(\Many.c, nil) == nil)
        }
        // What is no field is looked for each time.
        #expect(searches == 102)
    }

    @Test func `more key paths than there is room for are all found`() {
        let cache = KeyPathCache()
        let array: [WritableKeyPath<[Int], Int>] = (0..<1000).map { \[Int].[$0] }
        for _ in 0..<3 {
            for (index, keyPath) in array.enumerated() {
                #expect(cache.field(of: keyPath) { index } == index)
            }
        }
    }

    @Test(arguments: [1, 24, KeyPathCache.slotCount])
    func `as many as there are slots are all remembered, wherever they belong`(count: Int) {
        let cache = KeyPathCache()
        let array: [WritableKeyPath<[Int], Int>] = (0..<count).map { \[Int].[$0] }
        var searches = 0
        for _ in 0..<10 {
            for (index, keyPath) in array.enumerated() {
                let found = cache.field(of: keyPath) {
                    searches += 1
                    return index
                }
                #expect(found == index)
            }
        }
        #expect(searches == array.count)
    }

    @Test func `threads that come first at once agree`() async {
        let cache = KeyPathCache()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<1000).allSatisfy { _ in
                        cache.field(of: \Many.a) { 3 } == 3 && cache.field(of: \Many.b) { 4 } == 4
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }
}
