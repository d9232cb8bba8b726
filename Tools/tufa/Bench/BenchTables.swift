import Foundation
import Tufa

/// The people of the benchmark: three trees, one of them unique.
struct BenchUser: Entity {
    var id = EntityID<BenchUser>()
    var email = ""
    var name = ""
    var createdAt = Date.distantPast

    static let schema = Schema<BenchUser>("users") {
        Field("email", \.email, .text(max: 255)).unique()
        Field("name", \.name)
        Field("created_at", \.createdAt)
        Index(.descending(\.createdAt))
    }
}

/// What they write: three trees, a reference, and a searchable text of ten words.
struct BenchPost: Entity {
    var id = EntityID<BenchPost>()
    var userID = BenchUser.ID.none
    var text = ""
    var createdAt = Date.distantPast

    static let schema = Schema<BenchPost>("posts") {
        Field("user_id", \.userID).references(BenchUser.self, onDelete: .cascade)
        Field("text", \.text)
        Field("created_at", \.createdAt)
        Index(.ascending(\.userID), .descending(\.createdAt))
        Index(.descending(\.createdAt))
        FullText(\.text)
    }
}

/// Rows made from a seed, the same in every run.
struct BenchRows {
    private var state: UInt64 = 42
    private let words: [String]

    init() {
        let syllables = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te"]
        words = (0..<10_000).map { number in
            var rest = number
            var word = ""
            for _ in 0..<4 {
                word += syllables[rest % syllables.count]
                rest /= syllables.count
            }
            return word
        }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) >> 1) % limit
    }

    /// A word; low ranks come oftener than high ones.
    mutating func word() -> String {
        words[next(below: 1 + next(below: 1 + next(below: words.count)))]
    }

    /// The user of a number, with an address that nobody else has.
    mutating func user(_ number: Int) -> BenchUser {
        var user = BenchUser()
        user.email = "person.\(number)@example.com"
        user.name = word() + " " + word()
        user.createdAt = Date(timeIntervalSince1970: Double(1_600_000_000 + number))
        return user
    }

    /// A post of one of the users.
    mutating func post(_ number: Int, of users: [BenchUser.ID]) -> BenchPost {
        var post = BenchPost()
        post.userID = users[next(below: users.count)]
        post.text = (0..<10).map { _ in word() }.joined(separator: " ")
        post.createdAt = Date(timeIntervalSince1970: Double(1_600_000_000 + number))
        return post
    }
}
