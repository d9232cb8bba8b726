internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaSearch

/// A check that lives in the program: it sees a row's body and says whether it holds.
struct CodeCheck: Sendable {
    let name: String
    let holds: @Sendable (RowID, borrowing BodyReference) -> Bool
}

/// A row body that is lent to a check for the length of a call.
@safe
struct BodyReference: ~Copyable {
    let body: RowBody

    @unsafe
    init(_ body: RowBody) { unsafe self.body = body }
}

/// One table as the engine runs it: its rules, its rows and trees, its text indexes.
final class TableState: Sendable {
    let plan: TablePlan
    let store: TableStore
    let texts: [TextIndex]
    /// The checks of the program, once the types are known; nil before.
    let codeChecks: [CodeCheck]?
    /// Whether the program lacks the analyzer of a text index, which is then empty.
    let lacksAnalyzer: Bool

    convenience init(plan: TablePlan, codeChecks: [CodeCheck]?, analyzers: AnalyzerCatalog) {
        self.init(
            plan: plan, store: TableStore(layout: plan.layout, plans: plan.indexes.map(\.key)),
            texts: plan.fullText.map { TextIndex($0, analyzers) }, codeChecks: codeChecks)
    }

    init(plan: TablePlan, store: TableStore, texts: [TextIndex], codeChecks: [CodeCheck]?) {
        self.plan = plan
        self.store = store
        self.texts = texts
        self.codeChecks = codeChecks
        lacksAnalyzer = texts.contains { !$0.analyzer.isAvailable }
    }

    var group: UInt64 {
        get { store.group }
        set {
            store.group = newValue
            if texts.isEmpty { return }
            for text in texts { text.group = newValue }
        }
    }

    func reclaim(_ views: ViewBounds) {
        store.reclaim(views)
        for text in texts { text.reclaim(oldest: views.oldest) }
    }

    /// Gives memory that was asked for ahead back to the system, until it is needed.
    func releaseAhead() {
        store.releaseAhead()
        for text in texts { text.releaseAhead() }
    }

    /// Whether ``reclaim(_:)`` has more to do than it does at a time.
    var isCompacting: Bool { texts.contains { $0.isCompacting } }

    /// Whether numbers of deleted rows wait to be used again, or dead postings to be let go of.
    var awaitsReclaiming: Bool {
        store.rows.hasRetiredNumbers || texts.contains { $0.awaitsCompaction }
    }

    /// Whether so little room is left that a large transaction might not fit.
    var isNearlyFull: Bool { store.isNearlyFull || texts.contains { $0.isNearlyFull } }

    /// Bytes that only older views still use.
    var retiredByteCount: Int {
        texts.reduce(store.retiredByteCount) { $0 + $1.retiredByteCount }
    }
}

extension TextIndex {
    /// Makes an empty index.
    convenience init(_ plan: FullTextPlan, _ analyzers: AnalyzerCatalog) {
        self.init(weights: plan.weights, analyzer: analyzers.analyzer(named: plan.analyzer))
    }
}
