import Testing

@testable import TufaBytes
@testable import TufaIndex

/// Hints of lookups: what is kept, what gives way, and that memory follows the rows.
struct LookupHintsTests {
    private struct NoMemory: Error {}

    private func makeTable(_ rowCount: Int) throws -> HintTable {
        guard let table = HintTable(rowCount: rowCount, smaller: nil) else { throw NoMemory() }
        return table
    }

    private func place(_ table: borrowing HintTable, _ key: UInt64) -> HintPlace {
        withUnsafeBytes(of: key.bigEndian) { table.place(of: $0) }
    }

    private func hint(_ number: UInt32) -> LookupHint {
        LookupHint(number: number, reference: number &* 3)
    }

    @Test func `a line keeps the last seven, and one for each tag`() throws {
        // One line for all keys; no two with one tag.
        let table = try makeTable(1)
        var places: [HintPlace] = []
        for key in 0..<100 as Range<UInt64> {
            let place = place(table, key)
            guard place.hint == nil else { continue }
            place.note(hint(UInt32(places.count + 1)))
            places.append(place)
            let kept = places.indices.filter { places[$0].hint == hint(UInt32($0 + 1)) }
            #expect(kept == Array(places.indices.suffix(7)), "after \(places.count)")
        }
        #expect(places.count > 50)
        // What was noted later of the same key takes the place of what was noted before.
        let last = places.count
        for round in 1...20 as ClosedRange<UInt32> {
            places[last - 1].note(hint(1000 + round))
            #expect(places[last - 1].hint == hint(1000 + round))
            #expect(places[last - 2].hint == hint(UInt32(last - 1)))
        }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 40])
    func `keys that differ in one byte have other places`(length: Int) throws {
        let table = try makeTable(60_000)
        let key = [UInt8](repeating: 7, count: length)
        var others = (0..<length).map { place in
            var other = key
            other[place] ^= 1
            return other
        }
        others.append(key + [7])
        for (number, key) in ([key] + others).enumerated() {
            let place = key.withUnsafeBytes { table.place(of: $0) }
            #expect(place.hint == nil, "a key of \(length) bytes, change \(number)")
            place.note(hint(UInt32(number + 1)))
        }
    }

    @Test func `as many keys as a table is made for keep their hints, nearly all`() throws {
        let count: UInt64 = 60_000
        let table = try makeTable(Int(count))
        for key in 0..<count { place(table, key).note(hint(UInt32(key))) }
        let kept = (0..<count).count { place(table, $0).hint == hint(UInt32($0)) }
        #expect(kept > Int(count) * 18 / 20 && kept <= Int(count), "\(kept) of \(count)")
        let before = (0..<count).map { place(table, $0).hint }
        table.release()
        for (key, hint) in before.enumerated() {
            // What was there, or zeros.
            let now = place(table, UInt64(key)).hint
            #expect(now == nil || now == hint || now == self.hint(0), "\(key)")
        }
    }

    @Test func `whether hints are rare follows what came of late`() throws {
        let hints = LookupHints()
        let table = try makeTable(60_000)
        let places = (0..<2000).map { place(table, $0) }
        #expect(!hints.areRare)
        for place in places { hints.noteMiss(of: place) }
        #expect(hints.areRare)
        // One lookup tells little, and what was long ago does not count.
        for place in places.prefix(100) { hints.noteUse(of: place) }
        #expect(hints.areRare)
        for place in places { hints.noteUse(of: place) }
        #expect(!hints.areRare)
        for place in places.prefix(100) { hints.noteMiss(of: place) }
        #expect(!hints.areRare)
        for place in places { hints.noteMiss(of: place) }
        #expect(hints.areRare)
    }

    @Test func `a table comes with the lookups, and a larger one with the rows`() throws {
        let hints = LookupHints()
        func place() -> HintPlace? { [1, 2].withUnsafeBytes { hints.place(of: $0) } }
        for _ in 0..<1000 { hints.noteLookup(of: LookupHints.leastRowCount - 1) }
        #expect(place() == nil)
        let count = LookupHints.leastRowCount * 64
        var lookupCount = 0
        while place() == nil, lookupCount < count {
            hints.noteLookup(of: count)
            lookupCount += 1
        }
        #expect(lookupCount + 1000 > count / 32 && lookupCount <= count / 32 + 1)
        let first = try #require(place())
        hints.note(hint(5), at: first, of: count + count / 4)
        #expect(place()?.hint == hint(5))
        hints.note(hint(5), at: first, of: count + count / 4 + 1)
        #expect(place()?.hint == nil && place()?.rowCount == count + count / 4 + 1)
        // Who is late notes into what is left, which changes nothing.
        first.note(hint(6))
        hints.note(hint(7), at: first, of: count + count / 4 + 1)
        #expect(place()?.hint == nil)
    }
}
