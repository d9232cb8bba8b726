internal import TufaBytes
internal import TufaModel
internal import TufaStorage

/// One table as a dictionary of rows: no arena, no tree and no rule, so that what is built of those
/// can be compared with it.
final class PlainTable {
    private(set) var plan: TablePlan
    var rows: [RowID: PlainRow] = [:]
    private var layouts: ChangeLayouts
    private var builder = RowBuilder()

    init(_ plan: TablePlan) {
        self.plan = plan
        layouts = ChangeLayouts(plan.layout)
    }

    /// Takes the plan of a later schema, which has the same fields.
    func adopt(_ plan: TablePlan) { self.plan = plan }

    /// The identifiers of the rows, in order.
    ///
    /// - Complexity: O(rows · log rows).
    var sortedIDs: [RowID] { rows.keys.sorted() }

    /// The body that a creation carries.
    func created(_ event: CommitReader.Event) throws(DatabaseError) -> [UInt8] {
        let payload = unsafe event.payload
        if let problem = unsafe plan.layout.problem(in: payload) {
            throw damaged(event, "holds no row: \(problem)")
        }
        return unsafe Array(payload)
    }

    /// The fields that an update carries.
    func change(_ event: CommitReader.Event) throws(DatabaseError) -> PlainChange {
        let payload = unsafe event.payload
        let layout = plan.layout
        let bitmapByteCount = layout.nullByteCount
        guard payload.count >= bitmapByteCount else { throw damaged(event, "is cut off") }
        let bitmap = unsafe UnsafeRawBufferPointer(rebasing: payload[..<bitmapByteCount])
        let rest = unsafe UnsafeRawBufferPointer(rebasing: payload[bitmapByteCount...])
        if layout.fields.count & 7 != 0,
            unsafe bitmap[bitmapByteCount - 1] >> (layout.fields.count & 7) != 0
        {
            throw damaged(event, "changes fields that its table does not have")
        }
        let changed = unsafe layouts.layout(for: bitmap)
        if let problem = unsafe changed.problem(in: rest) {
            throw damaged(event, "holds no fields: \(problem)")
        }
        return PlainChange(
            bitmap: unsafe Array(bitmap), body: unsafe Array(rest), layout: changed)
    }

    /// The body that `old` becomes by a change.
    func merged(_ change: PlainChange, onto old: [UInt8]) -> [UInt8] {
        unsafe change.bitmap.withUnsafeBytes { bitmap in
            unsafe change.body.withRowBody { new in
                unsafe old.withRowBody { old in
                    unsafe RowMerge.apply(
                        new, change.layout, bitmap, to: old, plan.layout, into: &builder)
                }
            }
        }
        return unsafe Array(builder.bytes)
    }

    /// The values of a body, in schema order.
    func values(_ body: [UInt8]) -> [Value] {
        unsafe body.withRowBody { unsafe RowCodec.decode($0, plan.layout) }
    }

    /// The body of values that came from bodies of this table.
    func body(_ values: [Value]) throws(DatabaseError) -> [UInt8] {
        try RowCodec.encode(values, plan, into: &builder)
        return unsafe Array(builder.bytes)
    }

    /// The error of an event that is not what its table has.
    func damaged(_ event: CommitReader.Event, _ what: String) -> DatabaseError {
        DatabaseError(
            .damaged, "The event at position \(event.position) \(what).", table: plan.name,
            row: event.header.id)
    }
}

/// Some fields of a row and their values, as an update carries them.
struct PlainChange {
    /// One bit a field of the table.
    let bitmap: [UInt8]
    /// A body of just the fields whose bits are set.
    let body: [UInt8]
    let layout: RowLayout

    /// Whether a field is among them.
    func has(_ field: Int) -> Bool { bitmap[field >> 3] & (1 << UInt8(field & 7)) != 0 }

    /// The value of each field of the table; nil for those that are not among them.
    func values(of fieldCount: Int) -> [Value?] {
        var next = 0
        return (0..<fieldCount).map { field in
            guard has(field) else { return nil }
            defer { next += 1 }
            return unsafe body.withRowBody { unsafe RowCodec.value(next, $0, layout) }
        }
    }
}
