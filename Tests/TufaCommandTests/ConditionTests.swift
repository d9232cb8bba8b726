import Testing
import TufaBytes
import TufaModel

@testable import TufaCommand

struct ConditionTests {
    @Test(arguments: [
        ("name=Ada", Predicate.compare(field: 0, .equal, "Ada")),
        ("name=", .compare(field: 0, .equal, "")),
        ("name=a=b", .compare(field: 0, .equal, "a=b")),
        ("name!=x", .compare(field: 0, .notEqual, "x")),
        ("name<>x", .compare(field: 0, .notEqual, "x")),
        ("count<=3", .compare(field: 2, .lessOrEqual, 3)),
        ("count<3", .compare(field: 2, .less, 3)),
        ("count>=-3", .compare(field: 2, .greaterOrEqual, -3)),
        ("count>3", .compare(field: 2, .greater, 3)),
        ("name^=Ad", .hasPrefix(field: 0, "Ad")),
        ("note:null", .isNull(field: 1)),
        ("note:notnull", .not(.isNull(field: 1))),
        ("name=a:null", .compare(field: 0, .equal, "a:null")),
        (
            "id=00000000-0000-0001-0000-000000000002",
            .compare(field: -1, .equal, .uuid(RowID(high: 1, low: 2)))
        ),
    ])
    func reads(_ text: String, _ expected: Predicate) throws {
        #expect(try ConditionParser.condition(text, everyType) == expected)
    }

    @Test(arguments: [
        ("name", "syntax"), ("", "syntax"), ("nmae=1", "unknown_field"), ("=1", "unknown_field"),
        ("count=x", "type_mismatch"), ("count^=1", "type_mismatch"), ("nmae:null", "unknown_field"),
    ])
    func refuses(_ text: String, _ code: String) {
        let error = #expect(throws: DatabaseError.self) {
            try ConditionParser.condition(text, everyType)
        }
        #expect(error?.code.name == code)
    }

    @Test
    func readsOrders() throws {
        #expect(
            try ConditionParser.order("count:desc,name", everyType)
                == [Sort(2, isDescending: true), Sort(0)])
        #expect(throws: DatabaseError.self) { try ConditionParser.order("count:down", everyType) }
        #expect(throws: DatabaseError.self) { try ConditionParser.order("", everyType) }
    }
}
