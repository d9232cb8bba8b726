import Tufa

/// Three B-trees: by identifier, by email, newest first.
struct User: Entity {
    var id = EntityID<User>()
    var email = ""
    var name = ""
    var createdAt = Timestamp(microseconds: 0)

    static let schema = Schema<User>("users") {
        Field("email", \.email, .text(max: 255)).unique()
        Field("name", \.name)
        Field("created_at", \.createdAt)
        Index(.descending(\.createdAt))
    }
}

/// Three B-trees: by identifier, newest first of one user, newest first of all.
struct Post: Entity {
    var id = EntityID<Post>()
    var userID = User.ID.none
    var title = ""
    var content = ""
    var createdAt = Timestamp(microseconds: 0)

    static let schema = Schema<Post>("posts") {
        Field("user_id", \.userID).references(User.self, onDelete: .cascade)
        Field("title", \.title)
        Field("content", \.content)
        Field("created_at", \.createdAt)
        Index(.ascending(\.userID), .descending(\.createdAt))
        Index(.descending(\.createdAt))
    }
}

/// A post with the same B-trees and a full-text index over title and content.
struct Article: Entity {
    var id = EntityID<Article>()
    var userID = User.ID.none
    var title = ""
    var content = ""
    var createdAt = Timestamp(microseconds: 0)

    static let schema = Schema<Article>("articles") {
        Field("user_id", \.userID).references(User.self, onDelete: .cascade)
        Field("title", \.title)
        Field("content", \.content)
        Field("created_at", \.createdAt)
        Index(.ascending(\.userID), .descending(\.createdAt))
        Index(.descending(\.createdAt))
        FullText(\.title, weight: 2)
        FullText(\.content)
    }
}

/// 200 bytes with one B-tree, to see what a commit itself costs.
struct Item: Entity {
    var id = EntityID<Item>()
    var body = ""

    static let schema = Schema<Item>("items") { Field("body", \.body) }

    /// The length of a body that makes 200 bytes with its identifier.
    static let bodyByteCount = 184
}
