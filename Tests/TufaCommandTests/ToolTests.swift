import Foundation
import Testing
import Tufa
import TufaBytes

@testable import TufaCommand

/// Runs the built tool as a user does: exit codes, streams and field names are what scripts see.
struct ToolTests {
    private let folder: ToolFolder
    private let database: String

    init() throws {
        folder = try ToolFolder()
        database = try folder.makeBlog()
    }

    private func importUsers(_ count: Int, _ arguments: [String] = []) throws -> ToolProcess {
        let rows = (1...count).map {
            #"{"id":"\#(testID($0))","email":"u\#($0)@example.com","name":"User \#($0)","age":\#($0)}"#
        }
        return try ToolProcess(
            ["import", database, "users", "-", "--json"] + arguments,
            input: rows.joined(separator: "\n"))
    }

    @Test
    func importsFindsAndPages() throws {
        let done = try importUsers(50, ["--batch", "7"])
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.json["rows"] as? Int == 50)
        #expect(done.json["events"] as? Int == 50)
        #expect(done.json["skipped"] as? Int == 0)
        #expect(done.json["position"] as? Int == 51)
        #expect(done.json["events_per_second"] is NSNumber)

        var ages: [Int] = []
        var cursor: String?
        repeat {
            let page = try ToolProcess(
                ["find", database, "users", "--order", "age:desc", "--limit", "20", "--json"]
                    + (cursor.map { ["--after", $0] } ?? []))
            #expect(page.status == 0, "\(page.errors)")
            ages += page.lines.compactMap { ToolProcess.object($0)["age"] as? Int }
            cursor = ToolProcess.object(page.errors)["next"] as? String
        } while cursor != nil
        #expect(ages == Array((1...50).reversed()))

        let found = try ToolProcess(
            ["find", database, "users", "--where", "email=u7@example.com", "--json"])
        #expect(found.json["id"] as? String == testID(7))
        let explained = try ToolProcess(
            ["find", database, "users", "--where", "email=u7@example.com", "--explain", "--json"])
        #expect(explained.json["index"] as? String == "users_email_key")
        #expect(explained.json["rows_examined"] as? Int == 1)
        let count = try ToolProcess(
            ["count", database, "users", "--where", "age>40", "--json"])
        #expect(count.json["count"] as? Int == 10)
    }

    /// The lock holds between processes, not only within one.
    @Test
    func aDatabaseThatAnotherProcessWritesIsRefusedAtOnce() throws {
        let holder = try Database.openBlocking(database)
        let refused = try importUsers(1)
        #expect(refused.status != 0)
        #expect(refused.error["code"] as? String == "locked")
        #expect(try ToolProcess(["count", database, "users", "--json"]).status == 0)
        try holder.closeBlocking()
        #expect(try importUsers(1).status == 0)
    }

    @Test
    func aBadLineStopsAtACommitBoundary() throws {
        let rows = [
            #"{"email":"a@x","name":"A"}"#, #"{"email":"b@x","name":"B"}"#,
            #"{"email":"c@x","name":"C"}"#, #"{"email":"a@x","name":"again"}"#,
            #"{"email":"d@x","name":1}"#, #"{"email":"e@x","name":"E"}"#,
        ].joined(separator: "\n")
        let stopped = try ToolProcess(
            ["import", database, "users", "-", "--batch", "2", "--json"], input: rows)
        #expect(stopped.status == 1)
        #expect(stopped.error["code"] as? String == "unique_violation")
        #expect((stopped.error["message"] as? String)?.hasPrefix("Line 4: ") == true)
        #expect((stopped.error["advice"] as? String)?.contains("line 3") == true)
        let count = try ToolProcess(["count", database, "users"])
        #expect(count.output == "2\n")

        let skipped = try ToolProcess(
            ["import", database, "users", "-", "--batch", "2", "--skip-bad", "--json"], input: rows)
        #expect(skipped.status == 0, "\(skipped.errors)")
        #expect(skipped.json["rows"] as? Int == 2)
        #expect(skipped.json["skipped"] as? Int == 4)
        #expect(skippedLines(skipped) == [1, 2, 4, 5])
    }

    /// The lines that an import with `--json` says it left out, in its order.
    private func skippedLines(_ run: ToolProcess) -> [Int] {
        run.errors.split(separator: "\n").compactMap { line in
            let row = ToolProcess.object(String(line))["skipped"] as? [String: Any]
            let message = (row?["message"] as? String)?.dropFirst("Line ".count)
            return message.flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }

    @Test(arguments: ["1", "3", "1000"])
    func skippedLinesAreToldInTheOrderOfTheInput(_ batch: String) throws {
        let rows = (1...40).map { line in
            switch line % 4 {
            case 0: #"{"email":"u1@x","name":"taken"}"#
            case 2: #"{"email":7}"#
            default: #"{"email":"u\#(line)@x","name":"A"}"#
            }
        }
        let run = try ToolProcess(
            ["import", database, "users", "-", "--batch", batch, "--skip-bad", "--json"],
            input: rows.joined(separator: "\n"))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.json["rows"] as? Int == 20)
        #expect(run.json["skipped"] as? Int == 20)
        #expect(skippedLines(run) == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
        let last = run.errors.split(separator: "\n").last.map(String.init) ?? ""
        #expect(ToolProcess.object(last)["note"] as? String == "more are skipped and only counted")
    }

    @Test
    func refusedRowsSayWhatIsInAndWhatToDo() throws {
        let bad = #"{"email":"b@x"}"#
        let first = try ToolProcess(["import", database, "users", "-", "--json"], input: bad)
        #expect(
            (first.error["advice"] as? String)?.hasSuffix(
                "Nothing was imported. Mend the row and import again, or leave bad rows out with "
                    + "--skip-bad.") == true, "\(first.errors)")
        // The row was never there, so neither was its identifier.
        #expect(first.error["row"] == nil)
        let put = try ToolProcess(
            ["put", database, "users", "--json"], input: #"{"email":"a@x","name":"A"}"# + "\n" + bad
        )
        #expect(put.error["code"] as? String == "not_null_violation")
        #expect((put.error["advice"] as? String)?.contains("No row was kept") == true)
        let csv = try TestFile("email,name\na@x,A\n", suffix: ".data")
        let mistaken = try ToolProcess(["import", database, "users", csv.path, "--json"])
        #expect((mistaken.error["advice"] as? String)?.contains("--format csv") == true)
        let upper = try TestFile("email,name\na@x,A\n", suffix: ".CSV")
        #expect(try ToolProcess(["import", database, "users", upper.path]).status == 0)
    }

    @Test
    func typesAreNamedAsTheyWereWritten() throws {
        let row = #"{"email":"a@x","name":"A","age":"#
        let wide = try ToolProcess(
            ["put", database, "users", "--json"], input: row + "3000000000}")
        #expect(wide.error["code"] as? String == "type_mismatch")
        #expect(wide.error["fields"] as? [String] == ["age"])
        #expect(
            (wide.error["message"] as? String)?.contains(
                "3000000000 does not fit INTEGER, which holds -2147483648 to 2147483647") == true,
            "\(wide.errors)")
        for run in [
            try ToolProcess(["find", database, "users", "--where", "age=x"]),
            try ToolProcess(["put", database, "users"], input: row + "[1]}"),
            try ToolProcess(["put", database, "users"], input: row + "1e30}"),
        ] {
            #expect(
                run.errors.contains("INTEGER") || run.errors.contains("to 2147483647"),
                "\(run.errors)")
            #expect(!run.errors.contains("int64"), "\(run.errors)")
        }
        let broken = try ToolProcess(["put", database, "users", "--json"], input: row + "0}")
        #expect(broken.error["code"] as? String == "check_violation")
    }

    @Test
    func aTableMayHaveNothingButItsIdentifier() throws {
        let schema = try TestFile("CREATE TABLE t (id UUID PRIMARY KEY)")
        let path = folder.path + "/bare.tufa"
        let made = try ToolProcess(["create", path, "--schema", schema.path])
        #expect(made.status == 0, "\(made.errors)")
        let rows = (1...500).map { #"{"id":"\#(testID($0))"}"# }.joined(separator: "\n")
        let imported = try ToolProcess(["import", path, "t", "-", "--json"], input: rows)
        #expect(imported.json["rows"] as? Int == 500, "\(imported.errors)")
        #expect(try ToolProcess(["delete", path, "t", testID(7)]).status == 0)
        #expect(try ToolProcess(["put", path, "t"], input: #"{"id":"\#(testID(8))"}"#).status == 0)
        #expect(try ToolProcess(["get", path, "t", testID(9), "--json"]).json.count == 1)
        let hash = try ToolProcess(["info", path, "--json"]).json["state_hash"] as? String
        #expect(try ToolProcess(["snapshot", path]).status == 0)
        #expect(try ToolProcess(["archive", path]).status == 0)
        #expect(try ToolProcess(["count", path, "t"]).output == "499\n")
        let history = try ToolProcess(["history", path, "t", testID(7), "--json"])
        #expect(history.lines.count == 2, "\(history.errors)")
        let verified = try ToolProcess(["verify", path, "--json"])
        #expect(verified.json["ok"] as? Bool == true, "\(verified.output)")
        let replay = try ToolProcess(["replay", path, "--json"])
        #expect(hash != nil && replay.json["state_hash"] as? String == hash)
        for format in ["jsonl", "csv", "tsv"] {
            let exported = try ToolProcess(["export", path, "t", "--format", format])
            let copy = folder.path + "/bare-\(format).tufa"
            #expect(try ToolProcess(["create", copy, "--schema", schema.path]).status == 0)
            let back = try ToolProcess(
                ["import", copy, "t", "-", "--format", format], input: exported.output)
            #expect(back.status == 0, "\(back.errors)")
            #expect(
                try ToolProcess(["info", copy, "--json"]).json["state_hash"] as? String == hash)
        }
    }

    @Test
    func aSearchCountsHighlightsAndPages() throws {
        let user = try ToolProcess(
            ["put", database, "users"],
            input: #"{"id":"\#(testID(1))","email":"a@b.c","name":"A","age":1}"#)
        #expect(user.status == 0, "\(user.errors)")
        let rows = (2..<8).map { number in
            let title = number == 7 ? "A <b>loom</b>" : "Engine number \(number) & its loom"
            return #"{"id":"\#(testID(number))","user_id":"\#(testID(1))","title":"\#(title)"}"#
        }
        _ = try ToolProcess(["put", database, "posts"], input: rows.joined(separator: "\n"))

        let first = try ToolProcess([
            "search", database, "posts", "looms", "--limit", "4", "--json", "--count", "--facet",
            "user_id", "--highlight", "title",
        ])
        #expect(first.lines.count == 4)
        let snippets = first.lines.map { ToolProcess.object($0)["snippets"] as? [String: String] }
        #expect(snippets.first??["title"] == "A &lt;b&gt;<mark>loom</mark>&lt;/b&gt;")
        let summary = ToolProcess.object(first.errors)
        #expect(summary["total"] as? Int == 6)
        let facet = (summary["facets"] as? [[String: Any]])?.first
        #expect(facet?["field"] as? String == "user_id")
        #expect((facet?["counts"] as? [[String: Any]])?.first?["rows"] as? Int == 6)
        let next = try #require(summary["next"] as? String)
        let rest = try ToolProcess([
            "search", database, "posts", "looms", "--limit", "4", "--json", "--after", next,
        ])
        #expect(rest.lines.count == 2 && rest.errors.isEmpty)
        let ids = (first.lines + rest.lines).map { ToolProcess.object($0)["id"] as? String }
        #expect(Set(ids).count == 6)

        let strict = try ToolProcess([
            "search", database, "posts", "title:engin~ AND NOT 3", "--strict", "--order", "title",
        ])
        #expect(strict.lines.count == 5 && strict.output.contains("number 2"))
        let explained = try ToolProcess([
            "search", database, "posts", "engine loom", "--explain", "--json", "--where",
            "user_id=\(testID(1))",
        ])
        #expect(explained.json["query"] as? String == "'engin' & 'loom'")
        #expect(explained.json["filter"] is String && explained.json["terms"] as? Int == 2)
        let like = try ToolProcess(["search", database, "posts", testID(2), "--like", "--json"])
        #expect(like.lines.count == 5)
        let misspelt = try ToolProcess(["search", database, "posts", "engne"])
        #expect(misspelt.errors.contains("did you mean engine?"), "\(misspelt.errors)")
    }

    @Test(arguments: [
        ("", "no word"), ("?!", "no word"), ("the of", "too common"), ("-engine", "only excludes"),
        ("NOT engine", "-word"),
    ])
    func aSearchThatFindsNothingSaysWhy(_ text: String, _ why: String) throws {
        let run = try ToolProcess(["search", database, "posts", "--json", "--", text])
        #expect(run.status == 0)
        #expect(run.output.isEmpty)
        let note = ToolProcess.object(run.errors)["note"] as? String
        #expect(note?.contains(why) == true, "\(run.errors)")
        let plain = try ToolProcess(["search", database, "posts", "engine", "--json"])
        #expect(plain.errors.isEmpty)
    }

    @Test
    func filesAreNamedByTheirPath() throws {
        #expect(Failure.path(of: "rows.jsonl", in: "d") == "rows.jsonl")
        #expect(Failure.path(of: "log/rows.jsonl", in: "d") == "log/rows.jsonl")
        #expect(Failure.path(of: "LOCK", in: "d/") == "d/LOCK")
        #expect(Failure.path(of: "log", in: "a/d") == "a/d/log")
        #expect(
            Failure.path(of: "log/00000000000000000001.log", in: "d")
                == "d/log/00000000000000000001.log")
        try FileManager.default.removeItem(atPath: database + "/MANIFEST")
        let run = try ToolProcess(["count", database, "users", "--json"])
        #expect(run.error["file"] as? String == database + "/MANIFEST")
    }

    @Test
    func aNewerFormatIsSaidToComeFromANewerTufa() {
        let error = Failure.named(
            DatabaseError(
                .newerFormat, "This is a manifest of format 2.", file: "MANIFEST",
                advice: "Open it with a newer version."),
            in: "d")
        #expect(error.message.contains("newer version of Tufa than this one, 0.1.0"))
        #expect(error.message.contains("format 2"))
        #expect(error.advice == "Open it with a newer version. Nothing was changed.")
    }

    @Test
    func putsDeletesAndShowsHistory() throws {
        let put = try ToolProcess(
            ["put", database, "users", "--as", "ada", "--label", "first", "--json"],
            input: #"{"id":"\#(testID(1))","email":"a@x","name":"A"}"#)
        #expect(put.status == 0, "\(put.errors)")
        #expect(put.json["ids"] as? [String] == [testID(1)])
        let update = try ToolProcess(
            ["put", database, "users"], input: #"{"id":"\#(testID(1))","name":"B"}"#)
        #expect(update.status == 0, "\(update.errors)")
        let post = try ToolProcess(
            ["put", database, "posts"],
            input: #"{"id":"\#(testID(2))","user_id":"\#(testID(1))","title":"Running engines"}"#)
        #expect(post.status == 0, "\(post.errors)")

        let hit = try ToolProcess(["search", database, "posts", "engine run", "--json"])
        #expect(hit.json["id"] as? String == testID(2))
        #expect(hit.json["score"] is NSNumber)
        let then = try ToolProcess(
            ["get", database, "users", testID(1), "--at", "first", "--json"])
        #expect(then.json["name"] as? String == "A")
        #expect(then.json["age"] is NSNull)

        let deleted = try ToolProcess(["delete", database, "users", testID(1), "--json"])
        #expect(deleted.json["events"] as? Int == 2)
        let history = try ToolProcess(["history", database, "users", testID(1), "--json"])
        let kinds = history.lines.map { ToolProcess.object($0)["kind"] as? String }
        #expect(kinds == ["create", "update", "delete"])
        let log = try ToolProcess(["log", database, "--table", "posts", "--json"])
        #expect(log.lines.count == 2)
        let gone = try ToolProcess(["get", database, "users", testID(1), "--json"])
        #expect(gone.status == 1)
        #expect(gone.error["code"] as? String == "row_not_found")
    }

    @Test
    func aLabelThatIsANumberIsFound() throws {
        let put = try ToolProcess(
            ["put", database, "users", "--label", "12"], input: #"{"email":"a@x","name":"A"}"#)
        #expect(put.status == 0, "\(put.errors)")
        #expect(try importUsers(3).status == 0)
        let then = try ToolProcess(["count", database, "users", "--at", "label:12"])
        #expect(then.output == "1\n", "\(then.errors)")
        let refused = try ToolProcess(["find", database, "users", "--limit", "-3"])
        #expect(refused.errors.contains("must be a positive number"))
    }

    @Test
    func keepsAndRestores() throws {
        #expect(try importUsers(30).status == 0)
        let before = try ToolProcess(["info", database, "--json"])
        let hash = try #require(before.json["state_hash"] as? String)
        #expect(
            try ToolProcess(["put", database, "users"], input: #"{"email":"z@x","name":"Z"}"#)
                .status == 0)
        #expect(try ToolProcess(["snapshot", database, "--json"]).json["file"] is String)
        #expect(try ToolProcess(["archive", database, "--json"]).json["files"] is [Any])

        let copy = folder.path + "/copy.tufa"
        let restore = ["restore", database, "--into", copy, "--position", "31", "--json"]
        let plan = try ToolProcess(restore + ["--dry-run"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(!FileManager.default.fileExists(atPath: copy))
        let restored = try ToolProcess(restore)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.json["state_hash"] as? String == hash)
        let replay = try ToolProcess(["replay", copy, "--json"])
        #expect(replay.json["state_hash"] as? String == hash)
        #expect(replay.json["events"] as? Int == 31)
        let verified = try ToolProcess(["verify", copy, "--json"])
        #expect(verified.status == 0)
        #expect(verified.json["ok"] as? Bool == true)
        #expect(try ToolProcess(restore).error["code"] as? String == "already_exists")
    }

    @Test(arguments: ["jsonl", "csv", "tsv"])
    func whatIsExportedReadsBack(_ format: String) throws {
        let rows = [
            #"{"email":"a@x","name":"tab\tquote\"comma,line\nback\\slash","age":null}"#,
            #"{"email":"b@x","name":"","age":5}"#, #"{"email":"c@x","name":"\\N","age":6}"#,
        ].joined(separator: "\n")
        #expect(try ToolProcess(["put", database, "users"], input: rows).status == 0)
        let exported = try ToolProcess(["export", database, "users", "--format", format])
        let other = try ToolFolder()
        let copy = try other.makeBlog()
        let imported = try ToolProcess(
            ["import", copy, "users", "-", "--format", format], input: exported.output)
        #expect(imported.status == 0, "\(imported.errors)")
        let hashes = try [database, copy].map {
            try ToolProcess(["info", $0, "--json"]).json["state_hash"] as? String
        }
        #expect(hashes[0] != nil && hashes[0] == hashes[1])
    }

    @Test
    func damageIsFound() throws {
        #expect(try importUsers(200).status == 0)
        let logs = try FileManager.default.contentsOfDirectory(atPath: database + "/log").sorted()
        let log = database + "/log/" + (try #require(logs.first))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: log))
        let place = try #require(bytes.range(of: Data("u3@example.com".utf8)))
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: URL(fileURLWithPath: log))
        let verified = try ToolProcess(["verify", database, "--json"])
        #expect(verified.status == 1)
        #expect(verified.json["ok"] as? Bool == false)
        #expect((verified.json["findings"] as? [Any])?.isEmpty == false)
    }

    @Test(arguments: [
        (["frobnicate"], 2, "usage"), (["find"], 2, "usage"),
        (["find", "DB", "users", "--limit", "0"], 2, "usage"),
        (["find", "DB", "users", "--limit", "-3"], 2, "usage"),
        (["find", "DB", "users", "--all", "--limit", "2"], 2, "usage"),
        (["search", "DB", "posts", "x", "--limit", "-3"], 2, "usage"),
        (["restore", "DB", "--into", "x"], 2, "usage"),
        (["count", "DB", "usres"], 1, "unknown_table"),
        (["find", "DB", "users", "--where", "emial=x"], 1, "unknown_field"),
        (["find", "DB", "users", "--after", "nonsense"], 1, "invalid_cursor"),
        (["find", "DB", "users", "--explain", "--after", "xx"], 1, "invalid_cursor"),
        (["get", "DB", "users", "7"], 1, "type_mismatch"),
        (["count", "DB", "users", "--at", "position:x"], 1, "type_mismatch"),
        (["count", "DB", "users", "--at", "no such label"], 1, "no_such_moment"),
        (["search", "DB", "users", "x"], 1, "unsupported"),
        (["search", "DB", "posts", "(x", "--strict"], 1, "syntax"),
        (["search", "DB", "posts", "body:x", "--strict"], 1, "unknown_field"),
        (["search", "DB", "posts", "x", "--facet", "nope"], 1, "unknown_field"),
        (["search", "DB", "posts", "x", "--facet", "title:day"], 1, "type_mismatch"),
        (["search", "DB", "posts", "x", "--highlight", "user_id"], 1, "unsupported"),
        (["search", "DB", "posts", "x", "--like"], 1, "type_mismatch"),
        (["search", "DB", "posts", "x", "--like", "--strict"], 2, "usage"),
        (["search", "DB", "posts", "x", "--after", "x"], 1, "invalid_cursor"),
        (["info", "/nowhere/at/all"], 1, "not_a_database"),
        (["info", "/"], 1, "not_a_database"),
        (["import", "DB", "users", "/nowhere/rows"], 1, "io"),
        (["create", "DB", "--schema", "/nowhere/x.sql"], 1, "io"),
        (["create", "/nowhere/at/all", "--schema", "SCHEMA"], 1, "io"),
        (["create", "/proc/tufa", "--schema", "SCHEMA"], 1, "io"),
        (["demo", "/"], 1, "io"),
    ])
    func refuses(_ arguments: [String], _ status: Int32, _ code: String) throws {
        let schema = try TestFile("CREATE TABLE t (id UUID PRIMARY KEY)")
        let run = try ToolProcess(
            arguments.map { $0 == "DB" ? database : $0 == "SCHEMA" ? schema.path : $0 }
                + ["--json"])
        #expect(run.status == status, "\(run.errors)")
        #expect(run.error["code"] as? String == code, "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test
    func theDemoProvesItself() throws {
        let demo = try ToolProcess(["demo", folder.path + "/repository", "--json"])
        #expect(demo.status == 1)
        let repository = try makeRepository()
        let proved = try ToolProcess(["demo", repository, "--json"])
        #expect(proved.status == 0, "\(proved.errors)")
        #expect(proved.json["ok"] as? Bool == true)
        #expect((proved.json["steps"] as? [Any])?.count == 11)
    }

    /// A repository with two authors under one address and an empty message.
    private func makeRepository() throws -> String {
        let path = folder.path + "/repository"
        for arguments in [
            ["init", "-q", path],
            ["-C", path, "commit", "-q", "--allow-empty", "-m", "Begin the engine"],
            ["-C", path, "commit", "-q", "--allow-empty", "--allow-empty-message", "-m", ""],
            ["-C", path, "commit", "-q", "--allow-empty", "-m", "Third\n\nWith a body, \u{2713}"],
        ] {
            let git = Process()
            git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            git.arguments = ["git"] + arguments
            let name = arguments.last == "" ? "Second Name" : "First Name"
            git.environment = ProcessInfo.processInfo.environment.merging([
                "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": "a@example.com",
                "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": "a@example.com",
                "GIT_CONFIG_GLOBAL": "/dev/null",
            ]) { $1 }
            try git.run()
            git.waitUntilExit()
            #expect(git.terminationStatus == 0)
        }
        return path
    }
}
