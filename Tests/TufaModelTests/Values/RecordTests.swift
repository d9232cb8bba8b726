import Testing
import TufaBytes

@testable import TufaModel

struct RecordTests {
    let shape = RecordShape(table: "users", fieldNames: ["email", "age"])
    let id = RowID(high: 1, low: 2)

    func record(_ shape: RecordShape, age: Value = 3) -> Record {
        Record(shape: shape, id: id, version: 1, position: 9, values: ["a@b", age])
    }

    @Test func fieldsByName() {
        let record = record(shape)
        #expect(record["email"] == "a@b")
        #expect(record["age"] == 3)
        #expect(record["id"] == .uuid(id))
        #expect(record["nothing"] == nil)
        #expect(record.fieldNames == ["email", "age"])
        #expect(
            record.description
                == "users 00000000-0000-0001-0000-000000000002 {email: 'a@b', age: 3}")
    }

    @Test func equality() {
        let same = RecordShape(table: "users", fieldNames: ["email", "age"])
        let other = RecordShape(table: "people", fieldNames: ["email", "age"])
        #expect(record(shape) == record(same))
        #expect(record(shape) != record(other))
        #expect(record(shape) != record(shape, age: .null))
        #expect(Set([record(shape), record(same)]).count == 1)
    }
}
