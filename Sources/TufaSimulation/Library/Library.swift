package import Foundation
package import Tufa

/// Somebody who writes; what they wrote goes with them.
package struct Author: Entity {
    package var id = EntityID<Author>()
    package var email = ""
    package var name = ""
    package var createdAt = Date.distantPast
    package var updatedAt = Date.distantPast

    /// The default instance.
    package init() {}

    package static let schema = Schema<Author>("authors") {
        Field("email", \.email, .text(max: 255)).unique()
        Field("name", \.name)
        Field("created_at", \.createdAt).setOnCreate()
        Field("updated_at", \.updatedAt).setOnUpdate()
        Index(.descending(\.createdAt))
    }
}

/// A shelf that may go while its articles stay.
package struct Shelf: Entity {
    package var id = EntityID<Shelf>()
    package var label = ""

    /// The default instance.
    package init() {}

    package static let schema = Schema<Shelf>("shelves") {
        Field("label", \.label).unique()
    }
}

/// A text by an author, perhaps on a shelf.
package struct Article: Entity {
    package var id = EntityID<Article>()
    package var authorID = Author.ID.none
    package var shelfID: Shelf.ID?
    package var title = ""
    package var body: String?
    /// Bulk that no index looks at.
    package var notes = ""
    package var score: Int64 = 0

    /// The default instance.
    package init() {}

    package static let schema = Schema<Article>("articles") {
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

/// The same table of texts, with words as they are written.
package struct PlainArticle: Entity {
    package var id = EntityID<PlainArticle>()
    package var authorID = Author.ID.none
    package var shelfID: Shelf.ID?
    package var title = ""
    package var body: String?
    package var notes = ""
    package var score: Int64 = 0

    /// The default instance.
    package init() {}

    package static let schema = Schema<PlainArticle>("articles") {
        Field("author_id", \.authorID).references(Author.self, onDelete: .cascade)
        Field("shelf_id", \.shelfID).references(Shelf.self, onDelete: .setNull)
        Field("title", \.title)
        Field("body", \.body)
        Field("notes", \.notes)
        Field("score", \.score)
        Index(.ascending(\.authorID), .descending(\.score))
        FullText(\.title, weight: 2, analyzer: .simple)
        FullText(\.body)
        Check("title is not empty") { !$0.title.isEmpty }
    }

}

/// The three tables that the simulations work on.
package enum Library {
    /// Their types.
    package static let types: [any Entity.Type] = [Author.self, Shelf.self, Article.self]

    /// An identifier that every run gives again.
    package static func id(_ number: Int) -> RowID { RowID(high: 0x7A, low: UInt64(number)) }

    /// An author whose values follow from the number.
    package static func author(_ number: Int) -> Author {
        var author = Author()
        author.id = EntityID(id(number))
        author.email = "a\(number)@example.com"
        author.name = "Author \(number)"
        return author
    }

    /// A shelf whose label follows from the number.
    package static func shelf(_ number: Int) -> Shelf {
        var shelf = Shelf()
        shelf.id = EntityID(id(number))
        shelf.label = "shelf \(number)"
        return shelf
    }

    /// An article of about `bytes` bytes whose values follow from the number.
    package static func article(
        _ number: Int, by author: Int, on shelf: Int? = nil, bytes: Int = 20
    ) -> Article {
        var article = Article()
        article.id = EntityID(id(number))
        article.authorID = EntityID(id(author))
        article.shelfID = shelf.map { EntityID(id($0)) }
        article.title = "Title \(number)"
        article.body = "an engine of kind \(number % 5)"
        article.notes = String(repeating: "\(number) ", count: bytes / 4)
        article.score = Int64(number % 7)
        return article
    }
}
