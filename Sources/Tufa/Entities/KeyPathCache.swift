internal import Synchronization

/// Which field a key path names, remembered by the key path itself.
///
/// Each place in a program that names a property has one key path object, made once, but finding
/// out where it points takes hundreds of instructions, more than finding a row. What is remembered
/// is kept for ever, so that its address never becomes that of another.
@safe
final class KeyPathCache: @unchecked Sendable {  // Every slot is atomic and set once.
    /// How many key paths are remembered of one type of rows, whatever their addresses.
    ///
    /// Where two belong into one slot, the second takes the next that is free, however far: a
    /// program that has bad luck with its addresses would else look for one of them for ever.
    static let slotCount = 256
    private static let addressBits: UInt64 = 48
    private static let addressMask: UInt64 = 1 << addressBits - 1

    /// The address of a key path below, its field above; 0 where there is none yet.
    private let slots: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        unsafe slots = .allocate(capacity: Self.slotCount)
        for index in 0..<Self.slotCount { unsafe (slots + index).initialize(to: Atomic(0)) }
    }

    deinit {
        for index in 0..<Self.slotCount {
            let word = unsafe slots[index].load(ordering: .acquiring)
            let address = unsafe UnsafeRawPointer(bitPattern: UInt(word & Self.addressMask))
            // Safe: what a slot holds was retained when it was set.
            if let address = unsafe address {
                unsafe Unmanaged<AnyKeyPath>.fromOpaque(address).release()
            }
        }
        unsafe slots.deinitialize(count: Self.slotCount)
        unsafe slots.deallocate()
    }

    /// The field of a key path: what is remembered, or what `find` says, which is remembered.
    ///
    /// - Complexity: O(1) where it is remembered.
    @inline(__always)
    func field(of keyPath: AnyKeyPath, _ find: () -> Int?) -> Int? {
        let address = unsafe UInt64(UInt(bitPattern: Unmanaged.passUnretained(keyPath).toOpaque()))
        let start = Int(truncatingIfNeeded: address >> 4 ^ address >> 10)
        var place = start & (Self.slotCount - 1)
        for step in 0..<Self.slotCount {
            place = (start &+ step) & (Self.slotCount - 1)
            let word = unsafe slots[place].load(ordering: .relaxed)
            if word & Self.addressMask == address { return Int(word >> Self.addressBits) }
            if word == 0 { break }
        }
        guard let index = find() else { return nil }
        if address & ~Self.addressMask == 0, index < 1 << 16 {
            remember(keyPath, address | UInt64(index) << Self.addressBits, place)
        }
        return index
    }

    private func remember(_ keyPath: AnyKeyPath, _ word: UInt64, _ place: Int) {
        let held = unsafe Unmanaged.passRetained(keyPath)
        let result = unsafe slots[place].compareExchange(
            expected: 0, desired: word, ordering: .acquiringAndReleasing)
        if !result.exchanged { unsafe held.release() }
    }
}
