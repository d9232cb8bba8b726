import Testing
import Tufa
import TufaSimulation
import TufaTesting

struct ViewBudgetTests {
    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? DatabaseError)?.code.name ?? "\(error)"
        }
    }

    @Test func `views past the budget give way, the oldest first, and say so`() throws {
        var options = DatabaseOptions.quiet
        options.retainedByteBudget = 300_000
        let db = try InMemoryWorld().open("db", options, Library.types)
        try db.writeBlocking { tx in
            try tx.insert(Library.author(1))
            for number in 10..<20 { try tx.insert(Library.article(number, by: 1, bytes: 4000)) }
        }
        let views = (0..<3).map { _ in db.view() }
        let hash = try views[0].stateHash()
        var refusals = 0
        for round in 0..<40 {
            try db.writeBlocking { tx in
                for number in 10..<20 {
                    try tx.update(Article.ID(Library.id(number))) { $0.notes += "\(round)" }
                }
            }
            let codes = views.map { view in
                code { _ = try #require(try view.stateHash() == hash ? hash : nil) }
            }
            // All views of one group pin the same, so they go together.
            #expect(Set(codes).count == 1)
            if codes[0] != nil {
                #expect(codes[0] == "view_expired")
                refusals += 1
            }
        }
        #expect(refusals > 20 && refusals < 40)
        #expect(code { _ = try views[0].count(Article.self) } == "view_expired")
        #expect(code { _ = try views[1].search(Article.self, "title") } == "view_expired")
        // A new view is as good as ever.
        #expect(try db.view().count(Article.self) == 10)
    }
}
