internal import TufaBytes
internal import TufaModel
internal import TufaStorage

/// Asks of the rows that commits bring whether their bytes are bodies of their tables, before the
/// commits are applied.
///
/// It follows the changes of the schema by the same events as the engine, so both have the same
/// layouts where they are at the same commit. It reports nothing: where a body is none, whoever
/// applies the commit finds that again and says so when its turn has come.
struct BodyChecker {
    private var layouts: [RowLayout]
    /// Whether an event came that cannot be followed.
    private var isLost = false

    /// Begins behind the last commit of an engine.
    init(_ engine: Engine) { layouts = engine.tables.map(\.plan.layout) }

    /// Whether every row that the next commit creates has a body of its table.
    ///
    /// - Complexity: O(bytes).
    mutating func isSound(_ commit: CommitReader.Commit) -> Bool {
        if isLost { return false }
        var isSound = true
        for event in commit.events {
            let header = event.header
            switch header.kind {
            case .create:
                guard isSound else { break }
                isSound =
                    unsafe Int(header.table) < layouts.count
                    && layouts[Int(header.table)].problem(in: event.payload) == nil
            case .schema:
                guard
                    let plan = try? SchemaPlan(
                        DatabaseSchema(decoding: unsafe Array(event.payload)))
                else {
                    isLost = true
                    return false
                }
                layouts = plan.tables.map(\.layout)
            case .update, .delete: break
            }
        }
        return isSound
    }
}
