import Tufa

/// One row of a commit: which writer made it, in its how-manieth commit, and which of the commit's
/// rows it is.
struct Deed: Entity {
    var id = EntityID<Deed>()
    var writer: Int64 = 0
    var number: Int64 = 0
    var part: Int64 = 0
    /// How many rows the commit has.
    var partCount: Int64 = 0
    var text = ""

    static let schema = Schema<Deed>("deeds") {
        Field("writer", \.writer)
        Field("number", \.number)
        Field("part", \.part)
        Field("part_count", \.partCount)
        Field("text", \.text)
        Index(.ascending(\.writer), .ascending(\.number), .ascending(\.part)).unique()
        FullText(\.text)
    }
}

/// How many commits a writer has made: a row that every commit of it changes.
struct Count: Entity {
    var id = EntityID<Count>()
    var writer: Int64 = 0
    var number: Int64 = 0

    static let schema = Schema<Count>("counts") {
        Field("writer", \.writer).unique()
        Field("number", \.number)
    }
}
