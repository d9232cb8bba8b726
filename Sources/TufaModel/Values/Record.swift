public import TufaBytes

/// One row with its names, for code that does not know the Swift types behind a schema.
///
/// The names are shared by all records of a table, so a record costs its values and a reference.
public struct Record: Sendable {
    /// What the records of a table share.
    package let shape: RecordShape
    /// The row's identifier: the field `id`.
    public let id: RowID
    /// How often the row was written: 1 when it was created.
    public let version: UInt32
    /// The position of the last event of the row.
    public let position: UInt64
    /// The values in schema order, without the identifier.
    public let values: [Value]

    /// Makes a record; `values` has one value for each field of the shape.
    package init(
        shape: RecordShape, id: RowID, version: UInt32, position: UInt64, values: [Value]
    ) {
        precondition(values.count == shape.fieldNames.count, "a record has a value for each field")
        self.shape = shape
        self.id = id
        self.version = version
        self.position = position
        self.values = values
    }

    /// The table of the row.
    public var table: String { shape.table }

    /// The names of the fields in schema order, without `id`.
    public var fieldNames: [String] { shape.fieldNames }

    /// The value of a field, `id` included; nil where the table has no such field.
    ///
    /// - Complexity: O(1).
    public subscript(field: String) -> Value? {
        if let index = shape.fieldIndexes[field] { return values[index] }
        return field == "id" ? .uuid(id) : nil
    }
}

extension Record: Hashable {
    /// Whether table, identifier, version, position, names and values are the same.
    public static func == (left: Record, right: Record) -> Bool {
        left.id == right.id && left.version == right.version && left.position == right.position
            && left.values == right.values && left.shape == right.shape
    }

    /// Feeds the identifier, the version and the values.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(version)
        hasher.combine(values)
    }
}

extension Record: CustomStringConvertible {
    /// The table, the identifier and the fields, on one line.
    public var description: String {
        var text = "\(table) \(id) {"
        for (index, name) in fieldNames.enumerated() {
            text += (index == 0 ? "" : ", ") + "\(name): \(values[index].quoted)"
        }
        return text + "}"
    }
}

/// The names that all records of a table share.
package final class RecordShape: Sendable, Equatable {
    /// The table.
    package let table: String
    /// The names of the fields in schema order, without `id`.
    package let fieldNames: [String]
    /// The place of each field, by name.
    package let fieldIndexes: [String: Int]

    /// Makes a shape; of two fields with one name the first is found.
    package init(table: String, fieldNames: [String]) {
        self.table = table
        self.fieldNames = fieldNames
        fieldIndexes = Dictionary(
            zip(fieldNames, fieldNames.indices), uniquingKeysWith: { first, _ in first })
    }

    /// Whether both describe the same table with the same fields.
    package static func == (left: RecordShape, right: RecordShape) -> Bool {
        left === right || left.table == right.table && left.fieldNames == right.fieldNames
    }
}
