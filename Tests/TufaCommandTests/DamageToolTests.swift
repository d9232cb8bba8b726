import Foundation
import Testing

/// What the tool offers when a file of the database is damaged or foreign.
struct DamageToolTests {
    private let folder: ToolFolder
    private let database: String

    /// An archive and a snapshot up to position 11, and 12 to 21 in the log, closed.
    init() throws {
        folder = try ToolFolder()
        database = try folder.makeBlog()
        try add(1...10, "first")
        for verb in ["snapshot", "archive"] {
            #expect(try ToolProcess([verb, database]).status == 0)
        }
        try add(11...20, "second")
    }

    private func add(_ numbers: ClosedRange<Int>, _ label: String) throws {
        let rows = numbers.map {
            #"{"id":"\#(testID($0))","email":"u\#($0)@example.com","name":"User \#($0)"}"#
        }
        let done = try ToolProcess(
            ["import", database, "users", "-", "--label", label],
            input: rows.joined(separator: "\n"))
        #expect(done.status == 0, "\(done.errors)")
    }

    private func names(_ inner: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: database + "/" + inner).sorted()
    }

    private func flip(_ name: String, at offset: Int) throws {
        let url = URL(fileURLWithPath: database + "/" + name)
        var bytes = try Data(contentsOf: url)
        bytes[offset] ^= 0x40
        try bytes.write(to: url)
    }

    private func damageLog() throws {
        try flip("log/" + (try #require(names("log").last)), at: 4096 + 100)
    }

    @Test
    func whatLiesBeforeDamageIsReadAndRestored() throws {
        try damageLog()
        let refused = try ToolProcess(["count", database, "users", "--json"])
        #expect(refused.status == 1 && refused.error["code"] as? String == "damaged")
        #expect((refused.error["advice"] as? String)?.contains("--up-to-damage") == true)

        for arguments in [
            ["count", database, "users"], ["count", database, "users", "--at", "11"],
            ["log", database, "--to", "5"], ["export", database, "users"],
            ["get", database, "users", testID(3)], ["find", database, "users"],
            ["history", database, "users", testID(3)], ["info", database],
            ["search", database, "posts", "word"],
        ] {
            let done = try ToolProcess(arguments + ["--up-to-damage"])
            #expect(done.status == 0, "\(arguments): \(done.errors)")
            #expect(done.errors.contains("as of position 11"), "\(arguments)")
        }
        let count = try ToolProcess(["count", database, "users", "--up-to-damage"])
        #expect(count.output == "10\n")
        for verb in ["snapshot", "archive"] {
            #expect(try ToolProcess([verb, database, "--up-to-damage"]).status == 2)
        }

        let copy = folder.path + "/copy"
        let dry = try ToolProcess(
            ["restore", database, "--into", copy, "--position", "11", "--dry-run"])
        #expect(dry.status == 0, "\(dry.errors)")
        let late = try ToolProcess(
            ["restore", database, "--into", copy, "--position", "12", "--json"])
        #expect(late.status == 1 && late.error["code"] as? String == "damaged")
        let done = try ToolProcess(
            ["restore", database, "--into", copy, "--label", "first", "--up-to-damage"])
        #expect(done.status == 0, "\(done.errors)")
        #expect(try ToolProcess(["count", copy, "users"]).output == "10\n")
    }

    @Test
    func everyReaderTellsOfABadSnapshot() throws {
        let name = "snapshots/" + (try #require(names("snapshots").last))
        try flip(name, at: 16384 + 10)
        for arguments in [
            ["count", database, "users"], ["get", database, "users", testID(3)],
            ["find", database, "users"], ["export", database, "users"],
            ["search", database, "posts", "word"], ["history", database, "users", testID(3)],
            ["log", database, "--to", "5"], ["info", database],
        ] {
            let done = try ToolProcess(arguments)
            #expect(done.status == 0, "\(done.errors)")
            let lines = done.errors.split(separator: "\n").filter { $0.contains(name) }
            #expect(lines.count == 1, "\(arguments): \(done.errors)")
        }
        let report = try ToolProcess(["verify", database, "--json"])
        #expect(report.status == 0 && report.json["ok"] as? Bool == true)
        #expect((report.json["findings"] as? [[String: Any]])?.first?["harmless"] as? Bool == true)
        #expect((report.json["not_checked"] as? [String])?.count == 1)
    }

    @Test
    func verifyOfAFolderWithoutItsManifestIsAReport() throws {
        try FileManager.default.removeItem(atPath: database + "/MANIFEST")
        let report = try ToolProcess(["verify", database, "--json"])
        #expect(report.status == 1 && report.json["ok"] as? Bool == false)
        #expect((report.json["not_checked"] as? [String])?.isEmpty == false)
    }

    @Test
    func aDeepCheckIsAskedFor() throws {
        let usual = try ToolProcess(["verify", database, "--json"])
        let deep = try ToolProcess(["verify", database, "--deep", "--json"])
        #expect(deep.status == 0 && deep.json["ok"] as? Bool == true)
        #expect(deep.json["state_hash"] as? String == usual.json["state_hash"] as? String)
        #expect((deep.json["not_checked"] as? [String]) == [])
    }

    @Test
    func aRepairIsPlannedAndApplied() throws {
        for arguments in [["repair", database], ["repair", database, "--plan", "--apply"]] {
            #expect(try ToolProcess(arguments).status == 2)
        }
        let name = "snapshots/" + (try #require(names("snapshots").last))
        try flip(name, at: 16384 + 10)
        let plan = try ToolProcess(["repair", database, "--plan", "--json"])
        #expect(plan.status == 0 && plan.json["applied"] as? Bool == false)
        let step = try #require((plan.json["steps"] as? [[String: Any]])?.first)
        #expect(step["kind"] as? String == "bad_snapshot" && step["copy"] == nil)
        #expect(step["file"] as? String == database + "/" + name)
        #expect(try names("snapshots").count == 1)

        let done = try ToolProcess(["repair", database, "--apply"])
        #expect(done.status == 0 && done.output.contains("It is kept in"), "\(done.output)")
        #expect(try names("snapshots").isEmpty && names("quarantine").count == 1)
        #expect(try ToolProcess(["verify", database]).status == 0)

        try damageLog()
        let rest = try ToolProcess(["repair", database, "--apply", "--json"])
        #expect(rest.status == 1 && rest.json["ok"] as? Bool == false)
        #expect((rest.json["steps"] as? [Any])?.isEmpty == true)
        let unmended = try #require((rest.json["unmended"] as? [[String: Any]])?.first)
        #expect((unmended["advice"] as? String)?.contains("--up-to-damage") == true)
    }

    @Test
    func whatIsLeftIsSalvaged() throws {
        let usual = try ToolProcess(["verify", database, "--json"])
        let copy = folder.path + "/saved"
        let whole = try ToolProcess(["salvage", database, "--into", copy, "--json"])
        #expect(whole.status == 0 && whole.json["ok"] as? Bool == true, "\(whole.errors)")
        #expect(whole.json["state_hash"] as? String == usual.json["state_hash"] as? String)
        let report = copy + ".salvage.jsonl"
        #expect(!FileManager.default.fileExists(atPath: report))
        let again = try ToolProcess(["salvage", database, "--into", copy, "--json"])
        #expect(again.status == 1 && again.error["code"] as? String == "already_exists")
        #expect(!FileManager.default.fileExists(atPath: report))

        try damageLog()
        let other = folder.path + "/other"
        let file = folder.path + "/missing.jsonl"
        let done = try ToolProcess(
            ["salvage", database, "--into", other, "--report", file, "--json"])
        #expect(done.status == 1 && done.json["ok"] as? Bool == false)
        let gap = try #require((done.json["gaps"] as? [[String: Any]])?.first)
        #expect(gap["first"] as? Int == 12 && gap["last"] as? Int == 21)
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 1)
        #expect(ToolProcess.object(String(lines[0]))["kind"] as? String == "gap")
        #expect(try ToolProcess(["count", other, "users"]).output == "10\n")
        #expect(try ToolProcess(["verify", other, "--deep"]).status == 0)
        let third = folder.path + "/third"
        let taken = try ToolProcess(["salvage", database, "--into", third, "--report", file])
        #expect(taken.status == 1 && !FileManager.default.fileExists(atPath: third))
    }

    @Test
    func aRestoreIntoTheDatabaseItselfIsRefused() throws {
        let done = try ToolProcess(
            ["restore", database, "--into", database + "/sub", "--position", "5", "--json"])
        #expect(done.status == 1 && done.error["code"] as? String == "already_exists")
        #expect(try !names("").contains("sub"))
    }

    @Test
    func aForeignSnapshotIsNamed() throws {
        let other = try ToolFolder()
        let stranger = try other.makeBlog()
        #expect(try ToolProcess(["snapshot", stranger]).status == 0)
        let inner = try #require(
            FileManager.default.contentsOfDirectory(atPath: stranger + "/snapshots").first)
        let name = "snapshots/00000000000001000001.snap"
        try FileManager.default.copyItem(
            atPath: stranger + "/snapshots/" + inner, toPath: database + "/" + name)
        let done = try ToolProcess(["count", database, "users", "--json"])
        #expect(done.error["code"] as? String == "foreign_file")
        #expect((done.error["file"] as? String)?.hasSuffix(name) == true)
    }

    /// Verify goes on behind a file that cannot be read, and names each thing once, with its path.
    @Test
    func aFolderInPlaceOfAFileIsAFindingLikeOthers() throws {
        let name = "archive/" + (try #require(names("archive").last))
        try FileManager.default.removeItem(atPath: database + "/" + name)
        try FileManager.default.createDirectory(
            atPath: database + "/" + name, withIntermediateDirectories: false)
        try Data("x".utf8).write(to: URL(fileURLWithPath: database + "/log/readme.txt"))
        for arguments in [["verify"], ["verify", "--deep"], ["repair", "--plan"]] {
            let done = try ToolProcess(arguments + [database, "--json"])
            #expect(done.status == 1 && done.json["ok"] as? Bool == false, "\(done.errors)")
            let lists = ["findings", "steps", "unmended"].flatMap {
                done.json[$0] as? [[String: Any]] ?? []
            }
            let files = lists.compactMap { $0["file"] as? String }.sorted()
            #expect(files == [name, "log/readme.txt"].map { database + "/" + $0 })
        }
    }

    /// A seal ends a segment; whether another one followed is told by the manifest alone.
    @Test
    func aSalvageWithoutAManifestSaysThatItsEndIsUnknown() throws {
        try FileManager.default.removeItem(atPath: database + "/MANIFEST")
        let target = folder.path + "/saved"
        let done = try ToolProcess(["salvage", database, "--into", target, "--json"])
        #expect(done.status == 1 && done.json["ok"] as? Bool == false, "\(done.errors)")
        #expect(done.json["end_known"] as? Bool == false)
        #expect((done.json["gaps"] as? [Any])?.isEmpty == true)
        let report = try String(contentsOfFile: target + ".salvage.jsonl", encoding: .utf8)
        #expect(ToolProcess.object(report)["kind"] as? String == "unknown_end")

        let file = folder.path + "/f"
        try Data().write(to: URL(fileURLWithPath: file))
        let refused = try ToolProcess(["salvage", database, "--into", file])
        #expect(refused.status == 1 && refused.errors.contains("this is a file. (\(file))"))
    }
}
