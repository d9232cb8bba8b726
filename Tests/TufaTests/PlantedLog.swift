import Tufa
import TufaBytes
import TufaModel
import TufaStorage
import TufaTesting

/// A database with two tables whose rules can be broken by events that no transaction would write.
struct PlantedLog {
    let world = InMemoryWorld()
    let plan: SchemaPlan

    init() throws {
        let schema = try DDLParser.parse(
            """
            CREATE TABLE users (
                id UUID PRIMARY KEY, email VARCHAR(10) NOT NULL UNIQUE, age BIGINT,
                CONSTRAINT grown CHECK (age > 0));
            CREATE TABLE posts (
                id UUID PRIMARY KEY, user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
                title TEXT NOT NULL);
            CREATE INDEX titles ON posts (title);
            CREATE INDEX words ON posts USING GIN (to_tsvector('english', title));
            """)
        let db = try world.create("db", schema)
        for number in 1...6 {
            try db.writeBlocking { tx in
                let email = Value.text("u\(number)")
                try tx.insert("users", id: Self.user(number), ["email": email, "age": 30])
                try tx.insert(
                    "posts", id: Self.post(number),
                    ["user_id": .uuid(Self.user(number)), "title": "running dogs"])
            }
        }
        try db.writeBlocking { tx in try tx.update("users", id: Self.user(1), ["age": 31]) }
        try db.writeBlocking { tx in try tx.delete("users", id: Self.user(6)) }
        try db.closeBlocking()
        plan = try SchemaPlan(schema)
    }

    static func user(_ number: Int) -> RowID { RowID(high: 1, low: UInt64(number)) }

    static func post(_ number: Int) -> RowID { RowID(high: 2, low: UInt64(number)) }

    /// The body of a row.
    func body(_ table: Int, _ values: [Value]) -> [UInt8] {
        // Not by the codec, which refuses what is to be planted.
        var builder = RowBuilder()
        let layout = plan.tables[table].layout
        builder.begin(layout)
        for (index, value) in values.enumerated() {
            let field = layout.fields[index]
            switch value {
            case .null: builder.setNull(index, field)
            case .uuid(let id): builder.setID(id, field)
            case .int64(let number): builder.setWord(UInt64(bitPattern: number), field)
            case .text(let text):
                Array(text.utf8).withUnsafeBytes { builder.setVariable($0, field) }
            default: preconditionFailure("No field has such a value here.")
            }
        }
        return Array(builder.bytes)
    }

    /// An event as the engine writes it.
    func event(
        _ kind: EventKind, _ table: Int, _ id: RowID, version: UInt32 = 1, previous: UInt64 = 0,
        schema: UInt16 = 1, _ payload: [UInt8] = []
    ) -> (EventHeader, [UInt8]) {
        (
            EventHeader(
                kind: kind, table: UInt16(table), schemaVersion: schema, id: id,
                previousPosition: previous, rowVersion: version), payload
        )
    }

    /// Writes events as one commit behind the log, without a look at any rule.
    func plant(_ events: [(EventHeader, [UInt8])]) throws {
        let directory = try DatabaseDirectory.open(
            at: "db", world.environment, mode: .readWrite, InMemoryWorld.logOptions)
        guard let log = directory.log else { return }
        let group = GroupBuffer()
        try [UInt8]().withUnsafeBytes {
            try group.beginCommit(
                firstPosition: log.nextPosition, actor: "", label: "", key: "", metadata: $0)
        }
        for (header, payload) in events {
            payload.withUnsafeBytes { group.append(header, payload: $0) }
        }
        try group.endCommit(time: log.lastTime + 1)
        try log.append(group, sync: true)
        try directory.close()
    }
}
