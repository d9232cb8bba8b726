import Testing
import TufaBytes

@testable import TufaModel

struct KeyTests {
    /// Keys from rows and keys from values agree, and order like the values.
    @Test(arguments: ScalarType.allCases, [false, true])
    func keysOrderLikeValues(_ type: ScalarType, _ isDescending: Bool) throws {
        var random = SeededGenerator(UInt64(type.rawValue) * 2 + (isDescending ? 1 : 0))
        for isOptional in [false, true] {
            let field = FieldSchema("f", type, isOptional: isOptional)
            let table = try SchemaPlan(
                DatabaseSchema([
                    TableSchema(
                        "t", fields: [FieldSchema("g", .text), field],
                        indexes: [
                            IndexSchema("i", [IndexColumn("f", isDescending: isDescending)]),
                            IndexSchema(
                                "u", [IndexColumn("f", isDescending: isDescending)],
                                isUnique: true),
                        ])
                ])
            ).tables[0]
            let key = table.indexes[0].key
            let rows = try (0..<120).map { number in
                let value = isOptional ? random.optionalValue(type) : random.value(type)
                return try StoredRow(
                    id: RowID(high: 0, low: UInt64(number)), [.text(random.text()), value], table)
            }
            for row in rows {
                let tie = KeyPlan.primary(layout: table.layout).columns[0]
                let id = KeyPlan(
                    layout: table.layout, columns: [(-1, isDescending)], isUnique: true
                ).columns
                let encoded =
                    KeyBytes.encode([row.values[1]], key.columns)
                    + KeyBytes.encode([.uuid(row.id)], id)
                #expect(row.key(key) == encoded)
                #expect(row.key(table.primaryKey) == KeyBytes.encode([.uuid(row.id)], [tie]))
                let alone = KeyBytes.encode([row.values[1]], key.columns)
                #expect(row.key(table.indexes[1].key) == (row.values[1].isNull ? encoded : alone))
            }
            for left in rows {
                for right in rows {
                    var order = left.values[1].order(against: right.values[1])
                    if order == 0 { order = Value.order(left.id, right.id) }
                    if isDescending { order = -order }
                    #expect(Value.order(left.key(key), right.key(key)).signum() == order.signum())
                }
            }
        }
    }

    @Test func prefixSuccessor() {
        #expect(KeyBytes.successor(ofPrefix: [1, 2]) == [1, 3])
        #expect(KeyBytes.successor(ofPrefix: [1, 0xFF, 0xFF]) == [2])
        #expect(KeyBytes.successor(ofPrefix: [0xFF]) == nil)
        #expect(KeyBytes.successor(ofPrefix: []) == nil)
    }
}
