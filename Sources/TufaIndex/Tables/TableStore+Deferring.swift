internal import CTufa
package import TufaBytes

/// A table whose trees are built at the end, from all rows at once: for a replay, during which
/// nobody reads, of events that were checked when they were written.
extension TableStore {
    /// Leaves the trees of an empty table empty until ``buildTree(_:)`` has been called for each.
    package func beginDeferring() {
        precondition(rows.numberLimit == 1, "Only an empty table is filled without its trees.")
        unsafe deferredNumbers = RowNumberMap()
    }

    /// Asks for the memory in which the row of an identifier is looked for.
    @inline(__always)
    package func prefetchDeferred(_ id: RowID) {
        unsafe tufa_prefetch(deferredNumbers?.address(id) ?? UnsafeRawPointer(pairs))
    }

    /// The row of an identifier.
    ///
    /// - Complexity: O(1) on average.
    package func deferredNumber(of id: RowID) -> UInt32? {
        unsafe deferredNumbers?.find(id, in: rows) ?? nil
    }

    /// Adds a row whose identifier is free.
    @unsafe
    package func insertDeferred(
        _ id: RowID, body: UnsafeRawBufferPointer, position: UInt64, rowVersion: UInt32,
        schemaVersion: UInt16
    ) {
        let number = rows.takeNumber()
        let reference = unsafe rows.makeVersion(
            of: id, body: body, previous: 0, position: position, rowVersion: rowVersion,
            schemaVersion: schemaVersion, isDeleted: false)
        rows.setNewest(number, reference)
        unsafe deferredNumbers?.insert(id, number)
        adjustBodyBytes(body.count)
    }

    /// Replaces the body of a row; what it was is free at once.
    @unsafe
    package func updateDeferred(
        _ number: UInt32, body: UnsafeRawBufferPointer, position: UInt64, schemaVersion: UInt16
    ) {
        let old = rows.newest(number)
        let version = unsafe rows.version(old)
        let new = unsafe rows.makeVersion(
            of: version.id, body: body, previous: 0, position: position,
            rowVersion: version.rowVersion &+ 1, schemaVersion: schemaVersion, isDeleted: false)
        rows.setNewest(number, new)
        adjustBodyBytes(unsafe body.count - version.bodyByteCount)
        rows.free(version: old)
    }

    /// Takes a row out; its number is free at once.
    package func deleteDeferred(_ number: UInt32) {
        let old = rows.newest(number)
        let version = unsafe rows.version(old)
        unsafe deferredNumbers?.remove(version.id, in: rows)
        adjustBodyBytes(unsafe -version.bodyByteCount)
        rows.setNewest(number, 0)
        rows.returnNumber(number)
        rows.free(version: old)
    }

    /// Builds one tree from the rows: number 0 is the one by identifier, the others follow.
    ///
    /// Several trees of a table may be built at once, each by one thread.
    /// - Complexity: O(rows · log rows).
    package func buildTree(_ number: Int) { trees[number].build(from: rows) }

    /// Ends what ``beginDeferring()`` began, when every tree is built.
    package func endDeferring() { unsafe deferredNumbers = nil }
}
