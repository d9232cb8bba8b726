import Foundation
import Tufa

/// Three trees, one of them unique.
struct User: Entity {
    var id = EntityID<User>()
    var email = ""
    var name = ""
    var createdAt = Date.distantPast

    static let schema = Schema<User>("users") {
        Field("email", \.email, .text(max: 255)).unique()
        Field("name", \.name)
        Field("created_at", \.createdAt)
        Index(.descending(\.createdAt))
    }
}

/// Three trees, a reference, a text to search.
struct Post: Entity {
    var id = EntityID<Post>()
    var userID = User.ID.none
    var text = ""
    var createdAt = Date.distantPast

    static let schema = Schema<Post>("posts") {
        Field("user_id", \.userID).references(User.self, onDelete: .cascade)
        Field("text", \.text)
        Field("created_at", \.createdAt)
        Index(.ascending(\.userID), .descending(\.createdAt))
        Index(.descending(\.createdAt))
        FullText(\.text)
    }
}

/// Rows made from a seed, identifiers too: the same in every run.
struct Rows {
    private var state: UInt64 = 42
    private let words: [String]

    init() {
        let syllables = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te"]
        words = (0..<2000).map { number in
            syllables[number % 12] + syllables[number / 12 % 12] + syllables[number / 144 % 12]
                + "x"
        }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func next(below limit: Int) -> Int { Int(next() >> 1) % limit }

    /// A word; low ranks come oftener than high ones.
    mutating func word() -> String {
        words[next(below: 1 + next(below: 1 + next(below: words.count)))]
    }

    /// An identifier as the library makes them: in the order of time, with a random rest.
    private mutating func id(_ number: Int) -> RowID {
        let time = UInt64(1_700_000_000_000 + number / 10)
        return RowID(
            high: time << 16 | 0x7000 | next() & 0xFFF, low: 1 << 63 | next() & (1 << 62 - 1))
    }

    mutating func user(_ number: Int) -> User {
        var user = User()
        user.id = EntityID(id(number))
        user.email = "person.\(number)@example.com"
        user.name = word() + " " + word()
        user.createdAt = Date(timeIntervalSince1970: Double(1_600_000_000 + number))
        return user
    }

    mutating func post(_ number: Int, of users: [User]) -> Post {
        var post = Post()
        post.id = EntityID(id(number))
        post.userID = users[next(below: users.count)].id
        post.text = (0..<10).map { _ in word() }.joined(separator: " ")
        post.createdAt = Date(timeIntervalSince1970: Double(1_600_000_000 + number))
        return post
    }
}
