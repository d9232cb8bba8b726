import Testing
import TufaBytes

@testable import TufaModel

struct DDLRefusalTests {
    @Test(arguments: [
        (
            "DROP TABLE t", DatabaseError.Code.syntax,
            "Line 1, column 1: Expected CREATE TABLE or CREATE INDEX, found DROP."
        ),
        (
            "CREATE VIEW v", .syntax,
            "Line 1, column 8: Expected TABLE or INDEX, found VIEW."
        ),
        ("", .schemaMismatch, "The schema has no table."),
        (
            "CREATE TABLE", .syntax,
            "Line 1, column 13: Expected the name of a table, found the end."
        ),
        (
            "CREATE TABLE check (", .syntax,
            "Line 1, column 14: Expected the name of a table, found CHECK."
        ),
        (
            "CREATE TABLE public.t (", .syntax,
            "Line 1, column 14: Names stand alone here, without public. before them."
        ),
        ("CREATE TABLE t id", .syntax, "Line 1, column 16: Expected (, found ID."),
        (
            "CREATE TABLE t (n BIGINT)", .unsupported,
            "Line 1, column 14: Table t needs the column id UUID PRIMARY KEY."
        ),
        (
            "CREATE TABLE t (id UUID, n BIGINT)", .unsupported,
            "Line 1, column 14: Table t needs the column id UUID PRIMARY KEY."
        ),
        (
            "CREATE TABLE t (id SERIAL PRIMARY KEY)", .unsupported,
            """
            Line 1, column 20: There is no type SERIAL here; there are UUID, VARCHAR(n), TEXT, \
            SMALLINT, INTEGER, BIGINT, DOUBLE PRECISION, BOOLEAN, TIMESTAMP and BYTEA.
            """
        ),
        (
            "CREATE TABLE t (id BIGINT PRIMARY KEY)", .unsupported,
            "Line 1, column 20: id is of type UUID."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY DEFAULT 1)", .syntax,
            "Line 1, column 37: Expected PRIMARY KEY, NOT NULL, a comma or ), found DEFAULT."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, PRIMARY KEY (id))", .syntax,
            "Line 1, column 38: Table t has a primary key already."
        ),
        (
            "CREATE TABLE t (id UUID, PRIMARY KEY (id, n))", .unsupported,
            "Line 1, column 26: The primary key is id and nothing else."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT PRIMARY KEY)", .unsupported,
            "Line 1, column 47: The primary key is id and nothing else."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, id UUID)", .schemaMismatch,
            "Line 1, column 38: Table t declares id twice."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY,\n n BIGINT,\n n TEXT)", .schemaMismatch,
            "Line 3, column 2: Table t declares the field n twice."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT NOT NULL NULL)", .syntax,
            "Line 1, column 56: NULL or NOT NULL stands here twice."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT DEFAULT 1 DEFAULT 2)", .syntax,
            "Line 1, column 57: DEFAULT stands here twice."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT DEFAULT 'x')", .typeMismatch,
            """
            Line 1, column 55: In the default of n: 'x' is not of type int64: expected a whole \
            number of 64 bits such as -42.
            """
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT DEFAULT 1.5)", .typeMismatch,
            "Line 1, column 55: In the default of n: '1.5' is of type double, where int64 belongs."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT DEFAULT random())", .syntax,
            "Line 1, column 55: Expected a literal, CURRENT_TIMESTAMP or now(), found RANDOM."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT DEFAULT now())", .typeMismatch,
            "Line 1, column 55: The time of the commit is a timestamp, and n is int64."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT DEFAULT -'x')", .syntax,
            "Line 1, column 56: Expected a number, found 'x'."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n VARCHAR(0))", .syntax,
            "Line 1, column 48: Expected a length, found 0."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n VARCHAR(99999999))", .schemaMismatch,
            "Line 1, column 38: t.n has the maximum length 99999999; it is 1 to 10485760."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT COLLATE x)", .syntax,
            """
            Line 1, column 47: Expected NOT NULL, NULL, UNIQUE, DEFAULT, REFERENCES, CHECK, a \
            comma or ), found COLLATE.
            """
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n DOUBLE)", .syntax,
            "Line 1, column 46: Expected PRECISION, found )."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n UUID REFERENCES t(n))", .unsupported,
            "Line 1, column 58: A reference is to the column id."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n UUID REFERENCES t ON UPDATE CASCADE)", .syntax,
            "Line 1, column 61: Expected DELETE, found UPDATE."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n UUID REFERENCES t ON DELETE SET DEFAULT)",
            .syntax,
            "Line 1, column 68: Expected CASCADE, RESTRICT, NO ACTION or SET NULL, found SET."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n UUID REFERENCES u)", .schemaMismatch,
            "Line 1, column 38: t.n refers to the table 'u', which the schema does not have."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT REFERENCES t)", .schemaMismatch,
            "Line 1, column 38: t.n refers to t and is of type int64; a reference is a uuid."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n UUID, FOREIGN KEY (n, m) REFERENCES t)",
            .unsupported, "Line 1, column 46: A foreign key has one column."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT CHECK (n > 'x'))", .typeMismatch,
            """
            Line 1, column 58: 'x' is not of type int64: expected a whole number of 64 bits \
            such as -42.
            """
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT CHECK (n >))", .syntax,
            "Line 1, column 57: Expected a value, found )."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT CHECK ())", .syntax,
            "Line 1, column 54: Expected a value, found )."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT CHECK (n = 1 2))", .syntax,
            "Line 1, column 60: Expected an operator or the end of the check, found 2."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT CHECK (n = 1", .syntax,
            "Line 1, column 59: Expected the ) that ends the check, found the end."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT, CONSTRAINT c n)", .syntax,
            "Line 1, column 61: Expected PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK, found N."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT, UNIQUE (m))", .unknownField,
            "Line 1, column 48: Table t has no field 'm', which the index t_m_key names."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT) x", .syntax,
            "Line 1, column 48: Expected ; after the statement, found X."
        ),
        ("CREATE INDEX i ON t (n)", .unknownTable, "Line 1, column 19: There is no table 't'."),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t USING hash (n)",
            .syntax, "Line 1, column 73: Expected BTREE or GIN, found HASH."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE UNIQUE INDEX i ON t USING gin \
            (n)
            """,
            .unsupported, "Line 1, column 80: A text index cannot be unique."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t (lower(n))",
            .unsupported, "Line 1, column 73: An index is over columns, not over lower(…)."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t (n NULLS FIRST)",
            .syntax, "Line 1, column 70: Expected ASC, DESC, a comma or ), found NULLS."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t (n) WHERE n > 1",
            .syntax, "Line 1, column 71: Expected ; after the statement, found WHERE."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t (m)", .unknownField,
            "Line 1, column 67: Table t has no field 'm', which the index i names."
        ),
        (
            "CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t USING GIN (n)",
            .syntax,
            "Line 1, column 78: Expected to_tsvector('english', …) or setweight(…), found N."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t USING GIN \
            (to_tsvector(german, n))
            """,
            .syntax,
            "Line 1, column 90: Expected the name of an analyzer, such as 'english', found GERMAN."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t USING GIN \
            (to_tsvector('', n))
            """,
            .schemaMismatch, "Line 1, column 77: The name of an analyzer of table t is empty."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, a TEXT, b TEXT); CREATE INDEX i ON t USING GIN \
            (to_tsvector('simple', a) || to_tsvector('english', b))
            """,
            .unsupported,
            "Line 1, column 126: A text index has one analyzer, and this is its second: 'simple', then 'english'."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t USING GIN \
            (to_tsvector('english', ' '))
            """,
            .syntax, "Line 1, column 104: Expected a column, found )."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t USING GIN \
            (setweight(to_tsvector('english', n), 'E'))
            """,
            .syntax,
            "Line 1, column 115: Expected a weight: 'A', 'B', 'C', 'D' or a number, found 'E'."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n BIGINT); CREATE INDEX i ON t USING GIN \
            (to_tsvector('english', n))
            """,
            .schemaMismatch, "Line 1, column 79: The text index i names t.n, which is not text."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE INDEX i ON t (n); CREATE INDEX \
            i ON t (n)
            """,
            .schemaMismatch, "Line 1, column 92: Table t has two indexes named i."
        ),
        (
            """
            CREATE TABLE t (id UUID PRIMARY KEY, n TEXT); CREATE TABLE t (id UUID PRIMARY KEY, \
            n TEXT)
            """,
            .schemaMismatch, "Line 1, column 60: The schema declares the table t twice."
        ),
    ])
    func refuses(_ text: String, _ code: DatabaseError.Code, _ message: String) {
        let error = #expect(throws: DatabaseError.self) { try DDLParser.parse(text) }
        #expect(error?.code == code)
        #expect(error?.message == message)
    }

    @Test(arguments: 0..<20)
    func garbageNeverTraps(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let whole = Array(DDLTests.blog.unicodeScalars)
        let pieces = ["(", ")", ",", ";", "'", "\"", "CHECK", "id", "UUID", "--", "/*", "1", "||"]
        for _ in 0..<100 {
            var text = whole
            for _ in 0..<(1 + random.below(5)) {
                let at = random.below(text.count)
                let end = min(text.count, at + random.below(20))
                text.replaceSubrange(at..<end, with: Array(random.pick(pieces).unicodeScalars))
            }
            var string = String.UnicodeScalarView()
            string.append(contentsOf: text)
            if let schema = try? DDLParser.parse(String(string)) {
                #expect((try? DDLParser.parse(DDLPrinter.print(schema))) == schema)
            }
        }
    }
}
