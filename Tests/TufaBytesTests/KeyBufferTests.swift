import Testing
import TufaBytes

struct KeyBufferTests {
    static func key(
        capacity: Int = 128, _ append: (inout KeyBuffer) -> Void
    ) -> (bytes: [UInt8], isOverflown: Bool) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity + 16, alignment: 16)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0xAA)
        var key = KeyBuffer(base: memory.baseAddress!, capacity: capacity)
        append(&key)
        #expect(key.count <= capacity)
        #expect(memory[capacity...].allSatisfy { $0 == 0xAA }, "bytes behind the capacity changed")
        return (Array(key.bytes), key.isOverflown)
    }

    @Test func bytesOfEachType() {
        #expect(
            Self.key { $0.append(int64: -1, descending: false) }.bytes
                == [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(
            Self.key { $0.append(int64: 1, descending: true) }.bytes
                == [0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE])
        #expect(Self.key { $0.append(boolean: true, descending: false) }.bytes == [1])
        #expect(Self.key { $0.append(boolean: true, descending: true) }.bytes == [0])
        #expect(Self.key { $0.appendNull(descending: false) }.bytes == [2])
        #expect(Self.key { $0.appendNull(descending: true) }.bytes == [0xFD])
        #expect(Self.key { $0.appendPresent(descending: false) }.bytes == [1])
        #expect(Self.key { $0.appendPresent(descending: true) }.bytes == [0xFE])
        let text: [UInt8] = [0x61, 0, 0xFF]
        let ascending = Self.key { key in
            text.withUnsafeBytes { key.append(variable: $0, descending: false) }
        }
        #expect(ascending.bytes == [0x61, 0, 0xFF, 0xFF, 0, 1])
        let descending = Self.key { key in
            text.withUnsafeBytes { key.append(variable: $0, descending: true) }
        }
        #expect(descending.bytes == ascending.bytes.map { ~$0 })
    }

    @Test func doublesHaveOneZeroAndOneNaN() {
        func bytes(_ double: Double) -> [UInt8] {
            Self.key { $0.append(double: double, descending: false) }.bytes
        }
        #expect(bytes(0) == bytes(-0.0))
        #expect(bytes(.nan) == bytes(-.nan))
        #expect(bytes(.nan) == bytes(Double(nan: 5, signaling: true)))
        let ordered: [Double] = [
            -.infinity, -1e300, -1, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, 1e300,
            .infinity, .nan,
        ]
        for (left, right) in zip(ordered, ordered.dropFirst()) {
            #expect(bytes(left).lexicographicallyPrecedes(bytes(right)))
        }
    }

    @Test(arguments: 0..<40)
    func nothingIsWrittenPastTheCapacity(_ capacity: Int) {
        let text = [UInt8](repeating: 0, count: 9)
        let full = Self.key { key in
            key.append(int64: 7, descending: false)
            text.withUnsafeBytes { key.append(variable: $0, descending: false) }
            key.append(boolean: true, descending: false)
        }.bytes
        #expect(full.count == 29)
        let cut = Self.key(capacity: capacity) { key in
            key.append(int64: 7, descending: false)
            text.withUnsafeBytes { key.append(variable: $0, descending: false) }
            key.append(boolean: true, descending: false)
        }
        #expect(cut.isOverflown == (capacity < 29))
    }
}
