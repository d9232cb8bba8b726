import Foundation
import Tufa

/// Writers and readers for minutes, looked at every half minute.
struct SoakSuite {
    private let bench: Bench
    private static let writerCount = 8
    private static let readerCount = 4
    private static let windowSeconds = 30.0

    init(_ bench: Bench) { self.bench = bench }

    func run() throws {
        let tufa = TufaStore()
        var report = try SuiteReport("Soak", suite: "soak", bench, [tufa])
        try tufa.open(bench.folder(tufa), .durable)
        let rows = BlogRows(100_000)
        try rows.load(into: tufa)
        let database = try tufa.opened()
        let minutes = bench.options.soakMinutes
        let isOver = Flag()
        let load = SoakLoad(
            database: database, users: rows.users.map(\.id), emails: rows.users.map(\.email),
            isOver: isOver)
        var lines: [[String]] = []
        var curves = ["commit p50", "commit p99", "commit max", "read p50", "read p99"].map {
            Chart.Series(name: $0, points: [])
        }
        let done = DispatchGroup()
        load.start(writers: Self.writerCount, readers: Self.readerCount, done)
        let clock = ContinuousClock()
        let start = clock.now
        var last = start
        while clock.now - start < .seconds(minutes * 60) {
            Thread.sleep(forTimeInterval: min(Self.windowSeconds, minutes * 60))
            let now = clock.now
            let passed = (now - last) / .seconds(1)
            last = now
            let (commits, reads) = (load.commits.take(), load.reads.take())
            let elapsed = (now - start) / .seconds(1)
            let own = commits.all.map { $0 / 1e6 }
            let asked = [50.0, 99].map { reads.microseconds(at: $0) / 1e6 }
            let memory = grouped(Double(ProcessSize.resident()) / 1e6)
            lines.append(
                [duration(elapsed), grouped(Double(commits.count) / passed)] + own.map(duration)
                    + [grouped(Double(reads.count) / passed)] + asked.map(duration)
                    + [memory, grouped(Double(load.snapshots.value))])
            for (number, value) in ([own[0], own[2], own[4]] + asked).enumerated() {
                curves[number].points.append((Double(lines.count - 1), value * 1e6))
            }
            say("| \(lines[lines.count - 1].joined(separator: " | ")) |")
        }
        isOver.raise()
        done.wait()
        try load.failure.rethrow()
        let count = try database.view().count(Post.self)
        precondition(
            count == rows.posts.count + load.written.value, "Acknowledged posts are missing.")
        try tufa.close()
        report.heading("\(Self.writerCount) writers and \(Self.readerCount) readers")
        report.table(
            ["after", "commits/s"] + Latencies.names
                + ["reads/s", "p50", "p99", "memory, MB", "snapshots"], lines)
        try report.chart(
            "soak",
            Chart(
                title: "Latencies over time", xTitle: "seconds", yTitle: "microseconds",
                series: curves,
                places: lines.indices.map {
                    ($0 + 1) % 4 == 0 ? grouped(Double($0 + 1) * Self.windowSeconds) : ""
                }))
        try report.finish(method: [
            "Writers commit a post each, durable, without a pause; readers take a view, look a "
                + "user up, read the newest 20 posts, and rest for a millisecond. A snapshot is "
                + "begun two minutes after the one before has ended: beside writers that never "
                + "rest it gives way, and takes long. In the end every acknowledged post must be "
                + "there."
        ])
    }
}

/// The threads of a soak, and what they saw since somebody looked.
private final class SoakLoad: Sendable {
    let database: Database
    let users: [User.ID]
    let emails: [String]
    let isOver: Flag
    let failure = FirstFailure()
    let written = Counter()
    let commits = SharedLatencies()
    let reads = SharedLatencies()
    let snapshots = Counter()
    private static let secondsBetweenSnapshots = 120

    init(database: Database, users: [User.ID], emails: [String], isOver: Flag) {
        self.database = database
        self.users = users
        self.emails = emails
        self.isOver = isOver
    }

    func start(writers: Int, readers: Int, _ done: DispatchGroup) {
        for number in 0..<writers { inBackground(done, failure) { try self.write(number) } }
        for number in 0..<readers { inBackground(done, failure) { try self.read(number) } }
        inBackground(done, failure) { try self.takeSnapshots() }
    }

    private func write(_ number: Int) throws {
        var rows = Rows()
        rows.chance = Chance(seed: UInt64(number))
        while !isOver.isRaised {
            for post in rows.posts(200, of: users, from: 1_000_000 + written.value) {
                if isOver.isRaised { return }
                let start = ContinuousClock.now
                try database.writeBlocking { tx in try tx.insert(post) }
                let took = ContinuousClock.now - start
                written.add(1)
                commits.record(took)
            }
        }
    }

    private func takeSnapshots() throws {
        var seconds = 0
        while !isOver.isRaised {
            sleep(1)
            seconds += 1
            if seconds < Self.secondsBetweenSnapshots { continue }
            _ = try database.snapshotBlocking()
            snapshots.add(1)
            seconds = 0
        }
    }

    private func read(_ number: Int) throws {
        var chance = Chance(seed: UInt64(number) + 100)
        while !isOver.isRaised {
            let pick = Int.random(in: 0..<users.count, using: &chance)
            let email = emails[pick]
            let start = ContinuousClock.now
            let view = database.view()
            guard try view.first(User.where { $0.email == email }) != nil else {
                throw PeerError(message: "\(email) is not found.")
            }
            _ = try view.fetch(Post.all.order { $0.createdAt.descending }.limit(20))
            let took = ContinuousClock.now - start
            reads.record(took)
            usleep(1000)
        }
    }
}
