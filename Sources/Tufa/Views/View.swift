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
    /// Which rows there are, by the number of the table; nil where there are all.
    var restrictions: [Int: RowRestriction]?

    /// The types that the database was opened with.
    var registry: TypeRegistry { unsafe hold.registry._withUnsafeGuaranteedRef { $0 } }

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
        return try hold.state.answer(body)
    }

    /// Lends the codec of a type, without counting a reference to it.
    ///
    /// - Throws: `unknown_table`, and what `body` throws.
    @inline(__always)
    func withCodec<E: Entity, Result>(
        _ type: E.Type, _ body: (EntityCodec<E>) throws -> Result
    ) throws -> Result {
        // Safe: the hold's state has the registry.
        try unsafe hold.registry._withUnsafeGuaranteedRef { try $0.withCodec(type, body) }
    }

    func reading(_ number: Int, in state: PublishedState) -> TableReading {
        state.reading(number, restrictions)
    }
}

/// What keeps a view's state in memory and its epoch entered.
///
/// A program that asks one thing a view makes one for each question, so it counts one reference:
/// that to its state, which has the rest.
@safe
final class ViewHold: @unchecked Sendable {  // Everything is set by init.
    let state: PublishedState
    let pin: EpochPin
    /// The types that the database was opened with; the state's context has them.
    let registry: Unmanaged<TypeRegistry>

    init(_ publication: Publication) {
        (state, pin) = publication.enter()
        unsafe registry = publication.context.registryReference
    }

    deinit { pin.leave() }
}
