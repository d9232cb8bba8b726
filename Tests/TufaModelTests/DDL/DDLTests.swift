import Testing
import TufaBytes

@testable import TufaModel

struct DDLTests {
    static let blog = """
        -- Who writes.
        CREATE TABLE IF NOT EXISTS users (
            id UUID PRIMARY KEY,
            email VARCHAR(255) NOT NULL UNIQUE,
            name text not null default 'nobody''s',
            "Age" SMALLINT CHECK ("Age" >= 0),
            created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
        );
        /* What they write. */
        create table posts (
            id uuid not null,
            user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
            parent UUID REFERENCES posts ON DELETE SET NULL,
            n INTEGER NOT NULL DEFAULT 0,
            score DOUBLE PRECISION NULL DEFAULT -1.5,
            seen BOOL NOT NULL DEFAULT FALSE,
            at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT TIMESTAMP '2024-05-01',
            title CHARACTER VARYING (80),
            body TEXT,
            raw BYTEA DEFAULT '\\x00ff',
            PRIMARY KEY (id),
            CONSTRAINT one_a_title UNIQUE (title),
            UNIQUE (user_id, n),
            UNIQUE (raw),
            CONSTRAINT positive CHECK ( n >= 0 AND (score < 1) ),
            CHECK (length(title) > 0), CHECK (body <> ''),
            FOREIGN KEY (user_id) REFERENCES users
        );
        """

    @Test func everyWord() throws {
        var text = Self.blog.replacing(",\n    FOREIGN KEY (user_id) REFERENCES users", with: "")
        text += """
            CREATE UNIQUE INDEX by_time ON posts USING btree (at DESC, id);
            CREATE INDEX ON posts (user_id, at DESC, n ASC);
            CREATE INDEX words ON posts USING GIN (to_tsvector('english', body));
            CREATE INDEX IF NOT EXISTS words ON posts (n);
            CREATE INDEX more ON posts USING gin(
                to_tsvector('english', coalesce(title, '') || ' ' || body));
            CREATE INDEX heavy ON posts USING GIN ((setweight(to_tsvector('english', title), 'A')
                || setweight(to_tsvector('english', body), 'B')));
            """
        let schema = try DDLParser.parse(text)
        let users = try #require(schema.table("users"))
        #expect(
            users.fields == [
                FieldSchema("email", .text, maximumLength: 255, isUnique: true),
                FieldSchema("name", .text, defaultValue: "nobody's"),
                FieldSchema("Age", .int64, isOptional: true),
                FieldSchema("created_at", .timestamp, role: .setOnCreate),
                FieldSchema("updated_at", .timestamp, role: .setOnUpdate),
            ])
        #expect(
            users.checks == [
                CheckSchema("users_Age_range", expression: "\"Age\" BETWEEN -32768 AND 32767"),
                CheckSchema("users_Age_check", expression: "\"Age\" >= 0"),
            ])
        let posts = try #require(schema.table("posts"))
        checkPosts(posts)
        #expect(
            posts.fullText == [
                FullTextSchema("words", [FullTextField("body")]),
                FullTextSchema("more", [FullTextField("title"), FullTextField("body")]),
                FullTextSchema(
                    "heavy",
                    [FullTextField("title", weight: 1), FullTextField("body", weight: 0.4)]),
            ])
    }

    func checkPosts(_ posts: TableSchema) {
        #expect(
            posts.fields == [
                FieldSchema("user_id", .uuid), FieldSchema("parent", .uuid, isOptional: true),
                FieldSchema("n", .int64, defaultValue: 0),
                FieldSchema("score", .double, isOptional: true, defaultValue: -1.5),
                FieldSchema("seen", .boolean, defaultValue: false),
                FieldSchema(
                    "at", .timestamp,
                    defaultValue: .timestamp(Timestamp(microseconds: 1_714_521_600_000_000))),
                FieldSchema("title", .text, isOptional: true, maximumLength: 80),
                FieldSchema("body", .text, isOptional: true),
                FieldSchema(
                    "raw", .bytes, isOptional: true, isUnique: true,
                    defaultValue: .bytes([0, 255])),
            ])
        #expect(
            posts.references == [
                ReferenceSchema("user_id", to: "users", onDelete: .cascade),
                ReferenceSchema("parent", to: "posts", onDelete: .setNull),
            ])
        #expect(
            posts.checks == [
                CheckSchema("posts_n_range", expression: "n BETWEEN -2147483648 AND 2147483647"),
                CheckSchema("positive", expression: "n >= 0 AND (score < 1)"),
                CheckSchema("posts_check", expression: "length(title) > 0"),
                CheckSchema("posts_check1", expression: "body <> ''"),
            ])
        #expect(
            posts.indexes == [
                IndexSchema("one_a_title", [IndexColumn("title")], isUnique: true),
                IndexSchema(
                    "posts_user_id_n_key", [IndexColumn("user_id"), IndexColumn("n")],
                    isUnique: true),
                IndexSchema(
                    "by_time", [IndexColumn("at", isDescending: true), IndexColumn("id")],
                    isUnique: true),
                IndexSchema(
                    "posts_user_id_at_n_idx",
                    [
                        IndexColumn("user_id"), IndexColumn("at", isDescending: true),
                        IndexColumn("n"),
                    ]),
            ])
    }

    @Test func partsWithoutWeightAreD() throws {
        let schema = try DDLParser.parse(
            """
            CREATE TABLE t (id UUID PRIMARY KEY, a TEXT, b TEXT, c TEXT);
            CREATE INDEX ON t USING GIN (setweight(to_tsvector('english', a), 'C')
                || to_tsvector('english', b) || setweight(to_tsvector('english', c), 3.5))
            """)
        #expect(schema.tables[0].fullText[0].name == "t_a_b_c_idx")
        #expect(schema.tables[0].fullText[0].fields.map(\.weight) == [0.2, 0.1, 3.5])
    }

    @Test(arguments: 0..<300)
    func printedReadsBack(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let schema = random.schema()
        let text = DDLPrinter.print(schema)
        #expect(try DDLParser.parse(text) == schema, "\(text)")
    }

    @Test func checksInCodeAreComments() throws {
        var random = SeededGenerator(3)
        for _ in 0..<100 {
            var schema = random.schema(codeChecks: true)
            let text = DDLPrinter.print(schema)
            for index in schema.tables.indices {
                schema.tables[index].checks.removeAll { $0.expression == nil }
            }
            #expect(try DDLParser.parse(text) == schema)
        }
    }

    @Test func commentAtTheEndOfACheck() throws {
        let schema = DatabaseSchema([
            TableSchema(
                "t", fields: [FieldSchema("n", .int64)],
                checks: [CheckSchema("c", expression: "n > 0 -- positive")])
        ])
        #expect(
            try DDLParser.parse(DDLPrinter.print(schema)).tables[0].checks[0].expression == "n > 0")
    }

    @Test func forwardReferences() throws {
        let schema = try DDLParser.parse(
            """
            CREATE TABLE a (id UUID PRIMARY KEY, b UUID REFERENCES b(id));
            CREATE TABLE b (id UUID PRIMARY KEY, a UUID REFERENCES a(id));
            """)
        #expect(schema.tables.map(\.name) == ["a", "b"])
    }
}
