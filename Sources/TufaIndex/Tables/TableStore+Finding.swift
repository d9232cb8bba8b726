package import TufaBytes

/// Single rows by their whole keys.
extension TableStore {
    /// The row under exactly `key` in an index, or in that of the identifiers, -1, as a view of
    /// `position` sees it.
    ///
    /// - Complexity: O(log rows); allocates nothing.
    @unsafe
    package func row(
        under key: UnsafeRawBufferPointer, inIndex index: Int, _ root: TreeRoot,
        at position: UInt64
    ) -> RowVersion? {
        let parts = unsafe parts(ofIndex: index)
        return unsafe parts.tree._withUnsafeGuaranteedRef { tree in
            unsafe parts.plan._withUnsafeGuaranteedRef { plan in
                unsafe tree.find(key, in: root, at: position, isAnywhere: true) { number in
                    unsafe rows.visible(number, at: position, under: key, by: plan)
                }
            }
        }
    }

    /// The row of an identifier, as a view of `position` sees it.
    ///
    /// - Complexity: O(log rows); allocates nothing.
    @unsafe
    package func row(of id: RowID, in root: TreeRoot, at position: UInt64) -> RowVersion? {
        unsafe withKey(of: id) { unsafe row(under: $0, inIndex: -1, root, at: position) }
    }

    /// The row number of an identifier.
    ///
    /// - Complexity: O(log rows).
    package func number(of id: RowID, in root: TreeRoot, at position: UInt64) -> UInt32? {
        unsafe withKey(of: id) { unsafe primary.find($0, in: root, at: position) }
    }

    /// The row number of an identifier as the writer sees it.
    package func draftNumber(of id: RowID) -> UInt32? {
        unsafe withKey(of: id) { unsafe primary.findDraft($0) }
    }

    /// Lends the key of an identifier in the primary index.
    @inline(__always) @unsafe
    func withKey<Result>(
        of id: RowID, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let key = (id.high.bigEndian, id.low.bigEndian)
        return unsafe withUnsafeBytes(of: key, body)
    }
}
