import Foundation
import Tufa

/// Debian's package index as a blog: maintainers are users, packages are posts.
struct DebianRows {
    private(set) var users: [User] = []
    private(set) var articles: [Article] = []

    /// Reads lines of email, name, package and description, with tabs between.
    init(path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var known: [String: User.ID] = [:]
        for (number, line) in text.split(separator: "\n").enumerated() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 4 else { continue }
            let email = String(fields[0])
            if known[email] == nil {
                var user = User()
                (user.email, user.name) = (email, String(fields[1]))
                user.createdAt = Rows.time(users.count)
                users.append(user)
                known[email] = user.id
            }
            var article = Article()
            article.userID = known[email] ?? .none
            (article.title, article.content) = (String(fields[2]), String(fields[3]))
            article.createdAt = Rows.time(number)
            articles.append(article)
        }
    }

    /// The same packages without full text.
    var posts: [Post] {
        articles.map { article in
            var post = Post()
            (post.userID, post.createdAt) = (article.userID, article.createdAt)
            (post.title, post.content) = (article.title, article.content)
            return post
        }
    }

    /// Words of the descriptions of at least five letters, each in at least so many.
    func words(atLeast count: Int) -> [String] {
        var counts: [String: Int] = [:]
        for article in articles {
            let words = article.content.lowercased().split { !$0.isLetter }
            for word in Set(words) where word.utf8.count >= 5 && word.utf8.count == word.count {
                counts[String(word), default: 0] += 1
            }
        }
        return counts.filter { $0.value >= count }.map(\.key).sorted()
    }
}
