import TufaBytes
import TufaModel

/// Schemas, as the log keeps them and in PostgreSQL's words.
enum SchemaInput {
    /// Feeds an encoded schema as it is, and once more with its length made right.
    static func feedEncoded(_ bytes: [UInt8]) throws {
        var sized = bytes
        sized.put(UInt32(bytes.count), at: 8)
        for bytes in [bytes, sized] {
            let schema = try BrokenPromise.expecting([.damaged, .newerFormat]) {
                try DatabaseSchema(decoding: bytes)
            }
            guard let schema else { continue }
            let encoded = schema.encode()
            let again = try DatabaseSchema(decoding: encoded)
            try BrokenPromise.unless(
                again == schema && again.encode() == encoded, "A schema is written otherwise")
            try checkPlan(schema)
        }
    }

    static func feedWords(_ bytes: [UInt8]) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        // What is wrong with a schema has many codes; that it has one is what is asked.
        let schema: DatabaseSchema
        do {
            schema = try DDLParser.parse(text)
        } catch {
            try BrokenPromise.unless(!error.message.isEmpty, "An error without a message")
            return
        }
        let printed = DDLPrinter.print(schema)
        let again: DatabaseSchema
        do {
            again = try DDLParser.parse(printed)
        } catch {
            throw BrokenPromise("What was printed is refused: \(error)\n\(printed)")
        }
        try BrokenPromise.unless(again == schema, "A schema is printed otherwise:\n\(printed)")
        try BrokenPromise.unless(
            try DatabaseSchema(decoding: schema.encode()) == schema,
            "A schema that was read in words is encoded otherwise")
        try checkPlan(schema)
    }

    private static func checkPlan(_ schema: DatabaseSchema) throws {
        do {
            _ = try SchemaPlan(schema)
        } catch {
            throw BrokenPromise("A schema that was checked has no plan: \(error)")
        }
    }
}
