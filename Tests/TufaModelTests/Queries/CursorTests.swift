import Testing
import TufaBytes

@testable import TufaModel

struct CursorTests {
    let table: TablePlan
    let plan: Plan

    init() throws {
        table = try SchemaPlan(
            try DDLParser.parse("CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT UNIQUE)")
        ).tables[0]
        plan = try Planner.plan(.compare(field: 0, .greater, 3), table)
    }

    @Test(arguments: 0..<40)
    func roundTrip(_ length: Int) throws {
        var random = SeededGenerator(UInt64(length))
        let key = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let text = Cursor(plan, key: key).text
        #expect(text.utf8.allSatisfy { $0 >= 48 && $0 <= 122 || $0 == 45 })
        #expect(try Cursor(decoding: text, for: plan).key == key)
    }

    @Test func otherQueriesAreRefused() throws {
        let text = Cursor(plan, key: [1]).text
        let others = [
            try Planner.plan(.compare(field: 0, .greater, 4), table),
            try Planner.plan(.compare(field: 0, .greaterOrEqual, 3), table),
            try Planner.plan(.compare(field: 0, .greater, 3), sort: [Sort(0)], table),
            try Planner.plan(.all, table),
        ]
        for other in others {
            let error = #expect(throws: DatabaseError.self) {
                try Cursor(decoding: text, for: other)
            }
            #expect(error?.code == .invalidCursor)
            #expect(error?.message == "The cursor belongs to another query.")
        }
        let later = try SchemaPlan(
            try DDLParser.parse("CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT UNIQUE, m TEXT)")
        ).tables[0]
        let error = #expect(throws: DatabaseError.self) {
            try Cursor(decoding: text, for: Planner.plan(.compare(field: 0, .greater, 3), later))
        }
        #expect(error?.message == "The cursor belongs to an earlier schema of the table.")
    }

    @Test func garbageIsRefused() {
        var random = SeededGenerator(1)
        let good = Array(Cursor(plan, key: [1, 2, 3]).text.utf8)
        for _ in 0..<5_000 {
            var text = good
            switch random.below(3) {
            case 0: text[random.below(text.count)] = UInt8(random.below(128))
            case 1: text.removeLast(1 + random.below(text.count - 1))
            default: text = (0..<random.below(80)).map { _ in UInt8(33 + random.below(90)) }
            }
            if text == good { continue }
            let error = #expect(throws: DatabaseError.self) {
                try Cursor(decoding: String(decoding: text, as: UTF8.self), for: plan)
            }
            #expect(error?.code == .invalidCursor)
        }
    }

    @Test func base64IsTheStandards() {
        #expect(Base64URL.encode(Array("foobar".utf8)) == "Zm9vYmFy")
        #expect(Base64URL.encode(Array("fo".utf8)) == "Zm8")
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.decode("Zm9".utf8) == nil)
        #expect(Base64URL.decode("Z".utf8) == nil)
        #expect(Base64URL.decode("A".utf8) == nil)
        #expect(Base64URL.decode("Zm8=".utf8) == nil)
        #expect(Base64URL.decode("".utf8) == [])
    }
}
