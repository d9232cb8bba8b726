internal import TufaIndex
internal import TufaSearch

/// One table as of one commit, unchanging; states between which it did not change share it.
final class PublishedTable: Sendable {
    let state: TableState
    let roots: TableRoots
    let texts: [TextRoots]

    /// Takes what the writer has made of a table.
    init(_ state: TableState) {
        self.state = state
        roots = state.store.draftRoots
        texts = state.texts.map(\.draftRoots)
    }

    /// What a text index shows, which is read from the snapshot where that was not done yet.
    func textRoots(_ index: Int) -> TextRoots { state.texts[index].warmRoots(texts[index]) }

    /// Whether the writer has changed nothing since.
    ///
    /// A change of a row that no index notices needs no other roots: views find it by position.
    func isCurrent(_ state: TableState) -> Bool {
        guard state === self.state, state.store.isDraft(roots) else { return false }
        for (index, text) in state.texts.enumerated() where text.draftRoots != texts[index] {
            return false
        }
        return true
    }
}
