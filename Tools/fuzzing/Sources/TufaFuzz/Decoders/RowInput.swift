@testable import TufaBytes
@testable import TufaModel

/// Row bodies, and the keys that are made of them.
enum RowInput {
    private static let types: [ScalarType] = [
        .uuid, .text, .int64, .double, .boolean, .timestamp, .bytes, .text, .int64,
    ]

    /// A table whose number says which of its fields may be NULL, and how many there are.
    static func table(_ number: UInt8) throws -> TablePlan {
        let count = 1 + Int(number >> 4) % types.count
        let fields = types.prefix(count).enumerated().map { index, type in
            FieldSchema("f\(index)", type, isOptional: number >> UInt8(index & 3) & 1 == 1)
        }
        let columns = fields.enumerated().map { index, field in
            IndexSchema("i\(index)", [IndexColumn(field.name, isDescending: index & 1 == 1)])
        }
        let schema = TableSchema("t", fields: fields, indexes: columns)
        return try SchemaPlan(DatabaseSchema([schema])).tables[0]
    }

    /// The first byte chooses the table, the rest is a body.
    static func feedBody(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let table = try table(first)
        let body = Array(bytes.dropFirst())
        try body.withUnsafeBytes { raw in
            if let problem = table.layout.problem(in: raw) {
                try BrokenPromise.unless(!problem.isEmpty, "A body is refused without a word")
                return
            }
            guard let base = raw.baseAddress else { return }
            let values = RowCodec.decode(
                RowBody(base: base, byteCount: raw.count), table.layout)
            try BrokenPromise.unless(
                encoded(values, table) == body, "A row is written otherwise: \(values)")
        }
    }

    /// The first byte chooses the table, the rest are the values of two rows.
    static func feedKeys(_ bytes: [UInt8]) throws {
        guard let first = bytes.first else { return }
        let table = try table(first)
        var source = ValueSource(bytes: bytes.dropFirst())
        let rows = [source.values(table), source.values(table)]
        let bodies = try rows.map { try encoded($0, table) }
        for (number, index) in table.indexes.enumerated() {
            let keys = bodies.map { key(index.key, $0) }
            guard let left = keys[0], let right = keys[1] else { continue }
            let order = rows[0][number].order(against: rows[1][number])
            // The identifiers are the same, so equal values make equal keys.
            let expected = number & 1 == 1 ? -order : order
            try BrokenPromise.unless(
                (left == right) == (expected == 0)
                    && left.lexicographicallyPrecedes(right) == (expected < 0),
                "Keys order otherwise than \(rows[0][number]) and \(rows[1][number])")
            try BrokenPromise.unless(
                left == right || !left.starts(with: right) && !right.starts(with: left),
                "A key begins with another one")
        }
    }

    private static func encoded(_ values: [Value], _ table: TablePlan) throws -> [UInt8] {
        var builder = RowBuilder()
        try RowCodec.encode(values, table, into: &builder)
        return Array(builder.bytes)
    }

    private static func key(_ plan: KeyPlan, _ body: [UInt8]) -> [UInt8]? {
        body.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return nil }
            return withUnsafeTemporaryAllocation(
                byteCount: KeyBuffer.maximumByteCount, alignment: 8
            ) { room -> [UInt8]? in
                guard let target = room.baseAddress else { return nil }
                var key = KeyBuffer(base: target, capacity: room.count)
                plan.appendKey(
                    of: RowID(high: 1, low: 2), RowBody(base: base, byteCount: raw.count),
                    to: &key)
                return key.isOverflown ? nil : Array(key.bytes)
            }
        }
    }
}

/// Makes values of bytes, whatever they are.
struct ValueSource {
    var bytes: ArraySlice<UInt8>

    mutating func values(_ table: TablePlan) -> [Value] {
        table.layout.fields.map { field in
            if field.isOptional, byte() & 1 == 1 { return .null }
            switch field.type {
            case .uuid: return .uuid(RowID(high: word(), low: word()))
            case .text: return .text(String(decoding: blob(), as: UTF8.self))
            case .int64: return .int64(Int64(bitPattern: word()))
            case .double: return .double(Double(bitPattern: word()))
            case .boolean: return .boolean(byte() & 1 == 1)
            case .timestamp:
                return .timestamp(Timestamp(microseconds: Int64(bitPattern: word())))
            case .bytes: return .bytes(blob())
            }
        }
    }

    private mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    private mutating func word() -> UInt64 {
        var word: UInt64 = 0
        for _ in 0..<8 { word = word << 8 | UInt64(byte()) }
        return word
    }

    private mutating func blob() -> [UInt8] {
        let blob = Array(bytes.prefix(Int(byte())))
        bytes = bytes.dropFirst(blob.count)
        return blob
    }
}
