import Foundation
import Tufa

/// Somebody who writes; what they wrote goes with them.
struct Author: Entity {
    var id = EntityID<Author>()
    var email = ""
    var name = ""
    var createdAt = Date.distantPast
    var updatedAt = Date.distantPast

    static let schema = Schema<Author>("authors") {
        Field("email", \.email, .text(max: 255)).unique()
        Field("name", \.name)
        Field("created_at", \.createdAt).setOnCreate()
        Field("updated_at", \.updatedAt).setOnUpdate()
        Index(.descending(\.createdAt))
    }
}

/// A shelf that may go while its articles stay.
struct Shelf: Entity {
    var id = EntityID<Shelf>()
    var label = ""

    static let schema = Schema<Shelf>("shelves") {
        Field("label", \.label).unique()
    }
}

/// A text by an author, perhaps on a shelf.
struct Article: Entity {
    var id = EntityID<Article>()
    var authorID = Author.ID.none
    var shelfID: Shelf.ID?
    var title = ""
    var body: String?
    /// Bulk that no index looks at.
    var notes = ""
    var score: Int64 = 0

    static let schema = Schema<Article>("articles") {
        Field("author_id", \.authorID).references(Author.self, onDelete: .cascade)
        Field("shelf_id", \.shelfID).references(Shelf.self, onDelete: .setNull)
        Field("title", \.title)
        Field("body", \.body)
        Field("notes", \.notes)
        Field("score", \.score)
        Index(.ascending(\.authorID), .descending(\.score))
        FullText(\.title, weight: 2)
        FullText(\.body)
        Check("title is not empty") { !$0.title.isEmpty }
    }
}

/// The three tables that the simulations work on.
enum Library {
    static let types: [any Entity.Type] = [Author.self, Shelf.self, Article.self]

    /// An identifier that every run gives again.
    static func id(_ number: Int) -> RowID { RowID(high: 0x7A, low: UInt64(number)) }

    static func author(_ number: Int) -> Author {
        Author(id: EntityID(id(number)), email: "a\(number)@example.com", name: "Author \(number)")
    }

    static func shelf(_ number: Int) -> Shelf {
        Shelf(id: EntityID(id(number)), label: "shelf \(number)")
    }

    static func article(
        _ number: Int, by author: Int, on shelf: Int? = nil, bytes: Int = 20
    ) -> Article {
        Article(
            id: EntityID(id(number)), authorID: EntityID(id(author)),
            shelfID: shelf.map { EntityID(id($0)) }, title: "Title \(number)",
            body: "an engine of kind \(number % 5)",
            notes: String(repeating: "\(number) ", count: bytes / 4), score: Int64(number % 7))
    }
}
