internal import CTufa

/// Who waits for a sync.
package enum SyncAudience {
    /// Nobody: it is early enough whenever it comes.
    case nobody
    /// One thread, that has nothing else to do.
    case one
    /// Several, or one beside others that have a use for the processors.
    case several
}

/// Waits for the syncs of groups, in the way that is the quickest.
struct SyncWait {
    /// Longer groups take longer than anybody stays awake, and tell nothing of short ones.
    static let largestByteCount = 64 << 10

    private var alone = SyncPace(SyncPace.waysAlone)
    private var together = SyncPace(SyncPace.waysTogether)

    /// Syncs a group that has been put on its way to the disk.
    ///
    /// - Parameter isAlone: Whether it is one commit, for one thread that has nothing else to do.
    mutating func run(isAlone: Bool, _ sync: () throws -> Void) throws {
        if isAlone { try Self.run(&alone, sync) } else { try Self.run(&together, sync) }
    }

    private static func run(_ pace: inout SyncPace, _ sync: () throws -> Void) throws {
        let clock = ContinuousClock()
        let start = clock.now
        switch pace.current {
        case .asleep:
            try sync()
        case .awake(let length):
            tufa_stay_awake(length)
            try sync()
        case .accompanied:
            // Where there is no companion, this is to be asleep, and no quicker.
            let companion = SyncCompanion.shared
            if let companion { try companion.accompany(for: pace.stay, sync) } else { try sync() }
        }
        pace.note(clock.now - start)
    }
}
