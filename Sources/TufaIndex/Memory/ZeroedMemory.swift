/// A piece of zeroed memory that never moves, of whoever holds it.
@safe
final class ZeroedMemory: @unchecked Sendable {  // Written by its owner before it is shared.
    let base: UnsafeMutableRawPointer

    init(byteCount: Int) {
        unsafe base = .allocate(byteCount: byteCount, alignment: 16)
        _ = unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }

    deinit { unsafe base.deallocate() }
}
