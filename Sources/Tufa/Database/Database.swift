internal import Logging
package import Synchronization
internal import TufaBytes
internal import TufaModel
internal import TufaSearch
internal import TufaStorage

/// An event-sourced database in a folder: an append-only log, and everything it says, in memory.
///
/// ```swift
/// let db = try await Database.open("blog.tufa", User.self, Post.self)
/// try await db.write { tx in try tx.insert(User(email: "ada@example.com")) }
/// let ada = try db.view().first(User.where { $0.email == "ada@example.com" })
/// ```
/// One process opens a database for writing; reads go through views, or ask one question, on any
/// thread and without locks.
public final class Database: Sendable {
    let directory: DatabaseDirectory
    let registry: TypeRegistry
    let types: [TypeDescription]
    let options: DatabaseOptions
    /// The analyzers of every program and those of ``options``.
    let analyzers: AnalyzerCatalog
    let publication: Publication
    /// Nil where the database is open for reading only.
    let committer: Committer?
    /// What opening found that people should know, one sentence each.
    public var recovery: [String] { opening.recovery }
    /// Those of ``recovery`` that concern readers too: damage, and snapshots that are not used.
    package var warnings: [String] { opening.warnings }
    /// What views of the past have found since, one sentence each.
    package let laterWarnings = Mutex<[String]>([])
    private let opening: Opening
    /// What may be left to be read of the snapshot.
    private let loading: SnapshotLoading?
    /// The position of the newest snapshot.
    let snapshotPosition: Atomic<UInt64>

    init(
        directory: DatabaseDirectory, types: [TypeDescription], registry: TypeRegistry,
        options: DatabaseOptions, analyzers: AnalyzerCatalog, publication: Publication,
        committer: Committer?,
        opening: Opening, loading: SnapshotLoading?, snapshotPosition: UInt64
    ) {
        self.directory = directory
        self.types = types
        self.registry = registry
        self.options = options
        self.analyzers = analyzers
        self.publication = publication
        self.committer = committer
        self.opening = opening
        self.loading = loading
        self.snapshotPosition = Atomic(snapshotPosition)
    }

    /// The path of the database's folder.
    public var path: String { directory.root }

    /// The whole database as of the last commit that was acknowledged.
    ///
    /// - Complexity: O(1); no lock, no wait, no I/O.
    public func view() -> View {
        View(hold: ViewHold(publication))
    }

    // MARK: Writing

    /// Runs a transaction and returns when its commit is as durable as asked.
    ///
    /// The closure is synchronous and runs before the first suspension, one transaction at a time.
    /// When it throws, nothing of it remains. A transaction that changes nothing makes no commit;
    /// what it saw is then as durable as was asked, and its position is that of the last commit
    /// that it saw.
    /// - Parameters:
    ///   - actor: Who writes; kept with the commit.
    ///   - label: A name for this moment, for `view(asOf:)` and `restore`.
    ///   - key: An idempotency key, kept with the commit.
    ///   - metadata: Any bytes, kept with the commit.
    ///   - durability: When to return.
    /// - Throws: what the closure throws; ``DatabaseError``: `poisoned`, `disk_full`, `closed`,
    ///   `read_only`.
    /// - Complexity: The closure's, and one append and a shared sync. A crash before the return
    ///   leaves the whole commit or nothing of it.
    @discardableResult
    @inlinable
    public func write<Result>(
        as actor: String = "", label: String = "", key: String = "", metadata: [UInt8] = [],
        durability: Durability = .durable, _ body: (inout Transaction) throws -> Result
    ) async throws -> Commit<Result> {
        var value: Result?
        let stamp = try await commit(actor, label, key, metadata, durability) {
            value = try body(&$0)
        }
        return Commit(value!, stamp)  // The closure has run.
    }

    /// Like `write`, for code that is not asynchronous: it blocks the thread until it is done.
    ///
    /// - Throws: as `write`.
    @discardableResult
    @inlinable
    public func writeBlocking<Result>(
        as actor: String = "", label: String = "", key: String = "", metadata: [UInt8] = [],
        durability: Durability = .durable, _ body: (inout Transaction) throws -> Result
    ) throws -> Commit<Result> {
        var value: Result?
        let stamp = try commitBlocking(actor, label, key, metadata, durability) {
            value = try body(&$0)
        }
        return Commit(value!, stamp)  // The closure has run.
    }

    // What is not generic stands here, once for all results.
    @usableFromInline
    func commit(
        _ actor: String, _ label: String, _ key: String, _ metadata: [UInt8],
        _ durability: Durability, _ body: (inout Transaction) throws -> Void
    ) async throws -> CommitStamp {
        let committer = try writable()
        let head = CommitHead(actor: actor, label: label, key: key, metadata: metadata)
        let ticket = try run(committer, head, durability, body)
        switch durability {
        case .durable: try await committer.wait(for: ticket.generation)
        case .buffered(let interval): flushLater(committer, ticket, interval)
        }
        return stamp(ticket)
    }

    @usableFromInline
    func commitBlocking(
        _ actor: String, _ label: String, _ key: String, _ metadata: [UInt8],
        _ durability: Durability, _ body: (inout Transaction) throws -> Void
    ) throws -> CommitStamp {
        let committer = try writable()
        let head = CommitHead(actor: actor, label: label, key: key, metadata: metadata)
        let ticket = try run(committer, head, durability, body)
        switch durability {
        case .durable: try committer.waitBlocking(for: ticket.generation)
        case .buffered(let interval): flushLater(committer, ticket, interval)
        }
        return stamp(ticket)
    }

    private func run(
        _ committer: Committer, _ head: CommitHead, _ durability: Durability,
        _ body: (inout Transaction) throws -> Void
    ) throws -> Committer.Ticket {
        try committer.run(head, publishesAhead: durability != .durable) { time in
            var transaction = Transaction(
                engine: committer.engine, registry: registry, time: Timestamp(microseconds: time))
            try body(&transaction)
        }
    }

    private func stamp(_ ticket: Committer.Ticket) -> CommitStamp {
        CommitStamp(
            position: ticket.position, time: Timestamp(microseconds: ticket.time))
    }

    /// Makes what a transaction has made or seen visible, where that is ahead of the disk.
    private func flushLater(
        _ committer: Committer, _ ticket: Committer.Ticket, _ interval: Duration
    ) {
        if !ticket.isCommit {
            if view().position >= ticket.position { return }
            committer.publishAhead()
        }
        committer.flushLater(
            ticket, within: ticket.isGroupLarge ? 0 : interval.wholeMicroseconds)
    }

    func writable() throws -> Committer {
        guard let committer else {
            throw DatabaseError(
                .readOnly, "The database was opened for reading only.", file: path,
                advice: "Open it for writing.")
        }
        return committer
    }

    // MARK: Closing

    /// Writes what is open, seals the log and gives the lock back; views stay good.
    ///
    /// A snapshot is written first where ``DatabaseOptions/snapshotEventInterval`` asks for one.
    /// - Throws: ``DatabaseError``: `poisoned`, `io`.
    public func closeBlocking() throws {
        loading?.stop()
        let tail = view().position - snapshotPosition.load(ordering: .relaxed)
        if committer != nil, let interval = options.snapshotEventInterval, tail > interval {
            do {
                try snapshotBlocking()
            } catch {
                // A snapshot is a cache: the log holds everything, and closing goes on.
                options.logger.warning("no snapshot was written on closing: \(error)")
            }
        }
        do {
            try committer?.close()
        } catch {
            // What went wrong first is what is told; the lock is given back all the same.
            try? directory.close()
            throw error
        }
        try directory.close()
    }

    /// Like `closeBlocking`, on a thread of its own.
    ///
    /// - Throws: as `closeBlocking`.
    public func close() async throws { try await offThread { try self.closeBlocking() } }

    deinit {
        loading?.stop()
        try? committer?.close()
        try? directory.close()
    }
}

extension Duration {
    /// Microseconds, at least one.
    var wholeMicroseconds: Int64 {
        // Up to nine seconds the attoseconds fit a word, and dividing that is a tenth of the work.
        if let attoseconds = Int64(exactly: attoseconds) {
            return max(1, attoseconds / 1_000_000_000_000)
        }
        let (seconds, attoseconds) = components
        return max(1, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
