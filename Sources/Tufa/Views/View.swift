public import TufaBytes
internal import TufaIndex
public import TufaModel

/// The whole database as of one commit.
///
/// It never changes, and no lock is taken to read it. A view is a value that may go to any thread.
/// Making one is O(1); while it lives, what it sees stays in memory, so long-lived views should be
/// few. One that pins more than the budget of ``DatabaseOptions/retainedByteBudget`` gives way, and
/// reads on it throw `view_expired`.
public struct View: Sendable {
    let hold: ViewHold
    let registry: TypeRegistry
    /// Which rows there are, by the number of the table.
    var restrictions: [Int: RowRestriction] = [:]

    /// The position of the last commit that the view sees.
    public var position: UInt64 { hold.state.position }
    /// The time of that commit.
    public var time: Timestamp { Timestamp(microseconds: hold.state.time) }
    /// The schema as of that commit.
    public var schema: DatabaseSchema { hold.state.schema.schema }

    /// Runs a reading, unless the view has expired.
    @inline(__always)
    func read<Result>(_ body: (PublishedState) throws -> Result) throws -> Result {
        guard hold.pin.beginReading() else {
            throw DatabaseError(
                .viewExpired,
                "The view of position \(position) pinned more memory than the budget allows.",
                advice: "Take a new view; keep long ones few, or raise retainedByteBudget.")
        }
        defer { hold.pin.endReading() }
        let state = hold.state
        let result: Result
        do {
            result = try body(state)
        } catch {
            // What was found in place of a missing part may have led to another error.
            try state.checkLoaded()
            throw error
        }
        try state.checkLoaded()
        return result
    }

    func reading(_ number: Int, in state: PublishedState) -> TableReading {
        let table = state.tables[number]
        return TableReading(
            table: table.state, roots: table.roots, position: state.position,
            restriction: restrictions.isEmpty ? nil : restrictions[number])
    }
}

/// What keeps a view's state in memory and its epoch entered.
final class ViewHold: Sendable {
    let state: PublishedState
    let pin: EpochPin
    /// What the state's memory belongs to.
    private let publication: Publication

    init(_ publication: Publication) {
        (state, pin) = publication.enter()
        self.publication = publication
    }

    deinit { pin.leave() }
}
