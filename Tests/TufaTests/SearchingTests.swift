import Foundation
import Testing
import Tufa
import TufaTesting

/// A note to search in.
struct Note: Entity {
    var id = EntityID<Note>()
    var title = ""
    var body: String?
    var state = ""
    var owner = 0
    var writtenAt = Date.distantPast

    static let schema = Schema<Note>("notes") {
        Field("title", \.title)
        Field("body", \.body)
        Field("state", \.state)
        Field("owner", \.owner)
        Field("written_at", \.writtenAt)
        Index(.ascending(\.owner))
        Index(.descending(\.writtenAt))
        FullText(\.title, weight: 3)
        FullText(\.body)
    }
}

struct SearchingTests {
    let db: Database
    let notes: [Note]

    private static let words = [
        "tufa", "rock", "water", "river", "stone", "engine", "layer", "spring", "lime", "moss",
    ]
    private static let states = ["draft", "open", "closed"]

    init() throws {
        db = try InMemoryDatabase.make(Note.self)
        var generator = SplitMix(state: 7)
        var notes: [Note] = []
        for number in 0..<400 {
            var note = Note()
            func text(_ count: Int) -> String {
                (0..<count).map { _ in
                    // The first words are frequent, the last rare.
                    let place = min(
                        Int.random(in: 0..<10, using: &generator),
                        Int.random(in: 0..<10, using: &generator))
                    return Self.words[place]
                }.joined(separator: " ")
            }
            note.title = text(Int.random(in: 1...3, using: &generator))
            note.body = number % 5 == 0 ? nil : text(Int.random(in: 1...12, using: &generator))
            note.state = Self.states[Int.random(in: 0..<3, using: &generator)]
            note.owner = Int.random(in: 0..<40, using: &generator)
            note.writtenAt = Date(
                timeIntervalSince1970: 86_400 * Double(Int.random(in: 0..<120, using: &generator)))
            notes.append(note)
        }
        let all = notes
        self.notes = try db.writeBlocking { tx in try all.map { try tx.insert($0) } }.value
    }

    private func found(_ word: String) -> [Note] {
        notes.filter {
            ($0.title + " " + ($0.body ?? "")).split(separator: " ").contains { $0 == word }
        }
    }

    private func pages(_ search: Search<Note>, _ view: View) throws -> [SearchHit<Note>] {
        var hits: [SearchHit<Note>] = []
        var cursor: String?
        repeat {
            let page = try view.search(search, after: cursor)
            hits += page.hits
            cursor = page.next
        } while cursor != nil && hits.count <= 400
        return hits
    }

    @Test(arguments: ["tufa", "moss", "lime"])
    func `a filter holds before anything is counted or scored`(word: String) throws {
        let view = db.view()
        for owner in [nil, 3, 17] as [Int?] {
            for state in [nil, "open"] as [String?] {
                var search = Note.search(word).limit(1000).counted()
                if let owner { search = search.filter { $0.owner == owner } }
                if let state { search = search.filter { $0.state == state } }
                let results = try view.search(search)
                let expected = found(word).filter {
                    (owner == nil || $0.owner == owner) && (state == nil || $0.state == state)
                }
                #expect(Set(results.hits.map(\.row.id)) == Set(expected.map(\.id)))
                #expect(results.total == expected.count)
                // The scores are those of the search without a filter.
                let all = try view.search(Note.search(word).limit(1000)).hits
                let scores = Dictionary(uniqueKeysWithValues: all.map { ($0.row.id, $0.score) })
                #expect(results.hits.allSatisfy { scores[$0.row.id] == $0.score })
            }
        }
    }

    @Test func `pages of the best give every row once, in order`() throws {
        let view = db.view()
        for text in ["tufa", "rock OR water", "tufa rock", "ro*"] {
            let all = try view.search(Note.search(text).limit(1000)).hits
            let paged = try pages(Note.search(text).limit(7), view)
            #expect(paged.map(\.row.id) == all.map(\.row.id), "\(text)")
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.score >= $1.score })
        }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 1000])
    func `rows that are lent are the hits, in order`(limit: Int) throws {
        struct Stop: Error {}
        let view = db.view()
        for search in [
            Note.search("tufa"), Note.search("rock OR water").filter { $0.state == "open" },
            Note.search("rock").order { $0.writtenAt.descending }, Note.search("nothing"),
        ] {
            let search = search.limit(limit)
            let hits = try view.search(search).hits
            var lent: [(Note, Double)] = []
            try view.forEach(search) { lent.append(($0.entity(), $1)) }
            #expect(lent.map(\.0.id) == hits.map(\.row.id) && lent.map(\.1) == hits.map(\.score))
            #expect(lent.map(\.0.body) == hits.map(\.row.body))
            var count = 0
            if !hits.isEmpty {
                #expect(throws: Stop.self) {
                    try view.forEach(search) { _, _ in
                        count += 1
                        throw Stop()
                    }
                }
            }
            #expect(count == min(1, hits.count))
        }
        #expect(throws: DatabaseError.self) {
            try view.forEach(User.search("tufa")) { _, _ in }
        }
    }

    @Test(arguments: ["tufa", "moss lime", "nothing", "tufa OR rock OR water"])
    func `another order is that of the rows, in pages too`(text: String) throws {
        let view = db.view()
        let found = try view.search(Note.search(text).limit(1000)).hits.map(\.row)
        let newest = Note.search(text).order { $0.writtenAt.descending }
        let byTitle = Note.search(text).order { $0.title.ascending }
        for (search, precedes) in [
            (newest, { (one: Note, two: Note) in one.writtenAt >= two.writtenAt }),
            (byTitle, { (one: Note, two: Note) in one.title <= two.title }),
        ] {
            let rows = try pages(search.limit(9), view).map(\.row)
            #expect(Set(rows.map(\.id)) == Set(found.map(\.id)) && rows.count == found.count)
            #expect(zip(rows, rows.dropFirst()).allSatisfy(precedes))
        }
    }

    @Test func `facets count all that is found`() throws {
        let results = try db.view().search(
            Note.search("tufa").filter { $0.owner < 20 }
                .facet { $0.state }.facet(by: .month) { $0.writtenAt }.facet(limit: 2) { $0.owner })
        let expected = found("tufa").filter { $0.owner < 20 }
        let states = Dictionary(grouping: expected, by: \.state).mapValues(\.count)
        #expect(results.facets[0].field == "state")
        #expect(results.facets[0].counts.count == states.count)
        for count in results.facets[0].counts {
            guard case .text(let state) = count.value else { continue }
            #expect(states[state] == count.rowCount)
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let months = Dictionary(grouping: expected) {
            calendar.component(.month, from: $0.writtenAt)
        }
        #expect(
            results.facets[1].counts.map(\.rowCount)
                == months.sorted { $0.key < $1.key }.map(\.value.count))
        #expect(results.facets[1].counts.first?.value.description.hasPrefix("1970-01-01") == true)
        let shown = results.facets[2].counts.reduce(0) { $0 + $1.rowCount }
        #expect(results.facets[2].counts.count == 2)
        #expect(shown + results.facets[2].otherRowCount == expected.count)
    }

    @Test func `rows outside a restriction are nowhere`() throws {
        let secret = try db.writeBlocking { tx in
            try tx.insert(
                Note(title: "zirconium mine", body: "zirconia", state: "hidden", owner: 99))
        }.value
        let open = db.view()
        let view = try open.restricted(Note.self) { $0.owner < 20 }.restricted(Note.self) {
            $0.state != "draft"
        }
        let visible = notes.filter { $0.owner < 20 && $0.state != "draft" }
        let expected = Set(visible.map(\.id)).intersection(found("tufa").map(\.id))
        let search = Note.search("tufa").limit(1000).counted().facet { $0.state }.snippet(\.body)
        let results = try view.search(search)
        #expect(Set(results.hits.map(\.row.id)) == expected && results.total == expected.count)
        #expect(results.facets[0].counts.reduce(0) { $0 + $1.rowCount } == expected.count)
        #expect(!results.facets[0].counts.contains { $0.value == .text("draft") })
        #expect(
            Set(try pages(Note.search("tufa").order { $0.title.ascending }, view).map(\.row.id))
                == expected)
        #expect(try view.count(Note.self) == visible.count)
        #expect(try view.count(Note.where { $0.state == "draft" }) == 0)
        #expect(try view.find(secret.id) == nil && open.find(secret.id) != nil)
        #expect(try view.first(Note.where { $0.id == secret.id }) == nil)
        #expect(try view.fetch(Note.all).count == visible.count)
        #expect(try view.search(Note.search("zirconium").counted()).total == 0)
        #expect(try view.suggestions(for: "zirconum", in: Note.self).isEmpty)
        #expect(try open.suggestions(for: "zirconum", in: Note.self).first?.word == "zirconium")
        #expect(throws: DatabaseError.self) { try view.search(Note.similar(to: secret.id)) }
        #expect(
            try view.search(SearchShape(table: "notes", .expression(.typed("zirconium")))).hits
                .isEmpty)
    }

    @Test func `what a program asks`() throws {
        try db.writeBlocking { tx in
            _ = try tx.insert(Note(title: "Silver mine", body: "deep under the old silver hills"))
            _ = try tx.insert(Note(title: "Hills", body: "a silver lining over the mine"))
        }
        let view = db.view()
        func titles(_ expression: SearchExpression) throws -> [String] {
            try view.search(Note.search(expression)).hits.map(\.row.title).sorted()
        }
        #expect(try titles(.phrase("silver mine")) == ["Silver mine"])
        #expect(try titles(.near("mine silver", within: 3)) == ["Hills", "Silver mine"])
        #expect(try titles(.near("mine lining", within: 1)) == [])
        #expect(try titles(.fuzzy("silvr", edits: 1)) == ["Hills", "Silver mine"])
        #expect(try titles(.field("title", .phrase("hills"))) == ["Hills"])
        #expect(try titles(.all([.prefix("silv"), .not(.phrase("lining"))])) == ["Silver mine"])
        #expect(
            try titles(SearchExpression(parsing: "title:mine OR lin*")) == [
                "Hills", "Silver mine",
            ])
        #expect(throws: DatabaseError.self) { try titles(.field("state", .phrase("open"))) }
        #expect(throws: DatabaseError.self) { try titles(.fuzzy("silver", edits: 3)) }
        let hills = Note.search("hills")
        #expect(try view.search(hills).hits[0].row.title == "Hills")
        #expect(try view.search(hills.weight(\.body, 50)).hits[0].row.title == "Silver mine")
        #expect(try view.search(hills.ranking(saturation: 0)).hits.count == 2)
    }

    @Test func `an explanation tells the terms and what the filter does`() throws {
        let view = db.view()
        let explained = try view.explain(Note.search("tufa rocks").filter { $0.owner == 3 })
        #expect(explained.query == "'tufa' & 'rock'" && explained.termCount == 2)
        #expect(explained.postingsRead > 0 && explained.index == "notes_text")
        #expect(explained.filter?.contains("notes_owner_idx") == true)
        let checked = try view.explain(Note.search("tufa").filter { $0.state == "open" })
        #expect(checked.filter?.hasPrefix("each match") == true)
    }

    @Test func `a misspelt word and the rows like one`() throws {
        let notes = try db.writeBlocking { tx in
            [
                try tx.insert(
                    Note(title: "The analytical engine", body: "Charles Babbage designed it")),
                try tx.insert(Note(title: "Babbage", body: "He designed engines of difference")),
                try tx.insert(Note(title: "Analytical chemistry", body: "Titration and spectra")),
            ]
        }.value
        let view = db.view()
        let suggestions = try view.suggestions(for: "analitical", in: Note.self)
        #expect(suggestions.first?.word == "analytical" && suggestions.first?.rowCount == 2)
        #expect(try view.suggestions(for: "babage", in: "notes").first?.word == "babbage")
        #expect(try view.suggestions(for: "", in: Note.self).isEmpty)
        let similar = try view.search(Note.similar(to: notes[0].id)).hits.map(\.row.id)
        #expect(similar.first == notes[1].id && similar.contains(notes[2].id))
        #expect(!similar.contains(notes[0].id))
    }

    @Test(arguments: [0, -1, Int.min, Int.max])
    func `any limit is one`(limit: Int) throws {
        for search in [
            Note.search("tufa"), Note.search("tufa").order { $0.writtenAt.descending },
        ] {
            let results = try db.view().search(search.limit(limit).counted())
            #expect(results.total == found("tufa").count && results.next == nil)
            #expect(results.hits.count == (limit > 0 ? results.total : 0))
        }
    }

    @Test func `a cursor of another search is refused`() throws {
        let view = db.view()
        let next = try #require(try view.search(Note.search("tufa").limit(3)).next)
        for other in [
            Note.search("rock").limit(3), Note.search("tufa").filter { $0.owner == 1 },
            Note.search("tufa").order { $0.title.ascending },
            Note.search("tufa").weight(\.title, 9),
        ] {
            let error = #expect(throws: DatabaseError.self) {
                try view.search(other, after: next)
            }
            #expect(error?.code == .invalidCursor)
        }
        // Long lists are told apart to the end.
        let owners = Note.search("tufa").filter { $0.owner.isIn(Array(0..<12)) }.limit(3)
        let others = Note.search("tufa").filter { $0.owner.isIn(Array(0..<11) + [30]) }.limit(3)
        let ownersNext = try #require(try view.search(owners).next)
        #expect(throws: DatabaseError.self) { try view.search(others, after: ownersNext) }
        #expect(try !view.search(owners, after: ownersNext).hits.isEmpty)
        #expect(throws: DatabaseError.self) { try view.search(Note.search("tufa"), after: "x") }
    }
}
