import Testing
import Tufa
import TufaStorage

/// A database with the stems of a German text index, as builds with the package trait `Snowball`
/// write it, is opened by builds with the trait and by those without.
///
/// The libstemmer of its snapshot called itself "build 00", so that every other one is another.
/// There are three notes: "Die Häuser", "Ein Haus am See", "Der Baum".
struct SnowballGoldenTests {
    private let golden = GoldenFolder(version: "snowball")
    private let baum = RowID(high: 1, low: 2)

    #if Snowball
        @Test func `stems of another libstemmer are made again, once`() throws {
            try golden.withCopy { path in
                for isFirst in [true, false] {
                    let db = try Database.openBlocking(path)
                    let notes = db.recovery.filter {
                        $0.contains("made by another version of the analyzer german")
                    }
                    #expect(notes.count == (isFirst ? 1 : 0) && db.recovery == notes)
                    #expect(try db.view().search("notes", "haus").count == 2)
                    #expect(try db.view().search("notes", "die").count == 1)
                    if isFirst {
                        try db.writeBlocking { try $0.update("notes", id: baum, ["text": "Bäume"]) }
                        try db.snapshotBlocking()
                    }
                    #expect(try db.view().search("notes", "baum").count == 1)
                    try db.closeBlocking()
                }
                let report = try Database.verify(path)
                #expect(report.isOK && report.notChecked.isEmpty, "\(report.findings)")
            }
        }
    #else
        @Test func `a build without the trait says so, and does everything else`() throws {
            try golden.withCopy { path in
                let db = try Database.openBlocking(path)
                #expect(db.recovery.count == 1)
                let note = db.recovery.first ?? ""
                #expect(note.contains("words of notes") && note.contains("analyzer german"))
                #expect(note.contains("--traits Snowball"))
                let refused: [() throws -> Void] = [
                    { _ = try db.view().search("notes", "haus") },
                    { try db.writeBlocking { try $0.insert("notes", ["text": "Ein Hut"]) } },
                    { try db.writeBlocking { try $0.update("notes", id: baum, ["text": "x"]) } },
                ]
                for attempt in refused {
                    let error = #expect(throws: DatabaseError.self) { try attempt() }
                    #expect(error?.code == .unsupported && error?.table == "notes")
                    #expect(error?.rule == "words" && error?.message.contains("'german'") == true)
                    #expect(error?.advice?.contains("--traits Snowball") == true)
                }
                try db.writeBlocking { try $0.update("notes", id: baum, ["n": 7]) }
                #expect(try db.view().find("notes", baum)?["n"] == 7)
                try db.writeBlocking { try $0.delete("notes", id: baum) }
                try db.snapshotBlocking()
                try db.closeBlocking()
                let report = try Database.verify(path)
                #expect(report.isOK && report.notChecked.count == 1, "\(report.findings)")
            }
        }
    #endif
}
