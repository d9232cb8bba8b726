import Foundation
import Testing
import Tufa
import TufaTesting

/// One field of each kind that a lookup treats in its own way.
private struct Entry: Entity {
    var id = EntityID<Entry>()
    var code = ""
    var alias: String?
    var reverse = ""
    var number = 0
    var word = ""

    static let schema = Schema<Entry>("entries") {
        Field("code", \.code).unique()
        Field("alias", \.alias).unique()
        Field("reverse", \.reverse)
        Field("number", \.number).unique()
        Field("word", \.word)
        Index(.descending(\.reverse)).unique()
    }
}

/// Rows by the value of one field: the same as the query says.
struct LookupTests {
    /// Texts that are near to each other, with zeros, at the lengths where words of eight end.
    private static let texts: [String] = {
        var texts = ["", "\0", "\0\0", "\u{1}", "\0\u{1}", "é", "€uro", "a\0b", "a\0", "a"]
        for length in [6, 7, 8, 9, 15, 16, 17, 40] {
            let stem = String(repeating: "x", count: length)
            texts += [stem, stem + "\0", String(stem.dropLast()) + "\0", "\0" + stem, stem + "é"]
        }
        var seen = Set<String>()
        return texts.filter { seen.insert($0).inserted }
    }()

    private static func filled() throws -> Database {
        let db = try InMemoryDatabase.make(Entry.self)
        try db.writeBlocking { tx in
            // Every second one, so that each has neighbours that are not there.
            for (number, text) in texts.enumerated() where number % 2 == 0 {
                var entry = Entry()
                (entry.code, entry.reverse, entry.number) = (text, text, number)
                (entry.alias, entry.word) = (number % 4 == 0 ? text : nil, "same")
                try tx.insert(entry)
            }
        }
        return db
    }

    @Test func `a row is found by a field as the query finds it`() throws {
        let view = try Self.filled().view()
        let columns = Entry.columns
        for (number, text) in Self.texts.enumerated() {
            let byCode = try view.find(Entry.self, by: columns.code, text)
            #expect(byCode?.number == (number % 2 == 0 ? number : nil), "\(text.debugDescription)")
            let byAlias = try view.find(Entry.self, by: columns.alias, text)
            #expect(byAlias?.number == (number % 4 == 0 ? number : nil))
            let byReverse = try view.withRow(Entry.self, by: columns.reverse, text) { $0.number }
            #expect(byReverse == (number % 2 == 0 ? number : nil))
            let byNumber = try view.find(Entry.self, by: columns.number, number)
            #expect(byNumber?.code == (number % 2 == 0 ? text : nil))
            #expect(try view.first(Entry.where { $0.code == text })?.number == byCode?.number)
        }
        // Where several rows have the value, one of them; nil is a value like others.
        #expect(try view.find(Entry.self, by: columns.word, "same")?.word == "same")
        #expect(try view.find(Entry.self, by: columns.word, "other") == nil)
        #expect(try view.find(Entry.self, by: columns.alias, nil)?.alias == nil)
        let id = try #require(try view.find(Entry.self, by: columns.number, 2)).id
        #expect(try view.find(Entry.self, by: columns.id, id)?.number == 2)
    }

    @Test func `a database answers one question as a new view does`() throws {
        let db = try Self.filled()
        let columns = Entry.columns
        for (number, text) in Self.texts.enumerated() {
            let entry = try db.view().find(Entry.self, by: columns.code, text)
            #expect(entry?.number == (number % 2 == 0 ? number : nil))
            let found = [
                try db.find(Entry.self, by: columns.code, text),
                try db.find(Entry.self, by: columns.number, number),
                try db.first(Entry.where { $0.code == text }),
                try db.first(
                    Entry.where { $0.number >= number && $0.number <= number }
                        .order { $0.number.descending }),
                try db.find(entry?.id ?? Entry.ID()),
            ]
            for other in found {
                #expect(other?.id == entry?.id && other?.reverse == entry?.reverse)
            }
            let lent = [
                try db.withRow(Entry.self, by: columns.reverse, text) { $0.number },
                try db.withRow(Entry.self, by: columns.number, number) { $0.number },
                try db.withRow(entry?.id ?? Entry.ID()) { $0.number },
            ]
            #expect(lent.allSatisfy { $0 == entry?.number })
        }
        #expect(try db.find(Entry.self, by: columns.word, "same")?.word == "same")
        // What was just written is seen, and what is gone is not.
        let id = try #require(try db.find(Entry.self, by: columns.number, 2)).id
        try db.writeBlocking { tx in try tx.update(id) { $0.code = "new" } }
        #expect(try db.find(Entry.self, by: columns.code, "new")?.id == id)
        try db.writeBlocking { tx in try tx.delete(id) }
        #expect(try db.find(id) == nil && db.withRow(id) { _ in true } == nil)
        #expect(throws: CocoaError.self) {
            try db.withRow(Entry.self, by: columns.number, 4) { _ in
                throw CocoaError(.featureUnsupported)
            }
        }
    }

    @Test func `a database that is closed answers still, and not of a type it does not know`()
        throws
    {
        let db = try Self.filled()
        try db.closeBlocking()
        #expect(try db.find(Entry.self, by: Entry.columns.number, 4)?.number == 4)
        let error = #expect(throws: DatabaseError.self) { try db.find(User.ID()) }
        #expect(error?.code == .unknownTable)
    }

    @Test func `a text that no key holds is in no row`() throws {
        let view = try Self.filled().view()
        let long = String(repeating: "y", count: 5000)
        #expect(try view.find(Entry.self, by: Entry.columns.code, long) == nil)
        #expect(try view.find(Entry.self, by: Entry.columns.reverse, long) == nil)
    }

    @Test func `a restricted view finds by a field only what it may see`() throws {
        let db = try Self.filled()
        let view = try db.view().restricted(Entry.self) { $0.number < 10 }
        for (number, text) in Self.texts.enumerated() {
            let found = try view.find(Entry.self, by: Entry.columns.code, text)
            #expect(found?.number == (number % 2 == 0 && number < 10 ? number : nil))
        }
    }

    @Test func `an error of the closure comes through`() throws {
        let view = try Self.filled().view()
        #expect(throws: CocoaError.self) {
            try view.withRow(Entry.self, by: Entry.columns.code, "") { _ in
                throw CocoaError(.featureUnsupported)
            }
        }
    }
}
