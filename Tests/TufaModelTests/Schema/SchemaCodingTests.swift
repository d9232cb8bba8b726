import Testing
import TufaBytes

@testable import TufaModel

struct SchemaCodingTests {
    @Test(arguments: 0..<100)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var schema = random.schema(codeChecks: true)
        schema.version = UInt16(seed)
        let decoded = try DatabaseSchema(decoding: schema.encode())
        #expect(decoded == schema)
        #expect(decoded.fingerprint == schema.fingerprint)
        #expect(decoded.difference(from: schema) == nil)
    }

    /// The example of `Docs/Format/Schema.md`.
    @Test func documentedBytes() throws {
        let schema = DatabaseSchema([
            TableSchema("t", fields: [FieldSchema("n", .int64, defaultValue: 7)])
        ])
        let bytes: [UInt8] = [
            0x54, 0x53, 0x43, 0x48, 1, 0, 1, 0, 0x34, 0, 0, 0, 1, 0, 0, 0,
            0x20, 0, 0, 0, 1, 0, 0, 0, 0x74, 1, 0,
            1, 0, 0, 0, 0x6E, 3, 8, 0, 3, 7, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0,
        ]
        #expect(schema.encode() == bytes)
        #expect(try DatabaseSchema(decoding: bytes) == schema)
    }

    @Test func newerFormat() {
        var bytes = DatabaseSchema([TableSchema("t", fields: [FieldSchema("n", .int64)])]).encode()
        bytes[4] = 2
        let error = #expect(throws: DatabaseError.self) { try DatabaseSchema(decoding: bytes) }
        #expect(error?.code == .newerFormat)
    }

    @Test(arguments: 0..<20)
    func damageNeverTraps(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let whole = random.schema(codeChecks: true).encode()
        for length in 0..<whole.count {
            #expect(throws: DatabaseError.self) {
                try DatabaseSchema(decoding: Array(whole[..<length]))
            }
        }
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0..<(1 + random.below(4)) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.chance(30) { bytes.removeLast(random.below(bytes.count)) }
            // Some damage makes another valid schema; what matters is that it reads back the same.
            if let read = try? DatabaseSchema(decoding: bytes) {
                #expect((try? DatabaseSchema(decoding: read.encode())) == read)
            }
        }
    }

    @Test func hugeCountsAllocateNothing() {
        var bytes = DatabaseSchema([TableSchema("t", fields: [FieldSchema("n", .int64)])]).encode()
        bytes.replaceSubrange(20..<24, with: [0xFF, 0xFF, 0xFF, 0xFF])
        let error = #expect(throws: DatabaseError.self) { try DatabaseSchema(decoding: bytes) }
        #expect(error?.code == .damaged)
        #expect(error?.offset != nil)
    }

    @Test func fingerprintsDiffer() {
        var random = SeededGenerator(5)
        let schemas = Set((0..<200).map { _ in random.schema() })
        #expect(Set(schemas.map(\.fingerprint)).count == schemas.count)
        var later = DatabaseSchema([TableSchema("t", fields: [FieldSchema("n", .int64)])])
        let fingerprint = later.fingerprint
        later.version = 9
        #expect(later.fingerprint == fingerprint)
    }

    @Test(arguments: [
        ("n BIGINT", "n TEXT", "In table t, the field n is int64 here and text there."),
        (
            "n BIGINT", "n BIGINT NOT NULL",
            "In table t, the field n is optional here and not optional there."
        ),
        (
            "n BIGINT", "n BIGINT UNIQUE",
            "In table t, the field n is not unique here and unique there."
        ),
        (
            "n BIGINT DEFAULT 1", "n BIGINT",
            "In table t, the field n has the default 1 here and none there."
        ),
        (
            "n VARCHAR(3)", "n VARCHAR(4)",
            "In table t, the field n has the maximum length 3 here and the maximum length 4 there."
        ),
        (
            "n TIMESTAMP", "n TIMESTAMP DEFAULT now()",
            "In table t, the field n is set by the engine at other times here than there."
        ),
        ("n TEXT, m TEXT", "n TEXT", "In table t, the field m is here and not there."),
        ("n TEXT", "n TEXT, m TEXT", "In table t, the field m is there and not here."),
        ("n TEXT, m TEXT", "m TEXT, n TEXT", "In table t, the fields stand in another order."),
        (
            "n BIGINT, CHECK (n > 0)", "n BIGINT, CHECK (n > 1)",
            "In table t, the check t_check is declared otherwise there."
        ),
        (
            "n TEXT, m TEXT, UNIQUE (n, m)", "n TEXT, m TEXT",
            "In table t, the index t_n_m_key is here and not there."
        ),
    ])
    func differences(_ here: String, _ there: String, _ sentence: String) throws {
        let here = try DDLParser.parse("CREATE TABLE t (id UUID PRIMARY KEY, \(here))")
        let there = try DDLParser.parse("CREATE TABLE t (id UUID PRIMARY KEY, \(there))")
        #expect(here.difference(from: there) == sentence)
    }
}
