package import TufaBytes

/// One applied change, as much of it as undoing or settling it takes.
package struct RowChange: Sendable {
    /// What was done to the row.
    package enum Kind: UInt8, Sendable { case insert, update, delete }

    package var kind: Kind
    /// The row's number.
    package var number: UInt32
    /// The version before; 0 for an insert.
    package var oldVersion: UInt32
    /// The version made; a tombstone for a delete.
    package var newVersion: UInt32
}

extension TableStore {
    /// Adds a row; its identifier and unique keys must be free.
    ///
    /// - Complexity: O(indexes · log rows).
    @unsafe
    package func insert(
        _ id: RowID, body: UnsafeRawBufferPointer, position: UInt64, rowVersion: UInt32 = 1,
        schemaVersion: UInt16
    ) -> RowChange {
        let number = rows.takeNumber()
        let reference = unsafe rows.makeVersion(
            of: id, body: body, previous: 0, position: position, rowVersion: rowVersion,
            schemaVersion: schemaVersion, isDeleted: false)
        rows.setNewest(number, reference)
        link(number, reference)
        return RowChange(kind: .insert, number: number, oldVersion: 0, newVersion: reference)
    }

    /// Replaces the body of a row; unique keys must be free.
    ///
    /// - Complexity: O(changed indexes · log rows).
    @unsafe
    package func update(
        _ number: UInt32, body: UnsafeRawBufferPointer, position: UInt64, schemaVersion: UInt16
    ) -> RowChange {
        let old = rows.newest(number)
        let version = unsafe rows.version(old)
        let new = unsafe rows.makeVersion(
            of: version.id, body: body, previous: old, position: position,
            rowVersion: version.rowVersion &+ 1, schemaVersion: schemaVersion, isDeleted: false)
        replace(number, old, new)
        return RowChange(kind: .update, number: number, oldVersion: old, newVersion: new)
    }

    /// Takes a row out of the table; older views still see it.
    ///
    /// - Complexity: O(indexes · log rows).
    package func delete(_ number: UInt32, position: UInt64) -> RowChange {
        let old = rows.newest(number)
        let version = unsafe rows.version(old)
        unlink(old)
        let tombstone = unsafe rows.makeVersion(
            of: version.id, body: UnsafeRawBufferPointer(start: nil, count: 0), previous: old,
            position: position, rowVersion: version.rowVersion &+ 1,
            schemaVersion: version.schemaVersion, isDeleted: true)
        rows.setNewest(number, tombstone)
        return RowChange(kind: .delete, number: number, oldVersion: old, newVersion: tombstone)
    }

    /// Takes a change back; changes are undone in the reverse of their order.
    package func undo(_ change: RowChange) {
        switch change.kind {
        case .insert:
            unlink(change.newVersion)
            rows.setNewest(change.number, 0)
            rows.returnNumber(change.number)
        case .update:
            replace(change.number, change.newVersion, change.oldVersion)
        case .delete:
            rows.setNewest(change.number, change.oldVersion)
            link(change.number, change.oldVersion)
        }
        // A reader of an older view may be walking past the version at this moment.
        rows.retire(version: change.newVersion, group: group)
    }

    /// Lets go of what a change replaced, now that its transaction stands.
    package func settle(_ change: RowChange) {
        switch change.kind {
        case .insert: return
        case .update: rows.retire(version: change.oldVersion, group: group)
        case .delete:
            rows.retire(version: change.oldVersion, group: group)
            rows.retire(number: change.number, group: group)
        }
    }

    /// Whether some of what trees and rows tell stands for what could not be loaded.
    private var isFaulty: Bool { primary.slab.directory.isFaulty }

    /// Puts the entries of a version into every tree.
    private func link(_ number: UInt32, _ reference: UInt32) {
        let version = unsafe rows.version(reference)
        let id = unsafe version.id
        let body = unsafe version.body
        unsafe withKey(of: id) { unsafe primary.insert($0, number) }
        for index in 0..<indexCount {
            withIndex(index) { tree, _ in
                unsafe tree.insert(key(index, of: id, body).bytes, number)
            }
        }
        adjustBodyBytes(unsafe body.byteCount)
    }

    /// Takes the entries of a version out of every tree, while its row still has that version.
    private func unlink(_ reference: UInt32) {
        let version = unsafe rows.version(reference)
        let id = unsafe version.id
        let body = unsafe version.body
        for index in indexes.indices {
            let isRemoved = unsafe indexes[index].remove(key(index, of: id, body).bytes)
            assert(isRemoved || isFaulty, "Every row is in every index of its table.")
        }
        let isRemoved = unsafe withKey(of: id) { unsafe primary.remove($0) }
        assert(isRemoved || isFaulty, "Every row is in the primary tree of its table.")
        adjustBodyBytes(unsafe -body.byteCount)
    }

    /// Makes `new` the version of a row and moves the entries whose keys differ.
    private func replace(_ number: UInt32, _ old: UInt32, _ new: UInt32) {
        let id = unsafe rows.version(old).id
        let oldBody = unsafe rows.version(old).body
        let newBody = unsafe rows.version(new).body
        // Removals come first: a tree makes keys from the newest versions.
        for index in indexes.indices {
            if unsafe keysDiffer(index, id, oldBody, newBody) {
                let isRemoved = unsafe indexes[index].remove(key(index, of: id, oldBody).bytes)
                assert(isRemoved || isFaulty, "Every row is in every index of its table.")
            }
        }
        rows.setNewest(number, new)
        for index in indexes.indices {
            if unsafe keysDiffer(index, id, oldBody, newBody) {
                unsafe indexes[index].insert(key(index, of: id, newBody).bytes, number)
            }
        }
        adjustBodyBytes(unsafe newBody.byteCount - oldBody.byteCount)
    }
}
