internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

/// What a commit says of itself besides its events.
struct CommitHead: Sendable {
    var actor = ""
    var label = ""
    var key = ""
    var metadata: [UInt8] = []
}

extension Engine {
    /// Opens a transaction whose commit will have the given wall-clock time, or the next free one.
    ///
    /// - Throws: `value_too_long` for an actor, label or key that the log cannot hold.
    func begin(_ head: CommitHead, now: Int64) throws -> Int64 {
        try unsafe head.metadata.withUnsafeBytes { metadata in
            try unsafe buffer.beginCommit(
                firstPosition: position + 1, actor: head.actor, label: head.label, key: head.key,
                metadata: metadata)
        }
        startPosition = position
        return max(time + 1, now)
    }

    /// Makes the open transaction stand; false where it did nothing, and then there is no commit.
    ///
    /// - Throws: `limit_exceeded` for a commit too large for a frame; it is then rolled back.
    func commit(at commitTime: Int64) throws(DatabaseError) -> Bool {
        guard buffer.openCommitEventCount > 0 else {
            buffer.cancelCommit()
            return false
        }
        do {
            try buffer.endCommit(time: commitTime)
        } catch {
            undoChanges()
            throw error
        }
        time = commitTime
        settleChanges()
        return true
    }

    /// Takes back everything that the open transaction did.
    func rollBack() {
        buffer.cancelCommit()
        undoChanges()
    }

    private func undoChanges() {
        position = startPosition
        for (number, applied) in changes.enumerated().reversed() {
            let table = tables[applied.table]
            if number < fedChangeCount, !table.texts.isEmpty {
                undoTexts(of: table, applied.change)
            }
            table.store.undo(applied.change)
        }
        finishFeeding(keeping: false)
        changes.removeAll(keepingCapacity: true)
    }

    /// Feeds the text indexes and lets go of what was replaced.
    func settleChanges() {
        let fedCount = fedChangeCount
        var count = 0
        for number in 0..<changes.count {
            let applied = changes[number]
            withTable(applied.table) { table in
                let change = applied.change
                if number >= fedCount, !table.texts.isEmpty {
                    updateTexts(of: table, change)
                    count &+= 1
                    if count & 255 == 0 { reclaimUnread(of: table) }
                }
                table.store.settle(change)
                switch change.kind {
                case .insert: break
                case .update: if !table.texts.isEmpty { awaitsReclaiming = true }
                case .delete: awaitsReclaiming = true
                }
            }
        }
        finishFeeding(keeping: true)
        changes.removeAll(keepingCapacity: true)
    }
}
