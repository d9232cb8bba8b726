import Testing
import Tufa
import TufaModel
import TufaTesting

/// References over several tables, and unique keys that move.
struct RuleTests {
    private func database() throws -> Database {
        let schema = try DDLParser.parse(
            """
            CREATE TABLE shops (id UUID PRIMARY KEY, name TEXT NOT NULL UNIQUE);
            CREATE TABLE orders (id UUID PRIMARY KEY, number INTEGER NOT NULL,
                shop UUID NOT NULL REFERENCES shops(id) ON DELETE CASCADE);
            CREATE TABLE lines (id UUID PRIMARY KEY, number INTEGER NOT NULL,
                "order" UUID NOT NULL REFERENCES orders(id) ON DELETE CASCADE);
            CREATE TABLE bills (id UUID PRIMARY KEY, number INTEGER NOT NULL,
                "order" UUID NOT NULL REFERENCES orders(id) ON DELETE RESTRICT);
            CREATE TABLE tags (id UUID PRIMARY KEY, code TEXT UNIQUE);
            """)
        return try InMemoryWorld().create("db", schema)
    }

    private func count(_ db: Database, _ table: String) throws -> Int {
        try db.view().fetch(QueryShape(table: table)).count
    }

    /// A shop with two orders of two lines each.
    private func makeShop(_ tx: inout Transaction, _ name: String) throws -> (RowID, [RowID]) {
        let shop = try tx.insert("shops", ["name": .text(name)])
        let orders = try (1...2).map {
            try tx.insert("orders", ["number": .int64($0), "shop": .uuid(shop)])
        }
        for order in orders {
            for number in 1...2 as ClosedRange<Int64> {
                try tx.insert("lines", ["number": .int64(number), "order": .uuid(order)])
            }
        }
        return (shop, orders)
    }

    @Test func `a cascade goes on to those who refer to what it takes`() throws {
        let db = try database()
        let (gone, _) = try db.writeBlocking { tx in
            _ = try makeShop(&tx, "stays")
            return try makeShop(&tx, "goes")
        }.value
        try db.writeBlocking { tx in try tx.delete("shops", id: gone) }
        #expect(try count(db, "shops") == 1)
        #expect(try count(db, "orders") == 2)
        #expect(try count(db, "lines") == 4)
    }

    @Test func `a row that another one holds does not go, nor what would have taken it`() throws {
        let db = try database()
        let (shop, orders) = try db.writeBlocking { tx in
            let made = try makeShop(&tx, "held")
            try tx.insert("bills", ["number": 1, "order": .uuid(made.1[1])])
            return made
        }.value
        let hash = try db.view().stateHash()
        let refused = "reference_violation"
        #expect(
            code { try db.writeBlocking { tx in try tx.delete("orders", id: orders[1]) } }
                == refused)
        #expect(code { try db.writeBlocking { tx in try tx.delete("shops", id: shop) } } == refused)
        #expect(try db.view().stateHash() == hash)
        try db.writeBlocking { tx in try tx.delete("orders", id: orders[0]) }
        #expect(try count(db, "lines") == 2)
    }

    @Test func `an update cannot take the key of another row`() throws {
        let db = try database()
        let (first, second) = try db.writeBlocking { tx in
            (
                try tx.insert("shops", ["name": "first"]),
                try tx.insert("shops", ["name": "second"])
            )
        }.value
        #expect(
            code {
                try db.writeBlocking { tx in
                    try tx.update("shops", id: second, ["name": "first"])
                }
            } == "unique_violation")
        // A key that was given up is free at once.
        try db.writeBlocking { tx in
            try tx.update("shops", id: first, ["name": "third"])
            try tx.update("shops", id: second, ["name": "first"])
        }
        let names = try db.view().fetch(QueryShape(table: "shops")).map { $0["name"] }
        #expect(Set(names) == ["first", "third"])
    }

    @Test func `rows without a value share a unique index, and each is found and goes alone`()
        throws
    {
        let db = try database()
        let query = QueryShape(table: "tags", predicate: .isNull(field: 0))
        let ids = try db.writeBlocking { tx in
            try ["one", nil, nil, nil].map { code in
                try tx.insert("tags", code.map { ["code": .text($0)] } ?? [:])
            }
        }.value
        #expect(try Set(db.view().fetch(query).map(\.id)) == Set(ids[1...]))
        try db.writeBlocking { tx in
            try tx.update("tags", id: ids[0], ["code": .null])
            try tx.update("tags", id: ids[1], ["code": "one"])
            try tx.delete("tags", id: ids[2])
        }
        #expect(try Set(db.view().fetch(query).map(\.id)) == [ids[0], ids[3]])
    }
}
