/// A plain value that a table keeps: a struct, its default instance, and its schema.
///
/// ```swift
/// struct User: Entity {
///     var id = EntityID<User>()
///     var email = ""
///     static let schema = Schema<User>("users") {
///         Field("email", \.email, .text(max: 255)).unique()
///     }
/// }
/// ```
/// The schema is the whole contract: names, types, rules and indexes, and how a value becomes a
/// row.
public protocol Entity: Sendable, Identifiable where ID == EntityID<Self> {
    /// Makes the default instance; rows are decoded onto it.
    init()
    /// The identifier; given once, never changed.
    var id: EntityID<Self> { get set }
    /// The table, its fields and rules.
    static var schema: Schema<Self> { get }
}
