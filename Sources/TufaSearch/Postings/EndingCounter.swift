internal import Synchronization

/// How many documents of an index have ended.
///
/// Lists count how many of their postings are dead, so the number of documents that have a term is
/// known without reading its postings, for the newest view and every other that no document has
/// ended since. The writer counts an ending first and its terms then, so a reader that finds the
/// same count of endings before and after has read what belongs to it.
@safe
final class EndingCounter: Sendable {
    private let endings = Atomic<Int>(0)

    /// Endings that cannot be told apart, since the words of one of them were not known.
    private static let unknown = -1

    /// How many documents have ended; -1 where that says nothing of the terms.
    var count: Int { endings.load(ordering: .acquiring) }

    /// Notes that a document has ended, before its terms are counted.
    func add() {
        let count = endings.load(ordering: .relaxed)
        if count != Self.unknown { endings.store(count + 1, ordering: .releasing) }
    }

    /// Notes that a document has ended whose terms are not known.
    func addUnknown() { endings.store(Self.unknown, ordering: .releasing) }
}
