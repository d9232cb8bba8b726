internal import Tufa
internal import TufaTesting

// One subject each, in more depth than in the script of everything.
extension SimulationScript {
    /// Deletes that reach other tables, in one frame and over several segments.
    package static let cascades = SimulationScript("cascades") { run in
        try run.open()
        for round in 0..<4 {
            let base = 100 * round
            try run.write("authors \(round)") { tx in
                try tx.insert(Library.shelf(base))
                for author in 1...3 {
                    try tx.insert(Library.author(base + author))
                    for number in 1...5 {
                        try tx.insert(
                            Library.article(
                                base + author * 10 + number, by: base + author, on: base,
                                bytes: 900))
                    }
                }
            }
            try run.write("one author goes \(round)") { tx in
                try tx.delete(Author.ID(Library.id(base + 1)))
            }
            try run.write("the shelf goes \(round)") { tx in
                try tx.delete(Shelf.ID(Library.id(base)))
            }
            try run.refused(.referenceViolation) { tx in
                try tx.delete(Author.ID(Library.id(base + 2)))
                try tx.insert(Library.article(base + 90, by: base + 2))
            }
            if round == 1 { try run.perform("snapshot") { try $0.snapshotBlocking() } }
            if round == 2 {
                try run.close()
                try run.open()
            }
        }
        try run.write("all but one author go") { tx in
            for author in try tx.fetch(Author.all) where author.id != Author.ID(Library.id(2)) {
                try tx.delete(author.id)
            }
        }
        try run.close()
    }

    /// Tables that come later, and a text index that gets another analyzer.
    package static let schemas = SimulationScript("schemas") { run in
        try run.open([Author.self])
        try run.write("an author") { tx in try tx.insert(Library.author(1)) }
        try run.close()
        try run.open([Author.self, Shelf.self])
        try run.write("a shelf") { tx in try tx.insert(Library.shelf(2)) }
        try run.perform("snapshot of two tables") { try $0.snapshotBlocking() }
        try run.close()
        try run.open([Author.self, Shelf.self, PlainArticle.self])
        try run.write("a plain article") { tx in
            try tx.insert(
                "articles", id: Library.id(3),
                [
                    "author_id": .uuid(Library.id(1)), "title": "The running engines",
                    "notes": "", "score": 1,
                ])
        }
        try run.perform("snapshot of three tables") { try $0.snapshotBlocking() }
        try run.perform("archive of three schemas") { try $0.archiveBlocking() }
        try run.close()
        try run.open()
        try run.write("an article") { tx in try tx.insert(Library.article(4, by: 1, on: 2)) }
        try run.perform("snapshot with another analyzer") { try $0.snapshotBlocking() }
        try run.close()
    }

    /// Texts that change so often that postings are coded, packed and let go of.
    package static let texts = SimulationScript("texts") { run in
        try run.open()
        try run.write("authors") { tx in try tx.insert(Library.author(1)) }
        for round in 0..<6 {
            try run.write("texts \(round)") { tx in
                for number in 0..<40 {
                    let text = "word\(round) common text number \(number) of \(round % 3)"
                    try tx.put(
                        "articles", id: Library.id(1000 + number),
                        [
                            "author_id": .uuid(Library.id(1)), "title": .text("Title \(number)"),
                            "body": .text(text), "notes": "", "score": .int64(Int64(round)),
                        ])
                }
            }
            if round % 2 == 1 { try run.perform("snapshot \(round)") { try $0.snapshotBlocking() } }
        }
        try run.write("half of the texts go") { tx in
            for number in 0..<20 { try tx.delete(Article.ID(Library.id(1000 + number * 2))) }
        }
        try run.close()
        try run.open()
        try run.write("texts after reopening") { tx in
            try tx.insert(Library.article(2000, by: 1, bytes: 300))
        }
        try run.perform("last snapshot") { try $0.snapshotBlocking() }
        try run.close()
    }

    /// Writes that are visible before they are on the disk, beside those that wait for it.
    package static let buffered = SimulationScript("buffered") { run in
        try run.open()
        let later = Durability.buffered(within: .seconds(3600))
        for round in 0..<6 {
            try run.write("soon \(round)", durability: later) { tx in
                try tx.insert(Library.author(10 * round))
            }
            try run.write("soon too \(round)", durability: later) { tx in
                try tx.insert(Library.article(10 * round + 1, by: 10 * round, bytes: 9000))
            }
            switch round {
            case 1: try run.perform("snapshot of what is not synced") { try $0.snapshotBlocking() }
            case 3: try run.perform("archive of what is not synced") { try $0.archiveBlocking() }
            default:
                try run.write("now \(round)") { tx in
                    try tx.insert(Library.article(10 * round + 2, by: 10 * round))
                }
                continue
            }
            run.noteDurable()
        }
        try run.close()
    }

    /// Archives one after the other, with segments between them and snapshots that become old.
    package static let archives = SimulationScript("archives") { run in
        try run.open()
        try run.write("author") { tx in try tx.insert(Library.author(2)) }
        for round in 1...3 {
            try largeWrites(run, from: 100 * round)
            try run.perform("snapshot \(round)") { try $0.snapshotBlocking() }
            try run.perform("archive \(round)") { try $0.archiveBlocking() }
            try run.write("behind archive \(round)") { tx in
                try tx.update(Author.ID(Library.id(2))) { $0.name = "After \(round)" }
            }
        }
        try run.close()
        try run.open()
        try run.perform("archive of a tail") { try $0.archiveBlocking() }
        try run.perform("archive of nothing") { try $0.archiveBlocking() }
        try run.close()
    }

    /// A restore from archives, a snapshot and a log, and a restore of what was restored.
    package static let restores = SimulationScript("restores") { run in
        try run.open()
        try run.write("author") { tx in try tx.insert(Library.author(2)) }
        try largeWrites(run, from: 100)
        try run.perform("archive") { try $0.archiveBlocking() }
        try run.perform("snapshot") { try $0.snapshotBlocking() }
        try run.write("here") { tx in try tx.insert(Library.author(3)) }
        try run.write("there") { tx in try tx.delete(Author.ID(Library.id(2))) }
        try run.restore(.label("here"))
        try run.performClosed("restore of the copy") {
            _ = try Database.restore(
                run.path("copy"), to: run.path("copy of the copy"), upTo: .now, dryRun: false,
                run.world.environment,
                RepeatableWorld.logOptions)
        }
        try run.close()
    }
}
