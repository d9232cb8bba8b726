package import TufaBytes

/// Where a tree gets the whole key of an entry from: leaves hold heads and numbers only.
///
/// A class with an override rather than a protocol, so that the call is one indirect jump.
package class KeySource: @unchecked Sendable {  // Subclasses hold immutable or atomic state.
    /// The longest key that there can be, in bytes: readers take that much of their stack.
    let maximumByteCount: Int

    package init(maximumByteCount: Int = KeyBuffer.maximumByteCount) {
        self.maximumByteCount = maximumByteCount
    }

    /// Appends the key of the entry `number`, as a view of `position` sees it.
    @unsafe
    package func loadKey(_ number: UInt32, at position: UInt64, into key: inout KeyBuffer) {
        preconditionFailure("Every tree has a key source of its own.")
    }

    /// Whether the key of the entry `number` is `key`, as a view of `position` sees it.
    @unsafe
    func isKey(
        _ key: UnsafeRawBufferPointer, of number: UInt32, at position: UInt64
    ) -> Bool {
        unsafe equals(key) { unsafe loadKey(number, at: position, into: &$0) }
    }

    /// Asks for the memory that says where the key of an entry is; a hint, which may do nothing.
    func prefetchAddress(_ number: UInt32) {}

    /// Asks for the key itself, some time after its address.
    func prefetchKey(_ number: UInt32) {}
}

/// Whether a key equals what `make` makes.
@inline(__always) @unsafe
func equals(_ key: UnsafeRawBufferPointer, _ make: (inout KeyBuffer) -> Void) -> Bool {
    // A key that does not fit this much is longer than the one looked for.
    let room = key.count + 16
    return unsafe withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { scratch in
        var own = unsafe KeyBuffer(base: scratch.baseAddress.unsafelyUnwrapped, capacity: room)
        unsafe make(&own)
        return unsafe !own.isOverflown && compareKeys(own.bytes, key) == 0
    }
}

/// Keys made from the fields of rows.
package final class RowKeySource: KeySource, @unchecked Sendable {  // All of it is immutable.
    let rows: RowTable
    package let plan: KeyPlan

    package init(rows: RowTable, plan: KeyPlan) {
        self.rows = rows
        self.plan = plan
        super.init(maximumByteCount: plan.maximumByteCount)
    }

    @unsafe
    override package func loadKey(
        _ number: UInt32, at position: UInt64, into key: inout KeyBuffer
    ) {
        // An entry of a tree always has a row that the tree's views see; a row that is not there
        // gives an empty key, which `verify` reports, rather than a trap.
        guard let version = unsafe rows.visible(number, at: position) else { return }
        unsafe plan.appendKey(of: version.id, version.body, to: &key)
    }

    @unsafe
    override func isKey(
        _ key: UnsafeRawBufferPointer, of number: UInt32, at position: UInt64
    ) -> Bool {
        unsafe rows.visible(number, at: position, under: key, by: plan) != nil
    }

    override func prefetchAddress(_ number: UInt32) { rows.prefetchSlot(number) }

    override func prefetchKey(_ number: UInt32) { rows.prefetchNewest(number) }
}
