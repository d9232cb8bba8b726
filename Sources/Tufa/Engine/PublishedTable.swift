internal import TufaIndex
internal import TufaSearch

/// One table as of one commit; states between which it did not change share it.
///
/// Like a ``PublishedState`` it is unchanging while a reader may have it.
final class PublishedTable: @unchecked Sendable {  // As above; only the writer makes another of it.
    @exclusivity(unchecked) private var shown: TableState
    @exclusivity(unchecked) private var shownRoots: TableRoots
    @exclusivity(unchecked) private var shownTexts: [TextRoots]
    /// Whether nobody has it but a state that nobody has.
    // The writer's own, for every commit: not checked for overlapping accesses.
    @exclusivity(unchecked) private var isFree = false

    /// Takes what the writer has made of a table.
    init(_ state: TableState) {
        unsafe shown = state
        unsafe shownRoots = state.store.draftRoots
        unsafe shownTexts = state.texts.map(\.draftRoots)
    }

    var state: TableState {
        @inline(__always) get { unsafe shown }
    }
    /// Lends what rules and stores the table.
    @inline(__always)
    func withState<Result>(_ body: (TableState) throws -> Result) rethrows -> Result {
        // Safe: readers hold the published table, and it its state.
        try unsafe Unmanaged.passUnretained(shown)._withUnsafeGuaranteedRef(body)
    }

    /// What a view holds of the tree of an index.
    @inline(__always)
    func root(ofIndex index: Int) -> TreeRoot { unsafe shownRoots.indexes[index] }

    /// What a view holds of the tree by identifier.
    var primaryRoot: TreeRoot {
        @inline(__always) get { unsafe shownRoots.primary }
    }

    var roots: TableRoots {
        @inline(__always) _read { yield unsafe shownRoots }
    }
    var texts: [TextRoots] {
        @inline(__always) get { unsafe shownTexts }
    }

    /// What a text index shows, which is read from the snapshot where that was not done yet.
    func textRoots(_ index: Int) -> TextRoots { state.texts[index].warmRoots(texts[index]) }

    /// Whether the writer has changed nothing since.
    ///
    /// A change of a row that no index notices needs no other roots: views find it by position.
    func isCurrent(_ state: TableState) -> Bool {
        let store = state.store
        // The roots stay where they are, for a copy of them would be counted.
        guard state === self.state, unsafe shownRoots.primary == store.primary.draft,
            unsafe shownRoots.bodyByteCount == store.bodyByteCount,
            unsafe shownRoots.rowLimit == store.rows.numberLimit
        else { return false }
        for index in 0..<store.indexCount {
            if unsafe !store.isDraft(shownRoots.indexes[index], ofIndex: index) { return false }
        }
        for index in state.texts.indices {
            if unsafe !state.texts[index].isDraft(shownTexts[index]) { return false }
        }
        return true
    }

    // MARK: Reuse

    /// Whether nobody has it but a state that nobody has.
    var isReusable: Bool {
        get { unsafe isFree }
        set { unsafe isFree = newValue }
    }

    /// Takes what the writer has made of a table, in place of what it showed before.
    func show(_ state: TableState) {
        isReusable = false
        if state !== self.state { unsafe shown = state }
        unsafe state.store.copyDraftRoots(to: &shownRoots)
        if state.texts.count == texts.count {
            for index in state.texts.indices {
                unsafe shownTexts[index] = state.texts[index].draftRoots
            }
        } else {
            unsafe shownTexts = state.texts.map(\.draftRoots)
        }
    }
}
