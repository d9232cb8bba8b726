import Testing
import TufaBytes

@testable import TufaModel

struct RowCodecTests {
    @Test(arguments: 0..<20)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let fields = (0..<(1 + random.below(20))).map { number in
            FieldSchema(
                "f\(number)", random.pick(ScalarType.allCases), isOptional: random.chance(50))
        }
        let plan = try SchemaPlan(DatabaseSchema([TableSchema("t", fields: fields)])).tables[0]
        for _ in 0..<100 {
            let values = fields.map {
                $0.isOptional ? random.optionalValue($0.type) : random.value($0.type)
            }
            let row = try StoredRow(id: .none, values, plan)
            #expect(row.bytes.withUnsafeBytes { plan.layout.problem(in: $0) } == nil)
            #expect(row.withBody { RowCodec.decode($0, plan.layout) } == values)
        }
    }

    @Test func refusals() throws {
        let plan = try SchemaPlan(
            DatabaseSchema([
                TableSchema(
                    "users",
                    fields: [
                        FieldSchema("name", .text, maximumLength: 3),
                        FieldSchema("age", .int64, isOptional: true),
                    ])
            ])
        ).tables[0]
        let cases: [([Value], DatabaseError.Code, String, String)] = [
            ([.null, 1], .notNullViolation, "name", "users.name must have a value"),
            (["abcd", 1], .valueTooLong, "name", "at most 3 characters and was given 4"),
            (["abc", "1"], .typeMismatch, "age", "users.age is of type int64, and '1' is text"),
            ([2.5, 1], .typeMismatch, "name", "2.5 is double"),
        ]
        for (values, code, field, part) in cases {
            let error = #expect(throws: DatabaseError.self) {
                _ = try StoredRow(id: .none, values, plan)
            }
            #expect(error?.code == code)
            #expect(error?.fields == [field])
            #expect(error?.table == "users")
            #expect(error?.message.contains(part) == true, "\(String(describing: error))")
        }
        // Three scalars of up to four bytes each are three characters.
        _ = try StoredRow(id: .none, ["😀é€", .null], plan)
    }
}
