internal import TufaBytes

extension RowTable {
    /// The version that a view of `position` sees of a row, where its key by `plan` is `key`; nil
    /// where it has another key, or the view sees no row.
    ///
    /// - Complexity: O(versions younger than the view + bytes of the key); allocates nothing.
    @inline(__always) @unsafe
    func visible(
        _ number: UInt32, at position: UInt64, under key: UnsafeRawBufferPointer, by plan: KeyPlan
    ) -> RowVersion? {
        guard let version = unsafe visible(number, at: position),
            unsafe version.hasKey(key, by: plan)
        else { return nil }
        return unsafe version
    }
}

extension RowVersion {
    /// Whether the key of the row is `key`; most plans tell it from the row as it stands.
    @inline(__always)
    func hasKey(_ key: UnsafeRawBufferPointer, by plan: KeyPlan) -> Bool {
        if plan.isPlainText {
            if let isKey = unsafe plan.isKey(key, plainlyOf: body) { return isKey }
        } else if plan.isIdentifier, key.count == 16 {
            return unsafe key.loadUnaligned(as: UInt64.self)
                == base.load(fromByteOffset: 24, as: UInt64.self)
                && key.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                    == base.load(fromByteOffset: 32, as: UInt64.self)
        }
        return unsafe hasWholeKey(key, by: plan)
    }

    private func hasWholeKey(_ key: UnsafeRawBufferPointer, by plan: KeyPlan) -> Bool {
        unsafe equals(key) { unsafe plan.appendKey(of: id, body, to: &$0) }
    }
}
