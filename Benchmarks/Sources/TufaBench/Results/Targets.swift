/// What a figure must be.
enum Bound {
    case atLeast(Double)
    case atMost(Double)

    var limit: Double {
        switch self {
        case .atLeast(let limit), .atMost(let limit): limit
        }
    }

    func isMet(by value: Double) -> Bool {
        switch self {
        case .atLeast(let limit): value >= limit
        case .atMost(let limit): value <= limit
        }
    }

    /// How much of it is reached; 1 and more is met.
    func share(of value: Double) -> Double {
        switch self {
        case .atLeast(let limit): value / limit
        case .atMost(let limit): value <= limit ? max(1, limit / max(value, 1e-9)) : limit / value
        }
    }
}

/// A row of the targets; it is met when all its parts are.
struct Target {
    /// One number of it, by the key of ``Figures``.
    struct Part {
        let key: String
        let says: String
        let bound: Bound
        let unit: String

        init(_ key: String, _ says: String, _ bound: Bound, _ unit: String = "") {
            self.key = key
            self.says = says
            self.bound = bound
            self.unit = unit
        }

        /// So many times what a peer reaches.
        static func times(_ key: String, _ peer: String, _ ratio: Double) -> Part {
            Part("\(key).\(peer.lowercased())", "times \(peer)", .atLeast(ratio), "x")
        }
    }

    let what: String
    /// The suite that measures it.
    let suite: String
    let parts: [Part]

    init(_ what: String, _ suite: String, _ parts: [Part]) {
        self.what = what
        self.suite = suite
        self.parts = parts
    }

    static let all: [Target] = commits + reads + files + search
    static let keys = Set(all.flatMap(\.parts).map(\.key))

    private static let commits = [
        Target(
            "durable commits, 1 client", "commit",
            [Part("commit.one.floor", "of the disk's sync rate", .atLeast(0.85))]
                + ["SQLite", "LMDB", "RocksDB", "Redis"].map { .times("commit.one", $0, 1.8) }),
        Target(
            "durable commits, 64 writers, 200-byte rows", "commit",
            [
                Part("commit.many", "commits", .atLeast(120_000), "/s"),
                Part(
                    "commit.many.redis", "times Redis with 50 clients", .atLeast(4), "x"),
            ]),
        Target(
            "durable batches of 1,000 rows, 3 B-trees", "commit",
            [
                Part("commit.batch", "rows", .atLeast(450_000), "/s"),
                .times("commit.batch", "SQLite", 3.5),
            ]),
        Target(
            "buffered single commits, 3 B-trees", "commit",
            [
                Part("commit.buffered", "commits", .atLeast(500_000), "/s"),
                .times("commit.buffered", "RocksDB", 5), .times("commit.buffered", "LMDB", 5),
                .times("commit.buffered", "SQLite", 20),
            ]),
        Target(
            "the same with full text of 10 words", "commit",
            [
                Part("commit.text", "rows", .atLeast(150_000), "/s"),
                .times("commit.text", "SQLite", 5),
            ]),
    ]

    private static let reads = [
        Target(
            "lookup by unique text key", "index",
            [
                Part("index.email.200k", "200 k rows", .atMost(0.45), "us"),
                Part("index.email.2m", "2 M rows", .atMost(0.95), "us"),
                Part("index.email.200k.lmdb", "times LMDB, 200 k", .atLeast(2.5), "x"),
                Part("index.email.2m.lmdb", "times LMDB, 2 M", .atLeast(2.5), "x"),
                // At 2 M, 15 times SQLite would be half of the time that is asked for there.
                Part("index.email.200k.alone.sqlite", "times SQLite, 200 k", .atLeast(15), "x"),
            ]),
        Target(
            "newest 20 of one user, newest 20 of all", "query",
            [
                Part("query.user.sqlite", "of one user, times SQLite", .atLeast(15), "x"),
                Part("query.all.sqlite", "of all, times SQLite", .atLeast(15), "x"),
            ]),
        Target(
            "ordered scan", "index",
            [
                Part("index.scan.keys", "keys", .atLeast(25e6), "/s"),
                Part("index.scan.rows", "rows", .atLeast(7e6), "/s"),
            ]),
    ]

    private static let files = [
        Target(
            "log replay, 3 B-trees", "replay",
            [
                Part("replay.log.one", "events, one processor", .atLeast(1e6), "/s"),
                Part("replay.log.two", "events, two processors", .atLeast(2e6), "/s"),
                .times("replay.log", "Redis", 2.7), .times("replay.log", "RocksDB", 7),
            ]),
        Target(
            "replay from archives", "archive",
            [
                Part("replay.archive", "raw events", .atLeast(300), "MB/s"),
                Part("replay.lz4", "LZ4 decoding, one processor", .atLeast(1500), "MB/s"),
                Part("archive.ratio", "LZ4 ratio", .atLeast(2.5), "x"),
            ]),
        Target(
            "snapshot load", "snapshot",
            [
                Part("snapshot.load.rows", "rows", .atLeast(2.5e6), "/s"),
                Part("snapshot.load.bytes", "of the file", .atLeast(600), "MB/s"),
                .times("snapshot.load", "Redis", 3),
            ]),
        Target(
            "open to first read", "open",
            [("10k", "10 k"), ("100k", "100 k"), ("1m", "1 M")].map { key, name in
                Part("open.\(key)", "\(name) rows", .atMost(10), "ms")
            }),
        Target(
            "snapshot while writing", "snapshot",
            [
                Part("snapshot.beside.p99", "buffered, more at p99", .atMost(50), "us"),
                Part("snapshot.beside.p99.durable", "durable, more at p99", .atMost(50), "us"),
                Part("snapshot.beside.rate", "buffered, less throughput", .atMost(10), "%"),
                Part("snapshot.beside.rate.durable", "durable, the same", .atMost(10), "%"),
                Part("snapshot.beside.memory", "more memory", .atMost(15), "%"),
            ]),
        Target(
            "memory beyond the data, 3 B-trees", "memory",
            [
                Part("memory.users", "users, by row", .atMost(90), "bytes"),
                Part("memory.posts", "posts, by row", .atMost(90), "bytes"),
                Part("memory.process", "the whole process, by row", .atMost(90), "bytes"),
            ]),
    ]

    private static let search = [
        Target(
            "full text, 138,000 documents, top 10, median", "search",
            [
                Part("search.term.common", "term in 8,000 to 40,000", .atMost(180), "us"),
                Part("search.term.typical", "term in 500 to 8,000", .atMost(180), "us"),
                Part("search.term.rare", "term in 20 to 500", .atMost(16), "us"),
                Part("search.and", "AND of two", .atMost(80), "us"),
                Part("search.or", "OR of two", .atMost(300), "us"),
                // The one of frequent words is measured beside: Docs/Decisions/0021.
                Part("search.phrase.typical", "phrase", .atMost(40), "us"),
                Part("search.visible", "visible, over a bare commit", .atMost(1000), "us"),
                Part("search.size", "index", .atMost(21), "MB"),
                Part("search.build", "documents built", .atLeast(25_000), "/s"),
            ]),
        Target(
            "full text quality", "quality",
            [
                Part("quality.map", "CACM, mean average precision", .atLeast(0.333)),
                Part("quality.stems", "English stems equal to PostgreSQL's", .atLeast(100), "%"),
            ]),
    ]
}
