package import TufaBytes

/// What a restore will do, found out before anything is written.
package struct RestorePlan: Sendable {
    /// The moment that the restored database will end with.
    package var moment: Moment
    /// The newest snapshot at or before it, which is copied; nil where there is none.
    package var snapshot: UInt64?
    /// Why each newer snapshot is left out.
    package var passedOver: [DatabaseError] = []
    /// The archives that lie wholly before it, which are copied.
    package var archives: [ClosedRange<UInt64>]
    /// The first position that is written as log.
    package var firstLogPosition: UInt64
    /// How many events the restored history has.
    package var eventCount: UInt64
    /// Length of the events that are written as log, in bytes.
    package var logByteCount: UInt64
}

extension DatabaseDirectory {
    /// Finds the moment and proves it reachable: every file on the way is read and checked.
    ///
    /// - Complexity: O(bytes of the history up to the moment); nothing is written.
    package func planRestore(to target: MomentTarget) throws -> RestorePlan {
        let moment = try resolve(target)
        let files = try HistoryFiles.list(root, fileSystem)
        let archives = files.archives.filter { $0.upperBound <= moment.position }
        let base = manifest.basePosition
        var plan = RestorePlan(
            moment: moment, snapshot: nil, archives: archives,
            firstLogPosition: (archives.last?.upperBound ?? base) + 1,
            eventCount: moment.position - base, logByteCount: 0)
        var next = base + 1
        try history.read(from: next, through: moment.position) { commit in
            if commit.firstPosition >= plan.firstLogPosition {
                plan.logByteCount += UInt64(commit.byteCount)
            }
            next = commit.position + 1
            return true
        }
        guard next == moment.position + 1 else {
            throw DatabaseError(
                .damaged, "The history cannot be read up to position \(moment.position).",
                file: root)
        }
        let catalog = SnapshotCatalog(self)
        for position in try catalog.positions() where position <= moment.position {
            do {
                try catalog.open(position).verify()
                plan.snapshot = position
                break
            } catch let error as DatabaseError {
                // A snapshot saves time and is never needed, so a bad one is passed over.
                plan.passedOver.append(error)
            }
        }
        return plan
    }

    /// Reads the history of a database that is open for reading and ends it before the first
    /// damage on the way, if there is any.
    ///
    /// - Complexity: O(bytes of the history).
    package func endHistoryAtDamage() throws {
        var last = manifest.basePosition
        do {
            try history.read(from: last + 1, through: lastPosition) {
                last = $0.position
                return true
            }
        } catch let error as DatabaseError where Self.isDamage(error) {
            guard last > manifest.basePosition else { throw error }
            endHistory(at: last)
        }
    }
}
