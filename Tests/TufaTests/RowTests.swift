import Foundation
import Testing
import Tufa
import TufaTesting

struct RowTests {
    @Test func `a row's fields are those of its entity`() throws {
        let db = try InMemoryDatabase.make(Specimen.self)
        var full = Specimen()
        full.text = "text"
        full.optionalText = "a text that is longer than a small string"
        (full.number, full.count, full.optionalNumber) = (-3, 4, 5)
        (full.ratio, full.flag, full.optionalFlag) = (0.25, true, false)
        full.date = Date(timeIntervalSince1970: 12.5)
        full.optionalDate = Date(timeIntervalSince1970: -1)
        full.uuid = UUID()
        (full.bytes, full.data, full.mood) = ([0, 1, 255], Data([7]), .glad)
        let parent = try db.writeBlocking { tx in try tx.insert(Specimen()) }.value.id
        full.parent = parent
        let id = try db.writeBlocking { [full] tx in try tx.insert(full) }.value.id
        let view = db.view()
        for wanted in [id, parent] {
            let entity = try #require(try view.find(wanted))
            let isSame = try view.withRow(wanted) { row in
                #expect(row.id == entity.id && row.version == 1 && row.position > 0)
                #expect(row.text == entity.text && row[Specimen.columns.text] == entity.text)
                #expect(row.optionalText == entity.optionalText)
                #expect(row.number == entity.number && row.count == entity.count)
                #expect(row.optionalNumber == entity.optionalNumber)
                #expect(row.ratio == entity.ratio && row.flag == entity.flag)
                #expect(row.optionalFlag == entity.optionalFlag)
                #expect(row.date == entity.date && row.optionalDate == entity.optionalDate)
                #expect(row.uuid == entity.uuid && row.bytes == entity.bytes)
                #expect(row.data == entity.data && row.mood == entity.mood)
                #expect(row.parent == entity.parent && row[Specimen.columns.id] == entity.id)
                let columns = Specimen.columns
                #expect(row[columns.number] == entity.number && row[columns.count] == entity.count)
                #expect(row[columns.ratio] == entity.ratio && row[columns.flag] == entity.flag)
                #expect(row[columns.date] == entity.date && row[columns.mood] == entity.mood)
                let bytes = row.withUTF8(of: columns.text) { span in
                    span.indices.map { span[$0] }
                }
                #expect(bytes == Array(entity.text.utf8))
                return row.entity().optionalText == entity.optionalText
            }
            #expect(isSame == true)
        }
        #expect(try view.withRow(EntityID<Specimen>()) { _ in true } == nil)
    }

    @Test func `an old view lends the rows that it has always seen`() throws {
        let db = try InMemoryDatabase.make(User.self)
        let user = try db.writeBlocking { tx in
            try tx.insert(User(email: "ada@example.com", name: "Ada"))
        }.value
        let view = db.view()
        try db.writeBlocking { tx in try tx.update(user.id) { $0.name = "Countess" } }
        let query = User.where { $0.email == "ada@example.com" }
        #expect(try view.withFirst(query) { $0.name } == "Ada")
        #expect(try db.view().withFirst(query) { $0.name } == "Countess")
        #expect(try view.withFirst(User.where { $0.name == "Ada" }) { $0.version } == 1)
        #expect(try view.withFirst(User.where { $0.email == "nobody" }) { $0.name } == nil)
    }

    @Test func `what the closure throws ends the walk`() throws {
        struct Enough: Error {}
        let db = try InMemoryDatabase.make(User.self)
        try db.writeBlocking { tx in
            for number in 0..<100 { try tx.insert(User(email: "\(number)@example.com")) }
        }
        var count = 0
        #expect(throws: Enough.self) {
            try db.view().forEach(User.all.order { $0.createdAt.descending }) { _ in
                count += 1
                if count == 40 { throw Enough() }
            }
        }
        #expect(count == 40)
    }

    @Test func `a column names a property by where it is and what it is`() {
        // The first property of a struct is where the struct itself is.
        #expect(Nested.columns.first.index(in: Nested.schema) == 0)
        #expect(Nested.columns.second.index(in: Nested.schema) == 1)
        #expect(Nested.columns.computed.index(in: Nested.schema) == 2)
    }
}

/// Properties of one type side by side, and one that is computed.
private struct Nested: Entity {
    var id = EntityID<Nested>()
    var first = 0
    var second = 0
    private var third = 0
    var computed: Int {
        get { third }
        set { third = newValue }
    }

    static let schema = Schema<Nested>("nested") {
        Field("first", \.first)
        Field("second", \.second)
        Field("computed", \.computed)
    }
}

extension Column {
    /// The place of the field, as a condition of it tells.
    fileprivate func index<E: Entity>(in schema: Schema<E>) -> Int? where V == Int {
        if case .compare(let field, _, _) = self == 1 { field } else { nil }
    }
}
