import Tufa

/// SplitMix64 (Steele, Lea, Flood 2014): the same rows in every run.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Words as texts have them: the word of rank r comes about 1/r as often as the first (Zipf).
struct Words {
    /// The vocabulary, the most frequent first.
    let all: [String]
    private let cumulative: [Double]

    init(count: Int = 20_000, seed: UInt64 = 7) {
        let consonants = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z"]
        let vowels = ["a", "e", "i", "o", "u"]
        var chance = Chance(seed: seed)
        var words = Set<String>()
        var all: [String] = []
        while all.count < count {
            var word = ""
            for _ in 0..<Int.random(in: 2...4, using: &chance) {
                word += consonants.randomElement(using: &chance) ?? ""
                word += vowels.randomElement(using: &chance) ?? ""
            }
            if words.insert(word).inserted { all.append(word) }
        }
        self.all = all
        var sum = 0.0
        cumulative = (1...count).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }

    /// One word.
    func word(_ chance: inout Chance) -> String {
        let wanted = Double.random(in: 0..<(cumulative.last ?? 1), using: &chance)
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > wanted { high = middle } else { low = middle + 1 }
        }
        return all[low]
    }

    /// Several words.
    func text(_ count: Int, _ chance: inout Chance) -> String {
        (0..<count).map { _ in word(&chance) }.joined(separator: " ")
    }
}

/// Rows of all tables, made before anything is measured.
struct Rows {
    var chance = Chance(seed: 42)
    let words = Words()

    static func email(_ number: Int) -> String { "person.\(number)@example.com" }

    /// A second for each number, so that an order by time is the same everywhere.
    static func time(_ number: Int) -> Timestamp {
        Timestamp(microseconds: Int64(1_600_000_000 + number) * 1_000_000)
    }

    mutating func users(_ range: Range<Int>) -> [User] {
        range.map { number in
            var user = User()
            user.email = Self.email(number)
            user.name = words.text(2, &chance)
            user.createdAt = Self.time(number)
            return user
        }
    }

    mutating func posts(_ count: Int, of users: [User.ID], from second: Int) -> [Post] {
        (0..<count).map { number in
            var post = Post()
            post.userID = users.randomElement(using: &chance) ?? .none
            post.title = words.text(3, &chance)
            post.content = words.text(7, &chance)
            post.createdAt = Self.time(second + number)
            return post
        }
    }

    mutating func articles(_ count: Int, of users: [User.ID], from second: Int) -> [Article] {
        posts(count, of: users, from: second).map { post in
            var article = Article()
            (article.userID, article.createdAt) = (post.userID, post.createdAt)
            (article.title, article.content) = (post.title, post.content)
            return article
        }
    }

    mutating func items(_ count: Int) -> [Item] {
        (0..<count).map { _ in
            var body = ""
            while body.utf8.count < Item.bodyByteCount { body += words.word(&chance) + " " }
            return Item(body: String(body.prefix(Item.bodyByteCount)))
        }
    }
}
