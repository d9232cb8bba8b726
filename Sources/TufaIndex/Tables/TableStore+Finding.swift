package import TufaBytes

/// Single rows by their whole keys.
extension TableStore {
    /// Where the hint for a value of an index stands, asked for; nil where there are no hints.
    ///
    /// Values that are the same have the same key; an index is always asked by one kind of them.
    @inline(__always) @unsafe
    package func hintPlace(of value: UnsafeRawBufferPointer, inIndex index: Int) -> HintPlace? {
        precondition(index >= -1 && index < indexCount, "A table has the indexes of its plan.")
        return unsafe hints[index]._withUnsafeGuaranteedRef { unsafe $0.place(of: value) }
    }

    /// The row under exactly `key` in an index, or in that of the identifiers, -1, as a view of
    /// `position` sees it.
    ///
    /// - Parameter place: That of what the key was made of.
    /// - Complexity: O(log rows), O(1) for most of those that were asked for before; allocates
    ///   nothing.
    @unsafe
    package func row(
        under key: UnsafeRawBufferPointer, inIndex index: Int, _ root: TreeRoot,
        at position: UInt64, hintedAt place: HintPlace?
    ) -> RowVersion? {
        let parts = unsafe parts(ofIndex: index)
        return unsafe parts.tree._withUnsafeGuaranteedRef { tree in
            unsafe parts.plan._withUnsafeGuaranteedRef { plan in
                unsafe hints[index]._withUnsafeGuaranteedRef { hints in
                    guard let place else {
                        hints.noteLookup(of: root.count)
                        return unsafe tree.find(key, in: root, at: position, isAnywhere: true) {
                            unsafe rows.visible($0, at: position, under: key, by: plan)
                        }
                    }
                    // Where few have a hint, line and leaf are waited for together.
                    let asked =
                        hints.areRare
                        ? unsafe tree.leaf(of: key, in: root, isAnywhere: true) : nil
                    if let hint = place.hint,
                        let version = unsafe row(hint, under: key, by: plan, at: position)
                    {
                        hints.noteUse(of: place)
                        if rows.newest(hint.number) != hint.reference {
                            note(hint.number, at: place, hints, root)
                        }
                        return unsafe version
                    }
                    guard
                        let leaf = unsafe asked
                            ?? tree.leaf(of: key, in: root, isAnywhere: true)
                    else { return nil }
                    hints.noteMiss(of: place)
                    return unsafe tree.find(key, in: leaf, at: position, isAnywhere: true) {
                        let version = unsafe rows.visible($0, at: position, under: key, by: plan)
                        if unsafe version != nil { note($0, at: place, hints, root) }
                        return unsafe version
                    }
                }
            }
        }
    }

    /// The row that a hint leads to, where it is the one under `key`.
    ///
    /// An index is unique of which whole keys are asked for: the row that a view sees with the key
    /// is the one that its tree has.
    @inline(__always) @unsafe
    private func row(
        _ hint: LookupHint, under key: UnsafeRawBufferPointer, by plan: KeyPlan,
        at position: UInt64
    ) -> RowVersion? {
        // Asked for while the slot, which says whether it is there, is waited for.
        rows.prefetch(hint.reference)
        guard let version = unsafe rows.visible(hint.number, at: position, under: key, by: plan)
        else { return nil }
        return unsafe version
    }

    private func note(
        _ number: UInt32, at place: HintPlace, _ hints: LookupHints, _ root: TreeRoot
    ) {
        let hint = LookupHint(number: number, reference: rows.newest(number))
        hints.note(hint, at: place, of: root.count)
    }

    /// The row of an identifier, as a view of `position` sees it.
    ///
    /// - Complexity: O(log rows); allocates nothing.
    @unsafe
    package func row(of id: RowID, in root: TreeRoot, at position: UInt64) -> RowVersion? {
        unsafe withKey(of: id) {
            let place = unsafe hintPlace(of: $0, inIndex: -1)
            return unsafe row(under: $0, inIndex: -1, root, at: position, hintedAt: place)
        }
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
