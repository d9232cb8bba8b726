import Testing
import TufaBytes

@testable import TufaModel

struct SchemaValidationTests {
    static let user = FieldSchema("user_id", .uuid)
    static let name = FieldSchema("name", .text)
    static let age = FieldSchema("age", .int64)

    static func one(
        _ fields: [FieldSchema] = [user, name, age], indexes: [IndexSchema] = [],
        fullText: [FullTextSchema] = [], references: [ReferenceSchema] = [],
        checks: [CheckSchema] = []
    ) -> DatabaseSchema {
        DatabaseSchema([
            TableSchema(
                "t", fields: fields, indexes: indexes, fullText: fullText, references: references,
                checks: checks)
        ])
    }

    static let mistakes: [(DatabaseSchema, DatabaseError.Code, String)] = [
        (DatabaseSchema([]), .schemaMismatch, "no table"),
        (DatabaseSchema(one().tables + one().tables), .schemaMismatch, "the table t twice"),
        (
            DatabaseSchema((0...1000).map { TableSchema("t\($0)", fields: [name]) }),
            .limitExceeded, "1001 tables"
        ),
        (DatabaseSchema([TableSchema("", fields: [name])]), .schemaMismatch, "is empty"),
        (one([name, name]), .schemaMismatch, "the field name twice"),
        (one([FieldSchema("id", .uuid)]), .schemaMismatch, "declares the field id"),
        (one([FieldSchema("", .text)]), .schemaMismatch, "is empty"),
        (one([FieldSchema("a\nb", .text)]), .schemaMismatch, "control characters"),
        (
            one([FieldSchema(String(repeating: "n", count: 129), .text)]), .schemaMismatch,
            "longer than 128 bytes"
        ),
        (
            one((0...1000).map { FieldSchema("f\($0)", .text) }), .limitExceeded, "1001 fields"
        ),
        (
            one((0...64).map { FieldSchema("f\($0)", .text, isUnique: true) }), .limitExceeded,
            "65 indexes"
        ),
        (one([FieldSchema("n", .int64, maximumLength: 3)]), .schemaMismatch, "only text can have"),
        (one([FieldSchema("n", .text, maximumLength: 0)]), .schemaMismatch, "maximum length 0"),
        (one([FieldSchema("n", .int64, role: .setOnCreate)]), .schemaMismatch, "only a timestamp"),
        (one([FieldSchema("n", .int64, defaultValue: "x")]), .schemaMismatch, "not of type int64"),
        (
            one([FieldSchema("n", .text, maximumLength: 1, defaultValue: "xy")]), .schemaMismatch,
            "longer than its maximum of 1"
        ),
        (
            one([
                FieldSchema(
                    "n", .timestamp, defaultValue: .timestamp(Timestamp(microseconds: 0)),
                    role: .setOnUpdate)
            ]), .schemaMismatch, "one of the two"
        ),
        (one(indexes: [IndexSchema("i", [])]), .schemaMismatch, "has no field"),
        (one(indexes: [IndexSchema("i", [IndexColumn("x")])]), .unknownField, "has no field 'x'"),
        (
            one(indexes: [IndexSchema("i", [IndexColumn("age"), IndexColumn("age")])]),
            .schemaMismatch, "the field age twice"
        ),
        (
            one(
                indexes: [
                    IndexSchema("i", [IndexColumn("age")]), IndexSchema("i", [IndexColumn("name")]),
                ]), .schemaMismatch, "two indexes named i"
        ),
        (
            one(fullText: [FullTextSchema("x", [FullTextField("age")])]), .schemaMismatch,
            "which is not text"
        ),
        (
            one(fullText: [FullTextSchema("x", [FullTextField("name", weight: 0)])]),
            .schemaMismatch, "between a billionth and a billion"
        ),
        (
            one(fullText: [FullTextSchema("x", [FullTextField("name", weight: 1e300)])]),
            .schemaMismatch, "between a billionth and a billion"
        ),
        (
            DatabaseSchema([
                TableSchema(
                    "t", fields: (0..<9).map { FieldSchema("f\($0)", .text) },
                    fullText: [FullTextSchema("x", (0..<9).map { FullTextField("f\($0)") })])
            ]), .limitExceeded, "9 fields"
        ),
        (
            one(fullText: [FullTextSchema("x", [FullTextField("name")], analyzer: "a\nb")]),
            .schemaMismatch, "of an analyzer has control characters"
        ),
        (one(references: [ReferenceSchema("user_id", to: "no")]), .schemaMismatch, "table 'no'"),
        (one(references: [ReferenceSchema("no", to: "t")]), .unknownField, "no field 'no'"),
        (
            one(references: [ReferenceSchema("age", to: "t")]), .schemaMismatch,
            "a reference is a uuid"
        ),
        (
            one(references: [ReferenceSchema("user_id", to: "t", onDelete: .setNull)]),
            .schemaMismatch, "cannot set it to NULL"
        ),
        (
            one(references: [
                ReferenceSchema("user_id", to: "t"), ReferenceSchema("user_id", to: "t"),
            ]),
            .schemaMismatch, "refers to two tables"
        ),
        (one(checks: [CheckSchema("c"), CheckSchema("c")]), .schemaMismatch, "two checks named c"),
        (
            one(checks: [CheckSchema("c", expression: "age >")]), .syntax,
            "In the check c of table t: Line 1, column 6"
        ),
    ]

    @Test(arguments: mistakes.indices)
    func refuses(_ index: Int) {
        let (schema, code, part) = SchemaValidationTests.mistakes[index]
        let error = #expect(throws: DatabaseError.self) { try schema.validate() }
        #expect(error?.code == code)
        #expect(error?.message.contains(part) == true, "\(String(describing: error))")
    }

    @Test(arguments: 0..<50)
    func randomSchemasAreValid(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        try random.schema(codeChecks: true).validate()
    }

    @Test func plans() throws {
        var schema = SchemaValidationTests.one(
            [Self.user, FieldSchema("email", .text, isUnique: true), Self.age],
            indexes: [
                IndexSchema("i", [IndexColumn("age", isDescending: true), IndexColumn("id")])
            ],
            references: [ReferenceSchema("user_id", to: "u", onDelete: .cascade)],
            checks: [CheckSchema("code"), CheckSchema("c", expression: "age > 0")])
        schema.tables.append(TableSchema("u", fields: [Self.name]))
        let plan = try SchemaPlan(schema)
        let table = try plan.table("t")
        #expect(table.indexes.map(\.name) == ["t_email_key", "i"])
        #expect(table.indexes[1].fieldIndexes == [2, -1])
        #expect(table.index(leadingWith: 2) == 1)
        #expect(table.index(leadingWith: 0) == nil)
        #expect(try table.index(ofField: "id") == -1)
        #expect(table.references == plan.tables[1].referrers)
        #expect(table.references[0].target == 1)
        #expect(table.checks.map(\.name) == ["c"])
        #expect(throws: DatabaseError.self) { try table.index(ofField: "none") }
        #expect(throws: DatabaseError.self) { try plan.table("none") }
    }
}
