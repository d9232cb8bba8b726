internal import Synchronization
internal import TufaBytes
internal import TufaIndex
internal import TufaStorage

/// Group commit: transactions run one at a time and share their syncs.
///
/// They run under the writer's lock, and whoever waits first writes and syncs all that have run
/// meanwhile (leader and followers; group commit after DeWitt et al. 1984).
/// While one group is synced the next one fills, so the length of a sync is the batch window and
/// no timer is needed. What a group holds becomes visible when its sync is done.
final class Committer: @unchecked Sendable {  // Every field is under one of the two monitors.
    let engine: Engine
    let publication: Publication
    private let log: Log
    private let environment: StorageEnvironment
    private let retainedByteBudget: Int
    private let metrics = DatabaseMetrics()

    /// Guards the engine and the open group.
    let writer = Monitor()
    private var openGeneration: UInt64 = 1
    private var reclaimedGroup: UInt64 = 0
    private var reclaimedPosition: UInt64 = 0
    private var spare: GroupBuffer? = GroupBuffer()
    private var isClosed = false
    /// The thread whose transaction is open; 0 for none.
    private let transactionThread = Atomic<UInt>(0)

    /// Guards what is below; taken after `writer` where both are.
    private let flushing = Monitor()
    /// Whether a thread has its turn at the log.
    private var isFlushing = false
    /// How many threads wait for a turn to do something else with the log than to write a group.
    private var turnsWanted = 0
    private var flushedGeneration: UInt64 = 0
    private var failure: DatabaseError?
    /// Whether there is a failure; read without the lock.
    private let isFailed = Atomic(false)
    private var waiters: [CommitWaiter] = []
    private var thread: StoppableThread?
    /// Where the flush thread waits for a moment without writes; taken after `flushing`.
    private let idle = Monitor()
    private var isWoken = false
    /// Whether the manifest says how far the log is known to be on disk.
    private var isDurableNoted = true
    /// By when the flush thread writes what is open, in wall-clock microseconds.
    ///
    /// The greatest number stands for no such moment. Changed under `flushing`, read without.
    private let deadline = Atomic<Int64>(.max)
    /// The last generation that was taken to be written; under `flushing`.
    private var takenGeneration: UInt64 = 0

    init(
        engine: Engine, publication: Publication, log: Log, environment: StorageEnvironment,
        retainedByteBudget: Int
    ) {
        self.engine = engine
        self.publication = publication
        self.log = log
        self.environment = environment
        self.retainedByteBudget = retainedByteBudget
        engine.epochs = publication.epochs
    }

    /// What a transaction that ran leaves its caller to wait for.
    struct Ticket: Sendable {
        let generation: UInt64
        /// The last position that the transaction has made or seen.
        let position: UInt64
        let time: Int64
        /// Whether the transaction has changed something.
        let isCommit: Bool
        /// Whether the group is so large that it is written at once: buffers stay small, and
        /// commits far from the longest frame.
        let isGroupLarge: Bool
        /// When the transaction began, by the wall clock, in microseconds.
        let began: Int64
    }

    /// Runs a transaction under the writer's lock and appends its commit to the open group.
    ///
    /// A transaction that changed nothing has seen commits that may not be on the disk yet; its
    /// ticket is theirs.
    ///
    /// - Parameter publishesAhead: Whether the commit becomes visible at once, ahead of the disk.
    func run(
        _ head: borrowing CommitHead, publishesAhead: Bool = false, _ body: (Int64) throws -> Void
    ) throws -> Ticket {
        checkNotInTransaction()
        return try writer.withLock {
            try checkUsable()
            try engine.loading?.fault.check()
            transactionThread.store(currentThreadNumber(), ordering: .relaxed)
            defer { transactionThread.store(0, ordering: .relaxed) }
            reclaim()
            let now = environment.now()
            let time = try engine.begin(head, now: now)
            do {
                try body(time)
                // What stands for a part that could not be loaded has decided nothing.
                try engine.loading?.fault.check()
                // A full disk is met here, while the commit can still be refused.
                try log.checkRoom(for: engine.buffer.byteCount)
            } catch {
                engine.rollBack()
                try engine.loading?.fault.check()
                throw error
            }
            let isCommit = try engine.commit(at: time)
            if isCommit, publishesAhead { publishOpenGroup() }
            let isGroupLarge = engine.buffer.byteCount > log.largeGroupByteCount
            if isGroupLarge { engine.noteRoom() }
            return Ticket(
                generation: latestGeneration,
                position: engine.position, time: engine.time, isCommit: isCommit,
                isGroupLarge: isGroupLarge, began: now)
        }
    }

    /// The generation of the last commit; under the writer's lock.
    private var latestGeneration: UInt64 {
        engine.buffer.isEmpty ? openGeneration - 1 : openGeneration
    }

    /// Traps where a transaction waits for itself, which would otherwise be for ever.
    private func checkNotInTransaction() {
        precondition(
            transactionThread.load(ordering: .relaxed) != currentThreadNumber(),
            "Inside a write closure the database is written through its transaction only.")
    }

    private func checkUsable() throws {
        if isClosed { throw DatabaseError(.closed, "The database was closed.") }
        guard isFailed.load(ordering: .acquiring) else { return }
        if let failure = flushing.withLock({ failure }) { throw failure }
    }

    /// Frees what no view needs, and expires views that pin more than the budget; once in a few
    /// groups where they are small, for it costs as much as a small commit.
    private func reclaim() {
        guard isWorthReclaiming else { return }
        reclaimedGroup = engine.group
        reclaimedPosition = engine.position
        var views = publication.epochs.bounds()
        engine.reclaim(views)
        engine.noteRoom()
        publication.releaseReplaced(oldest: views.uncounted)
        while engine.retiredByteCount > retainedByteBudget, publication.epochs.expireOldest() {
            let left = publication.epochs.bounds()
            if left.oldest == views.oldest { break }
            views = left
            engine.reclaim(views)
        }
    }

    private var isWorthReclaiming: Bool {
        // Within a group nothing becomes free.
        guard engine.group != reclaimedGroup else { return false }
        return engine.group >= reclaimedGroup + Self.groupsPerReclaim || engine.awaitsReclaiming
            || engine.position >= reclaimedPosition + Self.eventsPerReclaim
            || retainedByteBudget < Self.smallBudget
    }

    /// How many groups, and how many events, pass without a look at what has become free.
    private static let groupsPerReclaim: UInt64 = 16
    private static let eventsPerReclaim: UInt64 = 64
    /// A budget to which what a few groups replace is not nothing.
    private static let smallBudget = 64 << 20

    // MARK: Waiting for the disk

    /// Blocks until a generation is on disk and visible; the first to wait does the work.
    func waitBlocking(for generation: UInt64) throws {
        flushing.lock()
        while flushedGeneration < generation, failure == nil {
            if isFlushing || turnsWanted > 0 {
                flushing.wait()
            } else {
                isFlushing = true
                flushing.unlock()
                if let group = takeOpenGroup() { write(group) }
                endTurn()
                flushing.lock()
            }
        }
        let failure = flushedGeneration < generation ? failure : nil
        flushing.unlock()
        if let failure { throw failure }
    }

    /// Suspends until a generation is on disk and visible; a thread of its own does the work.
    func wait(for generation: UInt64) async throws {
        // Safe: a waiter is told here, or is one of those of whom an answer tells each once.
        try await unsafe withUnsafeThrowingContinuation {
            (continuation: UnsafeContinuation<Void, any Error>) in
            let waiter = unsafe CommitWaiter(generation: generation, continuation: continuation)
            flushing.lock()
            if flushedGeneration >= generation || failure != nil {
                let (flushed, failure) = (flushedGeneration, failure)
                flushing.unlock()
                return waiter.resume(flushed, failure)
            }
            waiters.append(waiter)
            wakeThread()
            flushing.unlock()
        }
    }

    /// Has the group of a commit that was published ahead of the disk there within `microseconds`
    /// of its beginning.
    ///
    /// - Complexity: O(1); takes a lock and wakes the thread where it would come later only.
    func flushLater(_ ticket: Ticket, within microseconds: Int64) {
        guard log.options.worksInBackground else { return }
        let wanted = ticket.began + microseconds
        // Who takes the group forgets the deadline first, under the writer's lock that was held
        // since: an earlier one that is still seen here is for this commit too.
        if deadline.load(ordering: .relaxed) <= wanted { return }
        flushing.withLock {
            // Whoever took it meanwhile leaves nothing for which the thread would wait.
            if ticket.generation <= takenGeneration { return }
            deadline.store(
                min(deadline.load(ordering: .relaxed), wanted), ordering: .relaxed)
            wakeThread()
        }
    }

    /// Makes visible what was applied so far, ahead of the disk.
    func publishAhead() { writer.withLock { publishOpenGroup() } }

    /// Publishes what was applied so far, ahead of the disk; under the writer's lock.
    private func publishOpenGroup() {
        publication.publish(engine.closeGroup(publication.takeSpare()))
    }

    /// A group that nobody adds to any more, and what is visible once it is on disk.
    private struct ClosedGroup {
        let generation: UInt64
        let buffer: GroupBuffer
        let state: PublishedState
    }

    /// Takes the open group to write it, where it holds something; one thread at a time, with no
    /// lock held.
    private func takeOpenGroup() -> ClosedGroup? {
        writer.lock()
        let generation = latestGeneration
        let next = flushing.withLock {
            takenGeneration = generation
            deadline.store(.max, ordering: .relaxed)
            return failure == nil ? spare : nil
        }
        guard !engine.buffer.isEmpty, let next else {
            writer.unlock()
            flushing.withLock { if failure == nil { flushedGeneration = generation } }
            return nil
        }
        let group = ClosedGroup(
            generation: generation, buffer: engine.buffer,
            state: engine.closeGroup(publication.takeSpare()))
        log.reserve(group.buffer)
        engine.buffer = next
        openGeneration += 1
        let retiredByteCount = engine.retiredByteCount
        writer.unlock()
        metrics.retained(
            viewCount: publication.epochs.viewCount, byteCount: retiredByteCount)
        return group
    }

    /// Writes and syncs a group and makes it visible; one thread at a time, with no lock held.
    ///
    /// - Parameters:
    ///   - answer: Whom to tell while the disk writes.
    ///   - isAwaited: Whether somebody waits for this group.
    private func write(
        _ group: ClosedGroup, telling answer: CommitAnswer? = nil, isAwaited: Bool = true
    ) {
        let buffer = group.buffer
        let clock = ContinuousClock()
        let start = clock.now
        var telling = Duration.zero
        var untold = answer
        defer { untold?.tell() }
        do {
            try log.append(buffer, sync: true) {
                guard let answer = untold else { return isAwaited ? .one : .nobody }
                let begin = clock.now
                answer.tell()
                untold = nil
                telling = clock.now - begin
                return .several
            }
        } catch {
            metrics.groupFailed()
            poison(error)
            return
        }
        metrics.groupWritten(
            commitCount: buffer.commitCount, eventCount: buffer.eventCount,
            byteCount: buffer.byteCount, duration: clock.now - start - telling)
        buffer.reset()
        publication.publish(group.state)
        flushing.withLock {
            spare = buffer
            flushedGeneration = group.generation
        }
    }

    private func poison(_ error: any Error) {
        flushing.withLock { setFailure(error) }
    }

    /// Refuses every later write; under the `flushing` lock.
    private func setFailure(_ error: any Error) {
        let cause = error as? DatabaseError
        failure = DatabaseError(
            .poisoned, "A write or sync of the log failed, so nothing more is written.",
            file: cause?.file, offset: cause?.offset,
            advice: "Reads go on; close the database and open it again to recover.", cause: error)
        isFailed.store(true, ordering: .releasing)
    }

    /// Ends a turn at the log; under the `flushing` lock.
    private func endFlush() {
        isFlushing = false
        if isDurableNoted, failure == nil, log.options.worksInBackground {
            isDurableNoted = false
            startThreadIfNeeded()
        }
        flushing.broadcast()
    }

    /// Takes those who need not wait any longer, to be told; under the `flushing` lock.
    private func takeAnswer() -> CommitAnswer {
        var told = waiters
        if failure == nil {
            told.removeAll { $0.generation > flushedGeneration }
            waiters.removeAll { $0.generation <= flushedGeneration }
        } else {
            waiters = []
        }
        return CommitAnswer(
            waiters: told, flushedGeneration: flushedGeneration, failure: failure)
    }

    /// Ends a turn at the log and answers those who need not wait any longer.
    private func endTurn() {
        flushing.lock()
        let answer = takeAnswer()
        endFlush()
        flushing.unlock()
        answer.tell()
    }

    // MARK: The flush thread

    private func startThreadIfNeeded() {
        if thread == nil {
            thread = StoppableThread(named: "tufa.flush") { [unowned self] in runFlushThread($0) }
        }
    }

    /// Flushes whenever somebody waits or a deadline is reached, until it is told to stop.
    private func runFlushThread(_ shouldStop: () -> Bool) {
        flushing.lock()
        while !shouldStop() {
            let deadline = self.deadline.load(ordering: .relaxed)
            let left = deadline == .max ? .max : deadline - environment.now()
            if !isFlushing, turnsWanted == 0, failure == nil, left <= 0 || !waiters.isEmpty {
                isFlushing = true
                let isAwaited = !waiters.isEmpty
                flushing.unlock()
                writeWhileAwaited(isAwaited)
                flushing.lock()
            } else if isFlushing || turnsWanted > 0 {
                flushing.wait()
            } else if deadline < .max, failure == nil {
                flushing.wait(nanoseconds: min(left, 3_600_000_000) * 1000)
            } else if !isDurableNoted, failure == nil {
                noteDurableWhenIdle()
            } else {
                flushing.wait()
            }
        }
        flushing.unlock()
    }

    /// Writes the open group, and the next as long as somebody waits for it.
    ///
    /// The next group is taken before those are answered who waited for the one before, unless
    /// they are few: they want the writer's lock for their next commits, and the disk would rest
    /// meanwhile. A few may come back in time for the next group.
    ///
    /// - Parameter isAwaited: Whether somebody waits already; else it is for a deadline.
    private func writeWhileAwaited(_ isAwaited: Bool) {
        var isAwaited = isAwaited
        var group = takeOpenGroup()
        var untold: CommitAnswer?
        repeat {
            if let group {
                write(group, telling: untold, isAwaited: isAwaited)
            } else {
                untold?.tell()
            }
            flushing.lock()
            let answer = takeAnswer()
            isAwaited = !waiters.isEmpty && failure == nil && turnsWanted == 0
            if isAwaited { flushing.broadcast() } else { endFlush() }
            flushing.unlock()
            untold = isAwaited && !answer.isShort ? answer : nil
            if untold == nil { answer.tell() }
            if isAwaited { group = takeOpenGroup() }
        } while isAwaited
    }

    /// Runs `body` as the one thread that may change the log's files, after a flush.
    func withLog<Result>(_ body: (Log) throws -> Result) throws -> Result {
        try flush()
        flushing.lock()
        // Else the flush thread would go on as long as there are writers.
        turnsWanted += 1
        while isFlushing { flushing.wait() }
        turnsWanted -= 1
        if let failure {
            flushing.broadcast()
            flushing.unlock()
            throw failure
        }
        isFlushing = true
        flushing.unlock()
        defer { endTurn() }
        return try body(log)
    }

    /// Goes on in a new segment of the log, which has room for what commits have added meanwhile.
    ///
    /// - Throws: ``DatabaseError``: `disk_full` with nothing changed; `poisoned`, `io`.
    func rotateLog() throws {
        try withLog { log in
            try log.rotate { writer.withLock { engine.buffer.byteCount } }
        }
    }

    /// Waits for a moment without writes and then notes in the manifest how far the log reaches.
    ///
    /// Until then, damage to the very last group of a log that was not closed could pass for a
    /// write that a crash cut off. Called and left under the `flushing` lock.
    private func noteDurableWhenIdle() {
        let generation = flushedGeneration
        // Who woke the thread so far waits for nothing any more.
        idle.withLock { isWoken = false }
        flushing.unlock()
        // On a condition of its own, so that a blocking writer's flushes do not wake the thread.
        idle.lock()
        if !isWoken { idle.wait(nanoseconds: 50_000_000) }
        idle.unlock()
        flushing.lock()
        guard generation == flushedGeneration, !isFlushing, failure == nil, waiters.isEmpty,
            deadline.load(ordering: .relaxed) == .max
        else { return }
        isFlushing = true
        flushing.unlock()
        var problem: (any Error)?
        do { try log.noteDurable() } catch { problem = error }
        flushing.lock()
        isDurableNoted = true
        isFlushing = false
        if let problem { setFailure(problem) }
        // Who came meanwhile and waits for what is no longer written.
        let answer = problem == nil ? nil : takeAnswer()
        flushing.broadcast()
        flushing.unlock()
        answer?.tell()
        compactWhileIdle(since: generation)
        flushing.lock()
    }

    /// Lets go of what long groups have left and of what was taken ahead, and of the postings of
    /// dead documents, a little at a time, until somebody writes.
    ///
    /// - Parameter generation: That of the last commit when the log came to rest.
    private func compactWhileIdle(since generation: UInt64) {
        var isDone = false
        writer.withLock {
            engine.buffer.trim()
            // Who writes again already needs what was taken ahead.
            if latestGeneration == generation { engine.releaseAhead() }
        }
        // While a group is written, and after that has failed, the spare one is the open one.
        flushing.withLock { if !isFlushing, failure == nil { spare?.trim() } }
        while !isDone, !idle.withLock({ isWoken }) {
            isDone = writer.withLock {
                engine.reclaim(publication.epochs.bounds())
                return isClosed || !engine.isCompacting
            }
        }
    }

    /// Wakes the flush thread; under the `flushing` lock.
    private func wakeThread() {
        startThreadIfNeeded()
        idle.withLock {
            isWoken = true
            idle.broadcast()
        }
        flushing.broadcast()
    }

    /// Puts everything that ran on disk.
    func flush() throws {
        checkNotInTransaction()
        let generation = writer.withLock { latestGeneration }
        try waitBlocking(for: generation)
    }

    /// Flushes, refuses what comes later, and ends the thread.
    func close() throws {
        // Before the flush: who commits behind it would wait for a thread that is gone.
        checkNotInTransaction()
        writer.withLock { isClosed = true }
        defer {
            flushing.lock()
            let ending = thread
            thread = nil
            ending?.requestStop()
            idle.withLock {
                isWoken = true
                idle.broadcast()
            }
            flushing.broadcast()
            flushing.unlock()
            ending?.join()
        }
        try flush()
    }
}
