/// Where the fields of a table's rows stand inside a row body (`Docs/Format/Log.md`, "Row body").
///
/// A body is a null bitmap, then one fixed slot a field, then the bytes of the texts and blobs in
/// field order. The slot of a text or blob holds the offset of its end in that last part, so every
/// field is found without walking over the others.
package final class RowLayout: Sendable {
    /// One field of the layout.
    package struct Field: Sendable {
        /// The type of the field.
        package let type: ScalarType
        /// Whether NULL may stand in the field.
        package let isOptional: Bool
        /// Offset of the field's fixed slot in the body, in bytes.
        package let offset: Int
        /// Offset of the slot of the text or blob before this one; -1 for the first of the row.
        package let previousVariableOffset: Int
    }

    /// The fields, in schema order; the row's identifier is not among them.
    package let fields: [Field]
    /// Length of the null bitmap, in bytes.
    package let nullByteCount: Int
    /// Length of bitmap and fixed slots together: where the variable part begins.
    package let fixedByteCount: Int
    /// Offset of the last text's or blob's slot; -1 where there is none.
    package let lastVariableOffset: Int

    /// Lays out fields in the given order.
    ///
    /// - Complexity: O(fields).
    package init(_ types: [(type: ScalarType, isOptional: Bool)]) {
        nullByteCount = (types.count + 7) / 8
        var offset = nullByteCount
        var lastVariable = -1
        var fields: [Field] = []
        for (type, isOptional) in types {
            fields.append(
                Field(
                    type: type, isOptional: isOptional, offset: offset,
                    previousVariableOffset: lastVariable))
            if type.isVariable { lastVariable = offset }
            offset += type.fixedByteCount
        }
        self.fields = fields
        fixedByteCount = offset
        lastVariableOffset = lastVariable
    }
}
