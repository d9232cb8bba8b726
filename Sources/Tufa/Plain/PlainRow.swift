internal import TufaBytes
internal import TufaModel

/// A row as plain bytes, outside of arenas and trees.
struct PlainRow: Equatable {
    /// The body, which the layout of its table has accepted.
    var body: [UInt8]
    /// The version of the row.
    var version: UInt32
    /// The position of the event that made the version.
    var position: UInt64
}

/// A row by table and identifier.
struct RowKey: Hashable, Comparable {
    /// The number of the table.
    let table: Int
    let id: RowID

    static func < (left: RowKey, right: RowKey) -> Bool {
        left.table != right.table ? left.table < right.table : left.id < right.id
    }
}

extension [UInt8] {
    /// Lends the bytes as a row body; whoever asks has had them checked.
    func withRowBody<Result>(_ body: (RowBody) throws -> Result) rethrows -> Result {
        unsafe try withUnsafeBytes { bytes in
            // Safe: a body without bytes is never read, so any address will do.
            let base =
                unsafe bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
            return unsafe try body(RowBody(base: base, byteCount: bytes.count))
        }
    }
}
