import Foundation
import Testing
import Tufa
import TufaStorage

/// Files that earlier versions wrote are read by this one, for ever.
struct GoldenTests {
    @Test(arguments: GoldenFolder.versions)
    func `a database of every version shows what it showed then`(version: String) throws {
        let golden = GoldenFolder(version: version)
        let expected = try golden.expected()
        try golden.withCopy { path in
            let report = try Database.verify(path)
            #expect(report.isOK, "\(report.findings)")
            let replay = try Database.replay(path)
            #expect(expected.last == "state \(replay.stateHash)")
            let db = try Database.openBlocking(path)
            // Terms of an older analyzer are made again; version 1 did not say whose they are.
            let notes = db.recovery.filter { !$0.contains("was built again from the rows") }
            #expect(notes.isEmpty, "\(notes)")
            // The analyzer is still the one of this folder's time.
            #expect(db.recovery.isEmpty == (version >= "v2-english4"))
            #expect(try GoldenFolder.describe(db) == expected)
            #expect(try db.view().search("notes", "analytical", limit: 100).count > 10)
            // It goes on like any other.
            try db.writeBlocking { tx in
                try tx.insert(
                    "people", id: RowID(high: 9, low: 9), ["email": "new", "name": "New"])
            }
            try db.snapshotBlocking()
            try db.archiveBlocking()
            let hash = try db.view().stateHash()
            try db.closeBlocking()
            let after = try Database.verify(path)
            #expect(after.isOK && after.stateHash == hash, "\(after.findings)")
        }
    }

    @Test(arguments: GoldenFolder.versions)
    func `a database of every version is restored to any of its commits`(version: String) throws {
        let golden = GoldenFolder(version: version)
        try golden.withCopy { path in
            for label in ["people", "changes"] {
                let report = try Database.restoreBlocking(
                    path, to: path + "-" + label, upTo: .label(label))
                let source = try Database.openBlocking(path)
                let hash = try source.viewBlocking(asOf: .label(label)).stateHash()
                try source.closeBlocking()
                #expect(report.stateHash == hash)
                let restored = try Database.verify(path + "-" + label)
                #expect(restored.isOK && restored.stateHash == hash, "\(restored.findings)")
            }
        }
    }

    /// A change of the bytes without a new version of the format is found here.
    ///
    /// Archives hold what the installed LZ4 makes of the log, and the manifest a hash of them.
    @Test func `this version writes the newest log and snapshots, byte for byte`() throws {
        let system = MemoryFileSystem()
        try GoldenScript.write(to: system)
        let folder = GoldenFolder(version: GoldenFolder.versions.last ?? "").url.appending(
            path: "db")
        if let target = ProcessInfo.processInfo.environment["TUFA_WRITE_GOLDEN"] {
            try store(system, in: URL(filePath: target))
        }
        var names: [String] = []
        try forEachFile(of: system) { name, bytes in
            names.append(name)
            guard name.hasPrefix("log/") || name.hasPrefix("snapshots/") else { return }
            let golden = try [UInt8](Data(contentsOf: folder.appending(path: name)))
            let difference = zip(golden, bytes).enumerated().first { $1.0 != $1.1 }?.offset
            // Not the arrays themselves: a failure would print all of them.
            let isSame = golden == bytes
            #expect(
                isSame,
                "\(name) differs at byte \(difference ?? min(golden.count, bytes.count))")
        }
        #expect(names.filter { $0.hasPrefix("log/") }.count == 2)
        #expect(names.contains { $0.hasPrefix("archive/") })
        #expect(names.contains { $0.hasPrefix("snapshots/") })
    }

    private func forEachFile(
        of system: MemoryFileSystem, _ body: (String, [UInt8]) throws -> Void
    ) throws {
        for name in try system.list("db") where name != "LOCK" {
            if try system.status(of: "db/" + name)?.isDirectory == true {
                for inner in try system.list("db/" + name) {
                    let path = name + "/" + inner
                    try body(path, system.contents(of: "db/" + path, limit: 1 << 24))
                }
            } else {
                try body(name, system.contents(of: "db/" + name, limit: 1 << 24))
            }
        }
    }

    /// Writes a folder of golden files, for a new version of the format.
    private func store(_ system: MemoryFileSystem, in target: URL) throws {
        let manager = FileManager.default
        try forEachFile(of: system) { name, bytes in
            let url = target.appending(path: "db/" + name)
            try manager.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }
        let db = try Database.openBlocking(
            "db", GoldenScript.environment(system), GoldenScript.logOptions, DatabaseOptions(), [])
        let text = try GoldenFolder.describe(db).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: target.appending(path: "expected.txt"))
        try db.closeBlocking()
    }
}
