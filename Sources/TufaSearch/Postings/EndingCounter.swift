internal import Synchronization

/// How many documents of an index have ended.
///
/// Lists count how many of their postings are dead, so the number of documents that have a term is
/// known without reading its postings, for the newest view and every other that no document has
/// ended since. The writer counts an ending first and its terms then, and an ending that is taken
/// back in the reverse order. So a reader that finds the same count of endings before and after,
/// and no ending taken back between, has read what belongs to it.
@safe
final class EndingCounter: Sendable {
    private let endings = Atomic<Int>(0)
    /// How many endings were taken back; a count of endings may come again, and this one never.
    private let returns = Atomic<Int>(0)

    /// Endings that cannot be told apart, since the words of one of them were not known.
    private static let unknown = -1

    /// How many documents have ended; -1 where that says nothing of the terms.
    var count: Int { endings.load(ordering: .acquiring) }

    /// What `body` reads as of `endingCount` endings; nil where that is not known.
    func read(asOf endingCount: Int, _ body: () -> Int) -> Int? {
        let returnCount = returns.load(ordering: .acquiring)
        guard endingCount >= 0, count == endingCount else { return nil }
        let value = body()
        let isSame = count == endingCount && returns.load(ordering: .acquiring) == returnCount
        return isSame ? value : nil
    }

    /// Notes that a document has ended, before its terms are counted.
    func add() {
        let count = endings.load(ordering: .relaxed)
        if count != Self.unknown { endings.store(count + 1, ordering: .releasing) }
    }

    /// Notes that a document has ended whose terms are not known.
    func addUnknown() { endings.store(Self.unknown, ordering: .releasing) }

    /// Begins to take an ending back, before its terms are subtracted.
    func beginReturn() {
        returns.store(returns.load(ordering: .relaxed) + 1, ordering: .releasing)
    }

    /// Ends that, when they have been.
    func finishReturn() {
        let count = endings.load(ordering: .relaxed)
        if count != Self.unknown { endings.store(count - 1, ordering: .releasing) }
    }
}
