import Testing
import TufaBytes

@Suite struct LZ4Tests {
    @Test func blocksComeBackAsTheyWere() throws {
        let source = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        var packed = [UInt8](repeating: 0, count: source.count)
        let count = try #require(
            source.withUnsafeBytes { from in
                packed.withUnsafeMutableBytes { LZ4.compress(from, into: $0) }
            })
        #expect(count < source.count / 4)
        var unpacked = [UInt8](repeating: 0, count: source.count)
        try packed[..<count].withUnsafeBytes { from in
            try unpacked.withUnsafeMutableBytes { try LZ4.decompress(from, into: $0) }
        }
        #expect(unpacked == source)
    }

    @Test func whatDoesNotShrinkIsLeftAlone() {
        var state: UInt64 = 3
        let source = (0..<4096).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(state >> 56)
        }
        var packed = [UInt8](repeating: 0, count: source.count - 1)
        let count = source.withUnsafeBytes { from in
            packed.withUnsafeMutableBytes { LZ4.compress(from, into: $0) }
        }
        #expect(count == nil)
    }

    @Test func damageIsAnErrorAndNeverATrap() throws {
        let source = (0..<2000).map { UInt8(truncatingIfNeeded: $0 * $0 / 31) }
        var packed = [UInt8](repeating: 0, count: 2100)
        let count = try #require(
            source.withUnsafeBytes { from in
                packed.withUnsafeMutableBytes { LZ4.compress(from, into: $0) }
            })
        var target = [UInt8](repeating: 0, count: source.count)
        #expect(throws: DatabaseError.self) {
            try packed[..<(count - 1)].withUnsafeBytes { from in
                try target.withUnsafeMutableBytes { try LZ4.decompress(from, into: $0) }
            }
        }
        for at in 0..<count {
            packed[at] ^= 0x55
            try? packed[..<count].withUnsafeBytes { from in
                try target.withUnsafeMutableBytes { try LZ4.decompress(from, into: $0) }
            }
            packed[at] ^= 0x55
        }
    }

    @Test(arguments: [-1, 0, 1, 1000])
    func aBlockFillsItsTargetExactly(_ difference: Int) throws {
        let source = [UInt8](repeating: 7, count: 2000)
        var packed = [UInt8](repeating: 0, count: 2000)
        let count = try #require(
            source.withUnsafeBytes { from in
                packed.withUnsafeMutableBytes { LZ4.compress(from, into: $0) }
            })
        var target = [UInt8](repeating: 0, count: source.count + difference)
        var code: DatabaseError.Code?
        do {
            try packed[..<count].withUnsafeBytes { from in
                try target.withUnsafeMutableBytes { try LZ4.decompress(from, into: $0) }
            }
        } catch {
            code = (error as? DatabaseError)?.code
        }
        #expect(code == (difference == 0 ? nil : .damaged))
    }
}
