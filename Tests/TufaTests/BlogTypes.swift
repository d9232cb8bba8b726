import Foundation
import Tufa
import TufaTesting

struct User: Entity {
    var id = EntityID<User>()
    var email = ""
    var name = ""
    var createdAt = Date.distantPast
    var updatedAt = Date.distantPast

    static let schema = Schema<User>("users") {
        Field("email", \.email, .text(max: 255)).unique()
        Field("name", \.name)
        Field("created_at", \.createdAt).setOnCreate()
        Field("updated_at", \.updatedAt).setOnUpdate()
        Index(.descending(\.createdAt))
    }
}

struct Post: Entity {
    var id = EntityID<Post>()
    var userID = User.ID.none
    var title = ""
    var content: String? = nil
    var createdAt = Date.distantPast
    var updatedAt = Date.distantPast

    static let schema = Schema<Post>("posts") {
        Field("user_id", \.userID).references(User.self, onDelete: .cascade)
        Field("title", \.title)
        Field("content", \.content)
        Field("created_at", \.createdAt).setOnCreate()
        Field("updated_at", \.updatedAt).setOnUpdate()
        Index(.ascending(\.userID), .descending(\.createdAt))
        FullText(\.title, weight: 2)
        FullText(\.content)
        Check("title is not empty") { !$0.title.isEmpty }
    }
}

enum Mood: String, FieldValue { case calm, glad }

/// One field of every type, optional and not, and a reference to its own table.
struct Specimen: Entity {
    var id = EntityID<Specimen>()
    var text = ""
    var optionalText: String?
    var number: Int64 = 0
    var count = 0
    var optionalNumber: Int64?
    var ratio = 0.0
    var flag = false
    var optionalFlag: Bool?
    var date = Date.distantPast
    var optionalDate: Date?
    var uuid = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    var bytes: [UInt8] = []
    var data: Data?
    var mood = Mood.calm
    var parent: EntityID<Specimen>?

    static let schema = Schema<Specimen>("specimens") {
        Field("text", \.text, .text(max: 20))
        Field("optional_text", \.optionalText)
        Field("number", \.number)
        Field("count", \.count)
        Field("optional_number", \.optionalNumber).unique()
        Field("ratio", \.ratio)
        Field("flag", \.flag)
        Field("optional_flag", \.optionalFlag)
        Field("date", \.date)
        Field("optional_date", \.optionalDate)
        Field("uuid", \.uuid)
        Field("bytes", \.bytes)
        Field("data", \.data)
        Field("mood", \.mood)
        Field("parent", \.parent).references(Specimen.self, onDelete: .setNull)
        Index(.descending(\.ratio), .ascending(\.text))
    }
}
