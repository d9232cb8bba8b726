import Testing
import Tufa
import TufaModel
import TufaTesting

/// Searches inside a transaction, held against searches of views.
struct TransactionSearchTests {
    private struct Abandoned: Error {}

    /// What is asked, of a view or inside a transaction.
    private struct Question {
        var search: Search<Note>
        var word: String
    }

    /// All that is told.
    private struct Answer: Equatable {
        struct Hit: Equatable {
            var id: RowID
            var score: Double
            var snippets: [Snippet]
        }

        var hits: [Hit]
        var next: String?
        var total: Int?
        var facets: [Facet]
        var suggestions: [SearchSuggestion]
        var explanation = ""

        init(
            _ results: SearchResults<Note>, _ suggestions: [SearchSuggestion], _ explanation: String
        ) {
            hits = results.hits.map {
                Hit(id: $0.row.id.rowID, score: $0.score, snippets: $0.snippets)
            }
            next = results.next
            total = results.total
            facets = results.facets
            self.suggestions = suggestions
            self.explanation = explanation
        }

        /// What does not depend on the order in which rows were made, nor on how it was found out.
        var essence: Answer {
            var copy = self
            copy.hits.sort { ($1.score, $0.id) < ($0.score, $1.id) }
            copy.next = nil
            copy.explanation = ""
            return copy
        }
    }

    /// A random program: changes, and what is asked between them.
    private struct Program {
        private static let words = [
            "tufa", "rock", "water", "river", "stone", "engine", "layer", "spring", "lime", "moss",
        ]
        var chance: SplitMix
        var ids: [EntityID<Note>] = []

        private mutating func word() -> String {
            let word = Self.words[min(chance.below(10), chance.below(10))]
            // A few words are new each time, and a few nearly the others.
            switch chance.below(10) {
            case 0: return "w\(chance.below(400))"
            case 1: return String(word.dropLast()) + "e"
            default: return word
            }
        }

        private mutating func text(_ count: Int) -> String {
            (0..<count).map { _ in word() }.joined(separator: " ")
        }

        mutating func note() -> Note {
            var note = Note()
            note.id = EntityID(RowID(high: chance.next(), low: chance.next()))
            note.title = text(1 + chance.below(3))
            note.body = chance.below(4) == 0 ? nil : text(chance.below(14))
            note.state = ["draft", "open", "closed"][chance.below(3)]
            note.owner = chance.below(9)
            return note
        }

        /// A change that no rule refuses.
        mutating func change() -> @Sendable (inout Transaction) throws -> Void {
            let new = note()
            let place = ids.isEmpty ? -1 : chance.below(ids.count)
            switch place < 0 ? 0 : chance.below(8) {
            case 0..<3:
                ids.append(new.id)
                return { try $0.insert(new) }
            case 3, 4:
                let id = ids[place]
                return { tx in
                    _ = try tx.update(id) { ($0.title, $0.body) = (new.title, new.body) }
                }
            case 5, 6:
                let id = ids[place]
                return { tx in _ = try tx.update(id) { $0.owner = new.owner } }
            default:
                let id = ids.remove(at: place)
                return { try $0.delete(id) }
            }
        }

        mutating func question() -> Question {
            let (one, two) = (word(), word())
            var search: Search<Note>
            switch chance.below(9) {
            case 0: search = Note.search("\(one) \(two)")
            case 1: search = Note.search("\(one) OR \(two) -tufa")
            case 2: search = Note.search("\"\(one) \(two)\"")
            case 3: search = Note.search("\(one.prefix(2))*")
            case 4: search = Note.search(.fuzzy(one, edits: 2))
            case 5: search = Note.search(.near("\(one) \(two)", within: 3))
            case 6 where !ids.isEmpty: search = Note.similar(to: ids[chance.below(ids.count)])
            default: search = Note.search("\(one)").order { $0.title.ascending }
            }
            search = search.counted().facet { $0.state }.snippet(\.body, length: 30)
            if chance.below(3) == 0 { search = search.filter { $0.owner < 5 } }
            return Question(search: search.limit(chance.below(2) == 0 ? 1000 : 3), word: one + "x")
        }
    }

    private static func answer(_ question: Question, _ view: View) throws -> Answer {
        try Answer(
            view.search(question.search),
            view.suggestions(for: question.word, in: Note.self, limit: 50),
            "\(view.explain(question.search))")
    }

    private static func answer(
        _ question: Question, _ tx: borrowing Transaction
    ) throws -> Answer {
        try Answer(
            tx.search(question.search),
            tx.suggestions(for: question.word, in: Note.self, limit: 50),
            "\(tx.explain(question.search))")
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `inside a transaction all is found as in a view right after it`(seed: UInt64) throws {
        var program = Program(chance: SplitMix(state: seed))
        let db = try InMemoryDatabase.make(Note.self)
        for _ in 0..<12 {
            var questions: [Question] = []
            var answers: [Answer] = []
            try db.writeBlocking { tx in
                for _ in 0..<1 + program.chance.below(12) {
                    try program.change()(&tx)
                    if program.chance.below(3) == 0 {
                        _ = try Self.answer(program.question(), tx)
                    }
                }
                questions = (0..<6).map { _ in program.question() }
                answers = try questions.map { try Self.answer($0, tx) }
            }
            let view = db.view()
            for (question, answer) in zip(questions, answers) {
                #expect(try Self.answer(question, view) == answer)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `each step of a transaction finds what the same step does as a commit`(
        seed: UInt64
    ) throws {
        var program = Program(chance: SplitMix(state: seed))
        let db = try InMemoryDatabase.make(Note.self)
        let twin = try InMemoryDatabase.make(Note.self)
        for _ in 0..<8 {
            try db.writeBlocking { tx in
                for _ in 0..<1 + program.chance.below(12) {
                    let change = program.change()
                    try change(&tx)
                    try twin.writeBlocking { try change(&$0) }
                    if program.chance.below(3) == 0 { continue }
                    var question = program.question()
                    // Of equals, those that come first have the lower row number.
                    question.search = question.search.limit(1000)
                    let expected = try Self.answer(question, twin.view())
                    #expect(try Self.answer(question, tx).essence == expected.essence)
                }
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `a transaction that is taken back leaves every search as it was`(seed: UInt64) throws {
        var program = Program(chance: SplitMix(state: seed))
        let db = try InMemoryDatabase.make(Note.self)
        let twin = try InMemoryDatabase.make(Note.self)
        for _ in 0..<10 {
            let changes = (0..<1 + program.chance.below(12)).map { _ in program.change() }
            for each in [db, twin] {
                try each.writeBlocking { tx in for change in changes { try change(&tx) } }
            }
            let questions = (0..<5).map { _ in program.question() }
            let before = db.view()
            let expected = try questions.map { try Self.answer($0, before).essence }
            var abandoned = program
            #expect(throws: Abandoned.self) {
                try db.writeBlocking { tx in
                    for _ in 0..<1 + abandoned.chance.below(12) {
                        try abandoned.change()(&tx)
                        if abandoned.chance.below(2) == 0 {
                            _ = try Self.answer(abandoned.question(), tx)
                        }
                        let question = abandoned.chance.below(questions.count)
                        for view in [before, db.view()] {
                            #expect(
                                try Self.answer(questions[question], view).essence
                                    == expected[question])
                        }
                    }
                    throw Abandoned()
                }
            }
            program.chance = abandoned.chance
            for view in [before, db.view(), twin.view()] {
                #expect(try questions.map { try Self.answer($0, view).essence } == expected)
            }
        }
    }

    @Test func `words that only transactions had that were taken back crowd out no others`() throws
    {
        let db = try InMemoryDatabase.make(Note.self)
        try db.writeBlocking { _ = try $0.insert(Note(title: "abcdyz")) }
        let question = Note.search(.fuzzy("abcdef", edits: 2)).limit(100)
        #expect(try db.view().search(question).hits.count == 1)
        // A fuzzy word stands for fifty words, and all of these are nearer.
        let letters = (0x3B1...0x3C1).map { $0 } + (0x430...0x45F).map { $0 }
        let near = Note(
            title: letters.compactMap { UnicodeScalar($0).map { "abcde\($0)" } }
                .joined(separator: " "))
        for deletes in [false, true, false] {
            #expect(throws: Abandoned.self) {
                try db.writeBlocking { tx in
                    let note = try tx.insert(near)
                    #expect(try tx.search(question).hits.map(\.row.id) == [note.id])
                    if deletes { try tx.delete(note.id) }
                    #expect(try tx.search(Note.self, "abcdeα").isEmpty == deletes)
                    throw Abandoned()
                }
            }
            #expect(try db.view().search(question).hits.map(\.row.title) == ["abcdyz"])
            _ = try db.writeBlocking { try $0.insert(Note(title: "other")) }
            #expect(try db.view().search(question).hits.map(\.row.title) == ["abcdyz"])
        }
        // The words can come back.
        _ = try db.writeBlocking { try $0.insert(near) }
        #expect(try db.view().search(Note.self, "abcdeα").count == 1)
        #expect(try db.view().suggestions(for: "abcdeαα", in: Note.self).first?.word == "abcdeα")
    }

    @Test func `records are searched as rows are, page by page`() throws {
        let db = try InMemoryDatabase.make(Note.self)
        try db.writeBlocking { tx in
            for number in 0..<9 { try tx.insert(Note(title: "tufa", owner: number)) }
            let shape = SearchShape(table: "notes", .expression(.typed("tufa")), limit: 4)
            var found: [Record] = []
            var cursor: String?
            repeat {
                let page = try tx.search(shape, after: cursor)
                found += page.hits.map(\.row)
                cursor = page.next
            } while cursor != nil && found.count < 20
            #expect(found.map { $0["owner"] } == (0..<9).map { Value.int64($0) })
            #expect(try tx.search("notes", "tufa", limit: 2).count == 2)
            #expect(try tx.search(Note.self, "tufa", limit: 3).map(\.row.owner) == [0, 1, 2])
            #expect(try tx.explain(shape).query == "'tufa'")
            #expect(try tx.suggestions(for: "tuffa", in: "notes").map(\.word) == ["tufa"])
            let id = try #require(found.first?.id)
            try tx.delete("notes", id: id)
            #expect(try tx.search(Note.search("tufa").counted()).total == 8)
            #expect(code { _ = try tx.search("none", "tufa") } == "unknown_table")
        }
        #expect(try db.view().search("notes", "tufa").count == 8)
    }

    @Test func `what the log refuses leaves no word behind`() throws {
        let db = try InMemoryDatabase.make(User.self, Post.self)
        let ada = try db.writeBlocking { try $0.insert(User(email: "a")) }.value
        let refusal = code {
            try db.writeBlocking { tx in
                try tx.insert(Post(userID: ada.id, title: "Basalt", content: "columns"))
                #expect(try tx.search(Post.self, "basalt").count == 1)
                // A refused change ends the transaction only where its error goes on.
                let twice = code { try tx.insert(User(email: "a")) }
                #expect(twice == "unique_violation")
                #expect(try tx.search(Post.self, "basalt columns").count == 1)
                try tx.delete(ada.id)
                #expect(try tx.search(Post.self, "basalt").isEmpty)
                try tx.insert(Post(userID: ada.id, title: "Orphan"))
            }
        }
        #expect(refusal == "reference_violation")
        #expect(try db.view().search(Post.self, "basalt").isEmpty)
        #expect(try db.view().find(ada.id) != nil)
    }
}
