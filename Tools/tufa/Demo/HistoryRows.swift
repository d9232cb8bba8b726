import TufaBytes
import TufaModel

/// The schema of the demo, and the rows that a git history gives.
enum HistoryRows {
    /// Authors are users and commits are posts.
    static let schema = """
        CREATE TABLE users (
            id UUID PRIMARY KEY,
            email TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            created_at TIMESTAMP NOT NULL,
            updated_at TIMESTAMP NOT NULL
        );
        CREATE TABLE posts (
            id UUID PRIMARY KEY,
            user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
            title TEXT NOT NULL,
            content TEXT,
            created_at TIMESTAMP NOT NULL,
            updated_at TIMESTAMP NOT NULL
        );
        CREATE INDEX users_created ON users(created_at DESC);
        CREATE INDEX posts_user ON posts(user_id, created_at DESC);
        CREATE INDEX posts_created ON posts(created_at DESC);
        CREATE INDEX posts_text ON posts USING GIN(
            (setweight(to_tsvector('english', title), 'A')
                || setweight(to_tsvector('english', content), 'B')));
        """

    /// The identifier that sixteen bytes of a commit's hash make.
    ///
    /// A post takes the first ones; an author the last ones of the first commit.
    static func id(_ hash: some StringProtocol) -> RowID {
        var (high, low) = (UInt64(0), UInt64(0))
        for byte in hash.utf8.prefix(32) {
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(InputScalars.hexDigit(byte) ?? 0)
        }
        return RowID(high: high, low: low)
    }

    /// A text whose key an index can hold.
    static func short(_ text: String) -> String { String(text.unicodeScalars.prefix(200)) }
}
