import Foundation
import TufaBytes

@testable import TufaModel

extension Decoder {
    /// Where the fuzzer begins: pieces of the golden files in a folder, and small inputs.
    func seeds(golden: String) throws -> [[UInt8]] {
        switch self {
        case .log: try pieces(of: golden, "log").map { Array($0.dropFirst(4096).prefix(6000)) }
        case .commits:
            try pieces(of: golden, "log").map { Array($0.dropFirst(4096 + 64).prefix(2000)) }
        case .segment: try pieces(of: golden, "log").map { Array($0.prefix(104)) }
        case .manifest: try pieces(of: golden, "").map { Array($0.prefix(192)) }
        case .snapshot: try pieces(of: golden, "snapshots").map(Self.snapshotSeed)
        case .archive: try pieces(of: golden, "archive")
        case .columns: try pieces(of: golden, "log").compactMap(Self.columnSeed)
        case .text:
            [
                TextInput.seed(["a rolling stone", "gathers no moss", "a stone"], fieldCount: 1),
                TextInput.seed(["one", "one two two", "x y z"], fieldCount: 3),
                TextInput.seed((0..<140).map { "word w\($0)" }, fieldCount: 2),
            ]
        case .row: try Self.rowSeeds()
        case .key: (0..<16).map { [UInt8($0 * 16 + 5)] + (0..<160).map { UInt8($0) } }
        case .schema: try Self.schemas.map { try DDLParser.parse($0).encode() }
        case .ddl: Self.schemas.map { Array($0.utf8) }
        case .search: Self.searches.map { Array($0.utf8) }
        // The last digit of the text has no, four or two bits left over.
        case .cursor: [[1, 2, 3]] + (3...5).map(Self.cursorSeed)
        case .json: Self.rows(json: true).map { Array($0.utf8) }
        case .csv: Self.rows(json: false).map { Array($0.utf8) }
        case .tsv:
            Self.rows(json: false).map { Array($0.replacing(",", with: "\t").utf8) }
        }
    }

    /// The files of one folder of each golden database.
    private func pieces(of golden: String, _ folder: String) throws -> [[UInt8]] {
        let root = URL(filePath: golden)
        let manager = FileManager.default
        var found: [[UInt8]] = []
        for version in try manager.contentsOfDirectory(atPath: golden).sorted() {
            let url = root.appending(path: version).appending(path: "db").appending(path: folder)
            let names = (try? manager.contentsOfDirectory(atPath: url.path)) ?? []
            for name in names.sorted() where folder != "" || name == "MANIFEST" {
                found.append([UInt8](try Data(contentsOf: url.appending(path: name))))
            }
        }
        return found
    }

    /// The commits of a segment's first frame.
    private static func columnSeed(_ file: [UInt8]) -> [UInt8]? {
        let frame = Array(file.dropFirst(4096))
        let byteCount = Int(frame.number(UInt32.self, at: 4))
        return ColumnInput.seed(Array(frame.dropFirst(64).prefix(byteCount)))
    }

    private static func snapshotSeed(_ file: [UInt8]) -> [UInt8] {
        let trailer = file.count - 4096 + 64
        let start = Int(file.number(UInt64.self, at: trailer + 32))
        let count = Int(file.number(UInt64.self, at: trailer + 40))
        return Array(file[trailer..<trailer + SnapshotInput.fieldByteCount])
            + Array(file[start..<start + count])
    }

    private static func rowSeeds() throws -> [[UInt8]] {
        try (0..<16).map { number in
            let choice = UInt8(number * 16 + number)
            let table = try RowInput.table(choice)
            var source = ValueSource(bytes: (0..<200).map { UInt8($0 % 40) }[...])
            var builder = RowBuilder()
            try RowCodec.encode(source.values(table), table, into: &builder)
            return [choice] + Array(builder.bytes)
        }
    }

    private static func cursorSeed(keyByteCount: Int) -> [UInt8] {
        guard let table = try? RowInput.table(0) else { return [] }
        let key = [UInt8](repeating: 1, count: keyByteCount)
        return Array(Cursor(table, queryFingerprint: 7, key: key).text.utf8)
    }

    private static let schemas = [
        "CREATE TABLE t (id UUID PRIMARY KEY);",
        """
        CREATE TABLE people (
            id UUID PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE, name TEXT NOT NULL,
            age BIGINT DEFAULT 5 CHECK (age >= 0 AND age < 200), share DOUBLE PRECISION,
            is_open BOOLEAN NOT NULL DEFAULT TRUE, raw BYTEA DEFAULT '\\x0102',
            at TIMESTAMPTZ NOT NULL DEFAULT now());
        CREATE TABLE "no""tes" (
            id UUID PRIMARY KEY, person_id UUID NOT NULL REFERENCES people (id) ON DELETE CASCADE,
            body TEXT, kind TEXT CHECK (kind IN ('a', 'b') OR lower(kind) LIKE '%c_' ));
        CREATE UNIQUE INDEX i ON "no""tes" (person_id, kind DESC);
        CREATE INDEX j ON "no""tes" USING GIN (to_tsvector('english', body));
        """,
    ]

    private static let searches = [
        "fat \"rats and cats\" OR -dog state-of-the-art pre*", "((a OR b) AND NOT title:c~2)",
        "NEAR(one two, 3) \"a b\"~4 body:(x -y) z~", "o'brien 3.14 http://example.com/a?b=c “q”",
    ]

    private static func rows(json: Bool) -> [String] {
        json
            ? [
                #"{"id":"018bcfe5-6800-7000-8000-000000000001","name":"a\u00e9\ud83d\ude00"}"#,
                #"{"name":"x","count":-12,"share":1.5e-3,"is_open":true,"note":null}"# + "\n"
                    + #"{"name":"y","at":"2024-02-29T23:59:59.999999Z","raw":"AQID"}"#,
            ]
            : [
                "name,count,note\na,1,\n\"b\"\"c\",2,\"x\ny\"\n",
                "name,share,is_open,at,owner,raw\nx,1e5,true,2024-01-01T00:00:00Z,,AQID\n",
                "\u{FEFF}name,note\r\n\\N,\\t\\\\\r\n",
            ]
    }
}
