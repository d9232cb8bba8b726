import TufaBytes

@testable import TufaModel

/// Rows of one table in their stored form, for tests.
struct StoredRow {
    var id: RowID
    var values: [Value]
    var bytes: [UInt8]

    init(id: RowID, _ values: [Value], _ table: TablePlan) throws {
        self.id = id
        self.values = values
        var builder = RowBuilder()
        try RowCodec.encode(values, table, row: id, into: &builder)
        bytes = unsafe Array(builder.bytes)
    }

    /// The key that the index makes from the stored row.
    func key(_ plan: KeyPlan) -> [UInt8] {
        bytes.withUnsafeBytes { body in
            let base = body.baseAddress!  // A body is never empty: it has a bitmap.
            let row = RowBody(base: base, byteCount: body.count)
            return [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                var key = KeyBuffer(
                    base: UnsafeMutableRawPointer(buffer.baseAddress!), capacity: 4096)
                plan.appendKey(of: id, row, to: &key)
                count = key.count
            }
        }
    }

    func matches(_ program: PredicateProgram) -> Bool {
        withBody { program.matches(id: id, body: $0) }
    }

    func withBody<T>(_ read: (RowBody) throws -> T) rethrows -> T {
        try bytes.withUnsafeBytes { body in
            try read(RowBody(base: body.baseAddress!, byteCount: body.count))
        }
    }

    /// The value of a field, the identifier's for -1.
    func value(_ index: Int) -> Value { index < 0 ? .uuid(id) : values[index] }
}
