/// What the memory itself allows: a copy of 256 MB.
enum MemoryBandwidth {
    private static let byteCount = 256 << 20

    /// Bytes a second of each run, reading and writing counted once.
    static func measure() -> [Double] {
        let source = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        let target = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
        }
        source.initializeMemory(as: UInt8.self, repeating: 0x5A, count: byteCount)
        target.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        return (0..<repetitions).map { run in
            let took = seconds { target.copyMemory(from: source, byteCount: byteCount) }
            precondition(target.load(fromByteOffset: run * 4096, as: UInt8.self) == 0x5A)
            return Double(byteCount) / took
        }
    }
}
