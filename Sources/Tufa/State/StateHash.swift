internal import TufaBytes
internal import TufaIndex
internal import TufaModel
internal import TufaStorage

/// A digest of the rows of a database, independent of history, layout and indexes.
///
/// Each row is hashed with SipHash-2-4-128 (Aumasson and Bernstein 2012) under a key made from its
/// table's name and fields, and the hashes are added modulo 2^128, as in the incremental hashing of
/// Bellare and Micciancio (1997). It tells accidents apart; it is no proof against an adversary.
struct StateHash: Equatable {
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    /// The hash of everything that a state shows.
    ///
    /// - Parameter pace: How it gives way to others.
    /// - Complexity: O(bytes of all rows).
    init(_ state: PublishedState, pace: Pace? = nil) {
        var count = 0
        for table in state.tables {
            let store = table.state.store
            let key = StateHash.key(of: table.state.plan.schema)
            let rows = store.rows
            var cursor = TreeCursor(
                store.primary, root: table.roots.primary, position: state.position)
            while let row = cursor.next() {
                guard let version = unsafe rows.visible(row, at: state.position) else { continue }
                // The identifier and the body stand side by side in a version.
                let bytes = unsafe UnsafeRawBufferPointer(
                    start: version.base + RowVersion.headerByteCount - 16,
                    count: 16 + version.bodyByteCount)
                add(unsafe SipHash128.hash(key: key, bytes))
                count &+= 1
                if count & 255 == 0 { pace?.pause() }
            }
        }
    }

    /// What makes rows of another table, or of other fields, hash to something else.
    private static func key(of table: TableSchema) -> (UInt64, UInt64) {
        var text = Array(table.name.utf8) + [0]
        for field in table.fields { text += Array(field.name.utf8) + [0, field.type.rawValue] }
        return unsafe text.withUnsafeBytes { unsafe SipHash128.hash(key: (0x54_75_66_61, 1), $0) }
    }

    private mutating func add(_ hash: (UInt64, UInt64)) {
        let (sum, carry) = low.addingReportingOverflow(hash.1)
        low = sum
        high = high &+ hash.0 &+ (carry ? 1 : 0)
    }

    var rowID: RowID { RowID(high: high, low: low) }

    /// 32 hexadecimal digits.
    var text: String { rowID.description.filter { $0 != "-" } }
}

extension View {
    /// A digest of all rows: equal for databases with the same rows, whatever their history.
    ///
    /// - Throws: ``DatabaseError`` `view_expired`.
    /// - Complexity: O(bytes of all rows).
    public func stateHash() throws -> String { try read { StateHash($0).text } }
}
