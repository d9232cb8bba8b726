import Foundation
import Testing
import Tufa
import TufaTesting

/// Queries that go past the planner against the same filter and the same sort in Swift.
struct IndexRunTests {
    struct Point: Entity {
        var id = EntityID<Point>()
        var a = 0
        var b: Int?
        var c = ""
        var flag = false

        static let schema = Schema<Point>("points") {
            Field("a", \.a)
            Field("b", \.b)
            Field("c", \.c)
            Field("flag", \.flag)
            Index(.ascending(\.a), .descending(\.b))
            Index(.descending(\.c), .ascending(\.a))
            Index(.ascending(\.c), .ascending(\.b), .ascending(\.a)).unique()
            Index(.ascending(\.flag), .ascending(\.a), .ascending(\.b))
            Index(.descending(\.b))
        }
    }

    /// One step of an order: by which field, and whether greater values come first.
    struct Step: CustomStringConvertible {
        let field: Int
        let isDescending: Bool
        var description: String { "\(field)\(isDescending ? " desc" : "")" }

        func order(_ one: Point, _ two: Point) -> Int {
            func compare<V: Comparable>(_ x: V, _ y: V) -> Int { x < y ? -1 : x == y ? 0 : 1 }
            let order: Int
            switch field {
            case 0: order = compare(one.a, two.a)
            case 1: order = compare(one.b ?? .max, two.b ?? .max)
            case 2: order = compareTexts(one.c, two.c)
            case 3: order = compare(one.flag ? 1 : 0, two.flag ? 1 : 0)
            default: order = compare(one.id, two.id)
            }
            return isDescending ? -order : order
        }

        private func compareTexts(_ x: String, _ y: String) -> Int {
            x == y ? 0 : Array(x.utf8).lexicographicallyPrecedes(Array(y.utf8)) ? -1 : 1
        }

        func add(to query: Query<Point>) -> Query<Point> {
            query.order { columns in
                switch field {
                case 0: isDescending ? columns.a.descending : columns.a.ascending
                case 1: isDescending ? columns.b.descending : columns.b.ascending
                case 2: isDescending ? columns.c.descending : columns.c.ascending
                case 3: isDescending ? columns.flag.descending : columns.flag.ascending
                default: isDescending ? columns.id.descending : columns.id.ascending
                }
            }
        }
    }

    let db: Database
    let points: [Point]

    init() throws {
        db = try InMemoryDatabase.make(Point.self)
        var chance = SystemRandomNumberGenerator()
        points = try db.writeBlocking { tx in
            var points: [Point] = []
            while points.count < 400 {
                var point = Point()
                point.a = Int.random(in: 0...4, using: &chance)
                point.b = Bool.random(using: &chance) ? nil : Int.random(in: -2...2, using: &chance)
                point.c = ["", "x", "x\u{0}", "xy", "é"].randomElement(using: &chance) ?? ""
                point.flag = Bool.random(using: &chance)
                let isTaken = points.contains {
                    $0.a == point.a && $0.b == point.b && $0.c == point.c && $0.b != nil
                }
                if !isTaken { points.append(try tx.insert(point)) }
            }
            return points
        }.value
    }

    /// Equalities on some fields, in any order.
    private func query(_ fields: [Int], like point: Point) -> (Query<Point>, [Point]) {
        var query = Point.all
        var found = points
        for field in fields {
            switch field {
            case 0:
                query = query.filter { $0.a == point.a }
                found = found.filter { $0.a == point.a }
            case 1:
                query = query.filter { $0.b == point.b }
                found = found.filter { $0.b == point.b }
            case 2:
                query = query.filter { $0.c == point.c }
                found = found.filter { $0.c == point.c }
            default:
                query = query.filter { $0.flag == point.flag }
                found = found.filter { $0.flag == point.flag }
            }
        }
        return (query, found)
    }

    @Test(arguments: [
        [], [0], [1], [2], [3], [0, 2], [2, 0], [2, 1], [3, 0], [1, 2, 3], [0, 0],
    ])
    func `rows are those of the filter, in the order asked for`(_ fields: [Int]) throws {
        let view = db.view()
        let orders: [[Int]] = [
            [0], [1], [2], [0, 1], [2, 0], [1, 0], [-1], [0, -1], [2, 1, 0], [3],
        ]
        for (number, order) in orders.enumerated() {
            for directions in 0..<1 << order.count {
                let steps = order.enumerated().map {
                    Step(field: $1, isDescending: directions >> $0 & 1 == 1)
                }
                let (base, found) = query(fields, like: points[number * 31])
                let last = Step(field: -1, isDescending: steps.last?.isDescending ?? false)
                let expected = found.sorted { one, two in
                    for step in steps + [last] {
                        let order = step.order(one, two)
                        if order != 0 { return order < 0 }
                    }
                    return false
                }.map(\.id)
                let query = steps.reduce(base) { $1.add(to: $0) }
                #expect(try view.fetch(query).map(\.id) == expected, "\(fields) by \(steps)")
                for limit in [0, 1, 7, 33, 1000] {
                    var lent: [Point.ID] = []
                    try view.forEach(query.limit(limit)) { lent.append($0.id) }
                    #expect(lent == Array(expected.prefix(limit)), "\(fields) by \(steps)")
                }
                #expect(try view.first(query)?.id == expected.first)
            }
        }
    }

    /// Rows of owners whose identifiers, and whose names, differ in their last bytes only.
    private struct Owned: Entity {
        var id = EntityID<Owned>()
        var owner = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        var name = ""
        var rank = 0

        static let schema = Schema<Owned>("owned") {
            Field("owner", \.owner)
            Field("name", \.name)
            Field("rank", \.rank)
            Index(.ascending(\.owner), .descending(\.rank))
            Index(.descending(\.name), .ascending(\.rank))
        }
    }

    @Test func `a run ends where the keys of another begin, however alike they are`() throws {
        let db = try InMemoryDatabase.make(Owned.self)
        let rows = try db.writeBlocking { tx in
            try (0..<200).map { number in
                var row = Owned()
                let owner = UInt8(number * 7 % 100)
                // Pairs of owners are alike in what heads tell, and a leaf has several pairs: else
                // the leaf's own prefix would tell the rest.
                let first = UInt8(owner / 2)
                row.owner = UUID(uuid: (first, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, owner))
                row.name = "\(first) and then long alike \(owner)"
                row.rank = number
                return try tx.insert(row)
            }
        }.value
        let view = db.view()
        for owner in Set(rows.map(\.owner)) {
            let own = rows.filter { $0.owner == owner }.map(\.rank)
            let name = rows.first { $0.owner == owner }?.name ?? ""
            for limit in [1, 3, own.count, own.count + 1, 100] {
                for query in [
                    Owned.where { $0.owner == owner }, Owned.where { $0.name == name },
                ] {
                    let up = try view.fetch(query.order { $0.rank.ascending }.limit(limit))
                    #expect(up.map(\.rank) == Array(own.prefix(limit)))
                    let down = try view.fetch(query.order { $0.rank.descending }.limit(limit))
                    #expect(down.map(\.rank) == Array(own.reversed().prefix(limit)))
                }
            }
        }
        let nobody = UUID(uuid: (0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 200))
        let query = Owned.where { $0.owner == nobody }.order { $0.rank.ascending }
        #expect(try view.fetch(query).isEmpty)
    }

    @Test(arguments: 0..<20)
    func `a count that looks at no row is that of the rows`(_ number: Int) throws {
        let (low, high) = (number % 5, number / 4)
        let view = db.view()
        let ranges = [
            (
                Point.where { $0.a >= low && $0.a < high },
                points.count { $0.a >= low && $0.a < high }
            ),
            (Point.where { $0.b > low - 2 }, points.count { $0.b.map { $0 > low - 2 } ?? false }),
            (Point.where { $0.b == nil }, points.count { $0.b == nil }),
            (Point.where { $0.c.hasPrefix("x") }, points.count { $0.c.hasPrefix("x") }),
            (
                Point.where { $0.flag == true && $0.a == low },
                points.count { $0.flag && $0.a == low }
            ),
        ]
        for (query, expected) in ranges {
            #expect(try view.count(query) == expected)
            #expect(try view.count(query.limit(9)) == min(9, expected))
            #expect(try view.fetch(query).count == expected)
        }
    }

    @Test func `a value of no index's length is found in none`() throws {
        let long = String(repeating: "long ", count: 1000)
        let query = Point.where { $0.c == long }.order { $0.a.ascending }
        #expect(try db.view().fetch(query).isEmpty)
    }
}
