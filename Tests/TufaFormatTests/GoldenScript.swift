import Synchronization
import Tufa
import TufaStorage

/// The run that wrote the golden files; the same bytes at each repetition.
///
/// It is kept with the files that it wrote. When the format changes, a folder of the new version
/// is written beside the old one, which stays and must go on being read.
enum GoldenScript {
    static let logOptions = LogOptions(segmentByteCount: 1 << 14, worksInBackground: false)

    static func environment(_ system: MemoryFileSystem) -> StorageEnvironment {
        let clock = Counter(1_700_000_000_000_000)
        let chance = Counter(1)
        return StorageEnvironment(
            fileSystem: system,
            random: { UInt64(chance.next(by: 1)) &* 0x9E37_79B9_7F4A_7C15 },
            now: { clock.next(by: 1_000_000) })
    }

    private final class Counter: Sendable {
        private let value: Atomic<Int64>
        init(_ start: Int64) { value = Atomic(start) }
        func next(by step: Int64) -> Int64 {
            value.wrappingAdd(step, ordering: .relaxed).newValue
        }
    }

    static let schema = DatabaseSchema([
        TableSchema(
            "people",
            fields: [
                FieldSchema("email", .text, maximumLength: 255, isUnique: true),
                FieldSchema("name", .text),
                FieldSchema("created_at", .timestamp, role: .setOnCreate),
                FieldSchema("updated_at", .timestamp, role: .setOnUpdate),
            ],
            indexes: [
                IndexSchema(
                    "people_created_at_idx", [IndexColumn("created_at", isDescending: true)])
            ]),
        TableSchema(
            "notes",
            fields: [
                FieldSchema("person_id", .uuid),
                FieldSchema("reply_to", .uuid, isOptional: true),
                FieldSchema("title", .text),
                FieldSchema("body", .text, isOptional: true),
                FieldSchema("rank", .int64, defaultValue: 5),
                FieldSchema("weight", .double, isOptional: true),
                FieldSchema("is_open", .boolean, defaultValue: true),
                FieldSchema("picture", .bytes, isOptional: true),
            ],
            indexes: [
                IndexSchema(
                    "notes_person_idx",
                    [IndexColumn("person_id"), IndexColumn("rank", isDescending: true)])
            ],
            fullText: [
                FullTextSchema(
                    "notes_text", [FullTextField("title", weight: 2), FullTextField("body")])
            ],
            references: [
                ReferenceSchema("person_id", to: "people", onDelete: .cascade),
                ReferenceSchema("reply_to", to: "notes", onDelete: .setNull),
            ],
            checks: [CheckSchema("rank is sane", expression: "rank >= 0")]),
    ])

    static func id(_ number: Int) -> RowID {
        RowID(high: 0x018B_CFE5_6800_7000, low: 1 << 63 | UInt64(number))
    }

    /// Writes the database `db`: an archive, two segments, a snapshot, and a log that was closed.
    static func write(to system: MemoryFileSystem) throws {
        let db = try Database.create(
            "db", environment(system), logOptions, DatabaseOptions(), schema)
        try db.writeBlocking(as: "golden", label: "people") { tx in
            for number in 1...6 { try insertPerson(number, &tx) }
        }
        for number in 10..<40 { try writeNote(number, db) }
        try db.archiveBlocking()
        try db.writeBlocking(as: "golden", label: "changes", key: "k1", metadata: [1, 2, 3]) { tx in
            try tx.update("notes", id: id(10), ["title": "Änderung", "weight": 0.25])
            try tx.update("notes", id: id(12), ["body": .null, "is_open": false])
            try tx.delete("notes", id: id(11))
            try tx.delete("people", id: id(3))
        }
        try db.snapshotBlocking()
        for number in 45..<50 { try writeNote(number, db, byteCount: 3500) }
        try db.writeBlocking(as: "", label: "last") { tx in
            try tx.delete("people", id: id(6))
        }
        try db.closeBlocking()
    }

    private static func insertPerson(_ number: Int, _ tx: inout Transaction) throws {
        try tx.insert(
            "people", id: id(number),
            ["email": .text("p\(number)@example.com"), "name": .text("Person \(number)")])
    }

    private static func writeNote(_ number: Int, _ db: Database, byteCount: Int = 200) throws {
        try db.writeBlocking(as: "writer \(number % 3)") { tx in
            try tx.insert(
                "notes", id: id(number),
                [
                    "person_id": .uuid(id(1 + number % 6)),
                    "reply_to": number % 4 == 3 ? .uuid(id(number - 1)) : .null,
                    "title": .text("Note \(number)"),
                    "body": .text("On engines, difference and analytical, number \(number)."),
                    "rank": .int64(Int64(number % 9)),
                    "picture": .bytes(
                        (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* number) }),
                ])
        }
    }
}
