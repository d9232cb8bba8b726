internal import Tufa
internal import TufaTesting

extension SimulationScript {
    /// A bit of everything that changes files.
    package static let everything = SimulationScript("everything") { run in
        try run.open()
        try smallWrites(run)
        try run.perform("first snapshot") { try $0.snapshotBlocking() }
        try largeWrites(run, from: 100)
        try run.perform("first archive") { try $0.archiveBlocking() }
        try run.write("after the archive") { tx in try tx.insert(Library.author(40)) }
        try run.close()
        try run.open()
        try run.write("after reopening") { tx in
            try tx.insert(Library.article(41, by: 40))
            try tx.update(Author.ID(Library.id(40))) { $0.name = "Renamed" }
        }
        try run.perform("second snapshot") { try $0.snapshotBlocking() }
        try largeWrites(run, from: 200)
        try run.perform("second archive") { try $0.archiveBlocking() }
        try run.write("cascade over archived rows") { tx in
            try tx.delete(Author.ID(Library.id(2)))
        }
        try run.perform("third snapshot") { try $0.snapshotBlocking() }
        try run.restore(.label("after reopening"))
        try run.write("last") { tx in try tx.insert(Library.author(60)) }
        try run.close()
    }

    private static func smallWrites(_ run: ScriptRun) throws {
        try run.write("first authors") { tx in
            try tx.insert(Library.author(1))
            try tx.insert(Library.author(2))
            try tx.insert(Library.shelf(5))
        }
        try run.write("first articles") { tx in
            for number in 10..<16 {
                try tx.insert(Library.article(number, by: 1 + number % 2, on: 5))
            }
        }
        try run.write("an update") { tx in
            try tx.update(Article.ID(Library.id(10))) { $0.title = "Another title" }
        }
        try run.write("dynamic rows") { tx in
            try tx.insert("shelves", id: Library.id(6), ["label": "six"])
            try tx.put("shelves", id: Library.id(6), ["label": "sixth"])
            try tx.update("authors", id: Library.id(1), ["name": "Dynamic"])
        }
        try run.refused(.rowExists) { tx in
            try tx.delete(Author.ID(Library.id(1)))
            try tx.insert(Library.author(30))
            try tx.insert(Library.author(30))
        }
        try run.write("a delete that sets NULL") { tx in try tx.delete(Shelf.ID(Library.id(5))) }
        try run.write("a delete that cascades") { tx in try tx.delete(Author.ID(Library.id(1))) }
    }

    /// Enough to fill more than one segment of 64 KiB.
    static func largeWrites(_ run: ScriptRun, from first: Int, by author: Int = 2) throws {
        for number in first..<first + 3 {
            try run.write("large \(number)") { tx in
                try tx.insert(Library.article(number, by: author, bytes: 28_000))
            }
        }
    }
}

extension ScriptRun {
    /// Restores the database to a moment, into the second one.
    func restore(_ moment: Moment) throws {
        try copy("restore") { target in
            let report = try Database.restore(
                path("db"), to: target, upTo: moment, dryRun: false, world.environment,
                RepeatableWorld.logOptions)
            return report.stateHash ?? ""
        }
    }
}
