internal import Logging
internal import Synchronization
internal import TufaBytes
internal import TufaModel
internal import TufaStorage

extension Database {
    /// The whole database as of a past commit; everything a view can do, it can do then.
    ///
    /// ```swift
    /// let before = try await db.view(asOf: .label("before import"))
    /// ```
    /// - Throws: ``DatabaseError``: `no_such_moment`, `damaged`, `missing_file`, `io`.
    /// - Complexity: O(bytes of the newest snapshot before it + events from there on); the view has
    ///   memory of its own. The current moment is O(1).
    public func view(asOf moment: Moment) async throws -> View {
        try await offThread { try self.viewBlocking(asOf: moment) }
    }

    /// Like `view(asOf:)`, for code that is not asynchronous.
    ///
    /// - Throws: as `view(asOf:)`.
    public func viewBlocking(asOf moment: Moment) throws -> View {
        let current = view()
        guard let target = moment.target else { return current }
        try flushIfOpen()
        let position = try directory.resolve(target).position
        if position == current.position { return current }
        var loader = EngineLoader(directory: directory, analyzers: analyzers)
        let engine = try loader.load(through: position)
        let notes = loader.notes.filter { !warnings.contains($0) }
        for note in notes { options.logger.notice("\(note)") }
        laterWarnings.withLock { $0 += notes }
        let publication = Publication(engine.closeGroup(), registry)
        return View(hold: ViewHold(publication))
    }
}
