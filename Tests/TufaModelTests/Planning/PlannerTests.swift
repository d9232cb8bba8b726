import Testing
import TufaBytes

@testable import TufaModel

struct PlannerTests {
    static let schema = """
        CREATE TABLE users (id UUID PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE,
            nick TEXT UNIQUE, name TEXT NOT NULL, created_at TIMESTAMP NOT NULL);
        CREATE INDEX ON users (created_at DESC);
        CREATE TABLE posts (id UUID PRIMARY KEY, user_id UUID NOT NULL, title TEXT,
            seen BOOLEAN NOT NULL, n BIGINT, created_at TIMESTAMP NOT NULL);
        CREATE INDEX mine ON posts (user_id, created_at DESC);
        CREATE INDEX newest ON posts (created_at DESC);
        CREATE INDEX unseen ON posts (seen, n);
        CREATE INDEX titles ON posts (title);
        """
    let plans: SchemaPlan

    init() throws { plans = try SchemaPlan(try DDLParser.parse(Self.schema)) }

    static let user = Value.uuid(RowID(high: 0, low: 5))
    static func at(_ microseconds: Int64) -> Value {
        .timestamp(Timestamp(microseconds: microseconds))
    }

    func plan(_ table: String, _ predicate: Predicate, _ sort: [Sort] = []) throws -> Plan {
        try Planner.plan(QueryShape(table: table, predicate: predicate, sort: sort), plans)
    }

    @Test(
        "The plan of all rows has the fingerprint that the table says",
        arguments: ["users", "posts"])
    func fingerprintOfAllRows(_ table: String) throws {
        let all = try plan(table, .all)
        #expect(all.fingerprint == (try plans.table(table)).allRowsFingerprint)
        #expect(all.fingerprint != (try plan(table, .all, [Sort(0)])).fingerprint)
        #expect(all.fingerprint != (try plan(table, .isNull(field: 2))).fingerprint)
    }

    @Test func usersByUniqueText() throws {
        let plan = try plan("users", .equals(field: 0, "a@b"))
        #expect(plan.access == .index(0))
        #expect(plan.isPoint)
        #expect(plan.residual == nil)
        #expect(plan.description == "users: one row by users_email_key (email = 'a@b')")
    }

    static let descriptions: [(String, Predicate, [Sort], String)] = [
        (
            "users", .equals(field: -1, user), [Sort(0)],
            "users: one row by primary (id = '00000000-0000-0000-0000-000000000005')"
        ),
        (
            "users", .equals(field: 1, .null), [],
            "users: a range of users_nick_key (nick IS NULL)"
        ),
        ("users", .all, [], "users: all rows by primary"),
        ("users", .all, [Sort(3)], "users: all of users_created_at_idx, backwards"),
        ("users", .all, [Sort(0), Sort(3)], "users: all of users_email_key"),
        (
            "users", .all, [Sort(1), Sort(3)],
            "users: all rows by primary, sorted by nick, created_at, id"
        ),
        ("users", .all, [Sort(-1, isDescending: true)], "users: all rows by primary, backwards"),
        (
            "users", .compare(field: -1, .greater, user), [],
            "users: a range of primary (id > '00000000-0000-0000-0000-000000000005')"
        ),
        (
            "users", .and([.equals(field: 0, "a"), .equals(field: 2, "b")]), [],
            "users: one row by users_email_key (email = 'a'), filtered by name = 'b'"
        ),
        (
            "users", .or([.equals(field: 0, "a"), .equals(field: 2, "b")]), [],
            "users: all rows by primary, filtered by email = 'a' OR name = 'b'"
        ),
        (
            "users", .and([.equals(field: 0, "a"), .none]), [],
            "users: nothing, the condition is never true"
        ),
        (
            "users", .between(field: 0, "b", "a"), [],
            "users: nothing, the condition is never true"
        ),
        (
            "users", .hasPrefix(field: 0, "ad"), [Sort(0)],
            "users: a range of users_email_key (email begins with 'ad')"
        ),
        (
            "users", .isIn(field: 2, ["x", "y", "x"]), [],
            "users: all rows by primary, filtered by name IN ('x', 'y')"
        ),
        (
            "users", .not(.isIn(field: 2, ["x"])), [],
            "users: all rows by primary, filtered by name <> 'x'"
        ),
        (
            "posts", .equals(field: 0, user), [Sort(4, isDescending: true)],
            "posts: a range of mine (user_id = '00000000-0000-0000-0000-000000000005')"
        ),
        (
            "posts", .equals(field: 0, user), [Sort(4)],
            "posts: a range of mine (user_id = '00000000-0000-0000-0000-000000000005'), backwards"
        ),
        (
            "posts", .equals(field: 0, user), [Sort(0), Sort(4, isDescending: true)],
            "posts: a range of mine (user_id = '00000000-0000-0000-0000-000000000005')"
        ),
        (
            "posts", .equals(field: 0, user), [Sort(1)],
            "posts: a range of mine (user_id = '00000000-0000-0000-0000-000000000005'), "
                + "sorted by title, id"
        ),
        (
            "posts", .equals(field: 0, user), [Sort(4, isDescending: true), Sort(-1)],
            "posts: a range of mine (user_id = '00000000-0000-0000-0000-000000000005'), "
                + "sorted by created_at desc, id"
        ),
        (
            "posts",
            .and([
                .equals(field: 0, user), .compare(field: 4, .less, at(9)),
                .compare(field: 4, .lessOrEqual, at(3)), .compare(field: 4, .greater, at(-1)),
            ]), [],
            "posts: a range of mine (user_id = '00000000-0000-0000-0000-000000000005', "
                + "created_at > '1969-12-31T23:59:59.999999Z', "
                + "created_at <= '1970-01-01T00:00:00.000003Z')"
        ),
        (
            "posts", .equals(field: 2, true), [Sort(4, isDescending: true)],
            "posts: all of newest, filtered by seen = true"
        ),
        ("posts", .equals(field: 2, true), [], "posts: a range of unseen (seen = true)"),
        (
            "posts", .and([.equals(field: 2, true), .equals(field: 3, .null)]), [Sort(4)],
            "posts: a range of unseen (seen = true, n IS NULL), sorted by created_at, id"
        ),
        (
            "posts", .not(.isNull(field: 1)), [Sort(1)],
            "posts: all of titles, filtered by title IS NOT NULL"
        ),
        (
            "posts", .compare(field: 1, .greaterOrEqual, "m"), [],
            "posts: a range of titles (title >= 'm')"
        ),
        ("posts", .not(.isNull(field: 0)), [], "posts: all rows by primary"),
    ]

    @Test(arguments: descriptions.indices)
    func choices(_ index: Int) throws {
        let (table, predicate, sort, description) = Self.descriptions[index]
        #expect(try plan(table, predicate, sort).description == description)
    }

    @Test func valuesAreCoerced() throws {
        let plan = try plan("posts", .equals(field: 3, 4.0))
        #expect(plan.residual == .compare(field: 3, .equal, 4))
        #expect(try self.plan("posts", .equals(field: 4, "1970-01-01")).equality == [Self.at(0)])
    }

    @Test func mistakes() throws {
        let cases: [(Predicate, [Sort], DatabaseError.Code)] = [
            (.equals(field: 3, "four"), [], .typeMismatch),
            (.equals(field: 9, 1), [], .unknownField),
            (.isNull(field: -2), [], .unknownField), (.hasPrefix(field: 3, "a"), [], .typeMismatch),
            (.all, [Sort(5)], .unknownField), (.isIn(field: 2, [1]), [], .typeMismatch),
        ]
        for (predicate, sort, code) in cases {
            let error = #expect(throws: DatabaseError.self) {
                try plan("posts", predicate, sort)
            }
            #expect(error?.code == code)
            #expect(error?.table == "posts")
        }
        let error = #expect(throws: DatabaseError.self) { try plan("post", .all) }
        #expect(error?.advice == "Did you mean posts?")
    }

    @Test(arguments: [false, true])
    func theTighterOfEqualBounds(_ isSwapped: Bool) throws {
        let pairs: [(Comparison, Comparison)] = [
            (.less, .lessOrEqual), (.greater, .greaterOrEqual),
        ]
        for (open, closed) in pairs {
            let parts: [Predicate] = [
                .compare(field: 1, open, "m"), .compare(field: 1, closed, "m"),
            ]
            let plan = try plan("posts", .and(isSwapped ? parts.reversed() : parts))
            #expect((plan.range?.lower ?? plan.range?.upper)?.isInclusive == false)
            #expect(plan.residual == nil)
        }
    }

    @Test func longValuesMakeBounds() throws {
        let long = String(repeating: "x", count: 10_000)
        let plan = try plan("posts", .compare(field: 1, .less, .text(long)))
        #expect(plan.keys.upper.map { $0.count > 10_000 } == true)
    }
}
