import Testing
import Tufa
import TufaSimulation
import TufaStorage
import TufaTesting

/// Writers of every kind, readers with short and long views, snapshots and archives, all at once.
///
/// Run under ThreadSanitizer it shows races; see `Docs/Testing.md`.
@Suite(.timeLimit(.minutes(10)))
struct ConcurrencyTests {
    struct Wrong: Error { let what: String }

    private static let logOptions = LogOptions(
        segmentByteCount: 1 << 18, worksInBackground: true)

    private func open(_ world: InMemoryWorld) throws -> Database {
        try Database.openBlocking(
            "db", world.environment, Self.logOptions, .quiet, Library.types)
    }

    @Test func `everything at once, and every view stays what it was`() async throws {
        let world = InMemoryWorld()
        let db = try open(world)
        let threads = Threads(for: .milliseconds(1500 + Settings.soakMinutes * 60_000))
        for writer in 0..<2 {
            threads.start("blocking writer") { round in
                try db.writeBlocking(durability: durability(round)) { tx in
                    try step(&tx, writer, round)
                }
            }
        }
        for _ in 0..<2 { threads.start("short reader") { try readShortly(db, $0) } }
        threads.start("long reader") { _ in try readLong(db) }
        threads.start("maintenance") { round in
            if round % 2 == 0 { try db.snapshotBlocking() } else { try db.archiveBlocking() }
        }
        threads.start("historian") { _ in
            let position = max(1, db.view().position / 2)
            try check(db.viewBlocking(asOf: .position(position)))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 2..<5 {
                group.addTask { try await writeAsynchronously(db, writer, threads) }
            }
            try await group.waitForAll()
        }
        await threads.finish()
        try check(db.view())
        let hash = try db.view().stateHash()
        try await db.close()
        let again = try open(world)
        #expect(try again.view().stateHash() == hash)
        try again.closeBlocking()
        let report = try Database.verify("db", world.environment, Self.logOptions)
        #expect(report.isOK && report.stateHash == hash, "\(report.findings)")
    }

    private func durability(_ round: Int) -> Durability {
        round % 3 == 0 ? .buffered(within: .milliseconds(2)) : .durable
    }

    private func writeAsynchronously(
        _ db: Database, _ writer: Int, _ threads: Threads
    ) async throws {
        var round = 0
        // At least once: a busy machine may start a task after the time is over.
        repeat {
            let current = round
            try await db.write(durability: durability(round)) { tx in
                try step(&tx, writer, current)
            }
            round += 1
        } while !threads.isOver
        threads.note("asynchronous writer", round)
    }

    /// Two articles an author, so that a view that sees part of a commit is found out.
    private func step(_ tx: inout Transaction, _ writer: Int, _ round: Int) throws {
        let base = 1000 + writer * 10_000_000 + round * 3
        try tx.insert(Library.author(base))
        try tx.insert(Library.article(base + 1, by: base, bytes: 100))
        try tx.insert(Library.article(base + 2, by: base, bytes: 300))
        if round >= 4 {
            try tx.update(Article.ID(Library.id(base - 11))) { $0.body = "difference \(round)" }
        }
        if round >= 12 { try tx.delete(Author.ID(Library.id(base - 36))) }
    }

    private func check(_ view: View) throws {
        let (authors, articles) = (try view.count(Author.self), try view.count(Article.self))
        guard articles == authors * 2 else {
            throw Wrong(what: "\(authors) authors have \(articles) articles at \(view.position)")
        }
    }

    /// Asks single questions of a row that may be another now, or gone.
    private func ask(_ db: Database, _ author: Author, _ round: Int) throws {
        let found = try db.find(Author.self, by: Author.columns.email, author.email)
        guard found == nil || found?.email == author.email else {
            throw Wrong(what: "\(String(describing: found)) under \(author.email)")
        }
        let email = try db.withRow(author.id) { row in
            let before = row.email
            if round % 16 == 0 {
                try db.writeBlocking { tx in
                    guard try tx.find(author.id) != nil else { return }
                    try tx.update(author.id) { $0.name += "'" }
                }
            }
            guard row.id == author.id, row.email == before else {
                throw Wrong(what: "\(row.email) was \(before)")
            }
            return before
        }
        guard email == nil || email?.contains("@") == true else {
            throw Wrong(what: "the address \(email ?? "")")
        }
    }

    private func readShortly(_ db: Database, _ round: Int) throws {
        let view = db.view()
        try check(view)
        let newest = try view.page(Author.all.order { $0.createdAt.descending }, size: 5).rows
        for author in newest {
            let own = try view.fetch(Article.where { $0.authorID == author.id })
            guard own.count == 2 else { throw Wrong(what: "\(own.count) articles of \(author)") }
            let same = try view.first(Author.where { $0.email == author.email })
            guard same?.id == author.id else { throw Wrong(what: "no \(author.email)") }
            try ask(db, author, round)
        }
        for hit in try view.search(Article.self, "engine", limit: 20) {
            guard hit.row.body?.contains("engine") == true else {
                throw Wrong(what: "\(hit.row) has no engine")
            }
        }
        guard
            try view.search(Article.self, "title", limit: 1_000_000).count
                == view.count(Article.self)
        else { throw Wrong(what: "a search for all does not find all") }
    }

    private func readLong(_ db: Database) throws {
        let view = db.view()
        let before = (
            try view.stateHash(),
            try view.search(Article.self, "difference", limit: 50).map(\.row.id)
        )
        for _ in 0..<20 { try check(db.view()) }
        let after = (
            try view.stateHash(),
            try view.search(Article.self, "difference", limit: 50).map(\.row.id)
        )
        guard before == after else { throw Wrong(what: "the view at \(view.position) changed") }
        try check(view)
    }
}
