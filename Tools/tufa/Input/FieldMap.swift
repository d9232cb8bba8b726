import TufaBytes
import TufaModel

/// The fields of a table, found by the bytes of their names.
struct FieldMap {
    /// The table.
    let table: TableSchema
    private let names: [[UInt8]]
    private let places: [String: Int]
    private let types: [ScalarType]

    init(_ table: TableSchema) {
        self.table = table
        let all = ["id"] + table.fields.map(\.name)
        names = all.map { Array($0.utf8) }
        var places: [String: Int] = [:]
        for (index, name) in all.enumerated() { places[name] = index - 1 }
        self.places = places
        types = table.fields.map(\.type)
    }

    /// How many fields a row has, without the identifier.
    var count: Int { types.count }

    /// The name as UTF-8; `id` for -1.
    func nameBytes(_ field: Int) -> [UInt8] { names[field + 1] }

    /// The name; `id` for -1.
    func name(_ field: Int) -> String { field < 0 ? "id" : table.fields[field].name }

    /// The type; uuid for -1.
    func type(_ field: Int) -> ScalarType { field < 0 ? .uuid : types[field] }

    /// The type as it was declared; uuid for -1.
    func typeName(_ field: Int) -> String { table.typeName(ofField: field) }

    /// The place of a field; -1 for `id`.
    ///
    /// - Throws: `unknown_field` with the nearest name.
    func place(of name: String) throws(DatabaseError) -> Int {
        guard let place = places[name] else { throw .unknownField(name, of: table) }
        return place
    }
}
