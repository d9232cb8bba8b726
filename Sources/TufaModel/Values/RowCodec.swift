package import TufaBytes

/// Turns values into row bodies and back.
package enum RowCodec {
    /// Builds the body of a row from one value for each field, in schema order.
    ///
    /// - Throws: `type_mismatch`, `not_null_violation` or `value_too_long`, naming table and field.
    /// - Complexity: O(bytes of the row).
    package static func encode(
        _ values: [Value], _ table: TablePlan, row: RowID? = nil, into builder: inout RowBuilder
    ) throws(DatabaseError) {
        let layout = table.layout
        precondition(values.count == layout.fields.count, "a row has a value for each field")
        builder.begin(layout)
        for index in values.indices {
            try set(values[index], index, table, row: row, in: &builder)
        }
    }

    /// Sets one field of a body that is being built in schema order.
    ///
    /// - Throws: as ``encode(_:_:row:into:)``.
    package static func set(
        _ value: Value, _ index: Int, _ table: TablePlan, row: RowID?,
        in builder: inout RowBuilder
    ) throws(DatabaseError) {
        let field = table.layout.fields[index]
        switch (value, field.type) {
        case (.null, _):
            guard field.isOptional else {
                throw .notNull(table: table.name, field: table.fieldName(index), row: row)
            }
            builder.setNull(index, field)
        case (.uuid(let id), .uuid): builder.setID(id, field)
        case (.int64(let number), .int64): builder.setWord(UInt64(bitPattern: number), field)
        case (.double(let number), .double): builder.setWord(number.bitPattern, field)
        case (.boolean(let flag), .boolean): builder.setBoolean(flag, field)
        case (.timestamp(let time), .timestamp):
            builder.setWord(UInt64(bitPattern: time.microseconds), field)
        case (.text(var text), .text):
            try checkLength(of: text, index, table, row)
            try checkSize(builder.byteCount + text.utf8.count, index, table, row)
            text.withUTF8 { bytes in
                unsafe builder.setVariable(UnsafeRawBufferPointer(bytes), field)
            }
        case (.bytes(let bytes), .bytes):
            try checkSize(builder.byteCount + bytes.count, index, table, row)
            unsafe bytes.withUnsafeBytes { unsafe builder.setVariable($0, field) }
        default:
            throw .wrongType(
                table: table.name, field: table.fieldName(index), expected: field.type,
                declared: table.schema.typeName(ofField: index), value: value, row: row)
        }
    }

    /// The values of a body, in schema order.
    ///
    /// - Complexity: O(bytes of the row).
    @unsafe
    package static func decode(_ body: RowBody, _ layout: RowLayout) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(layout.fields.count)
        for index in layout.fields.indices { values.append(unsafe value(index, body, layout)) }
        return values
    }

    /// The value of one field.
    ///
    /// - Complexity: O(bytes of the value).
    @unsafe
    package static func value(_ index: Int, _ body: RowBody, _ layout: RowLayout) -> Value {
        let field = layout.fields[index]
        if unsafe field.isOptional && body.isNull(index) { return .null }
        switch field.type {
        case .uuid: return unsafe .uuid(body.rowID(field))
        case .int64: return unsafe .int64(Int64(bitPattern: body.word(field)))
        case .double: return unsafe .double(Double(bitPattern: body.word(field)))
        case .boolean: return unsafe .boolean(body.boolean(field))
        case .timestamp:
            return unsafe .timestamp(
                Timestamp(microseconds: Int64(bitPattern: body.word(field))))
        case .text:
            return unsafe .text(String(decoding: body.variable(field, in: layout), as: UTF8.self))
        case .bytes: return unsafe .bytes(Array(body.variable(field, in: layout)))
        }
    }

    package static func checkLength(
        of text: String, _ index: Int, _ table: TablePlan, _ row: RowID?
    ) throws(DatabaseError) {
        // A text has at most as many scalars as bytes, so most texts are not counted.
        guard let maximum = table.schema.fields[index].maximumLength, text.utf8.count > maximum
        else { return }
        let length = text.unicodeScalars.count
        if length > maximum {
            throw .tooLong(
                table: table.name, field: table.fieldName(index), length: length, maximum: maximum,
                row: row)
        }
    }

    private static func checkSize(
        _ byteCount: Int, _ index: Int, _ table: TablePlan, _ row: RowID?
    ) throws(DatabaseError) {
        guard byteCount > maximumVariableByteCount else { return }
        throw DatabaseError(
            .valueTooLong,
            "With \(table.name).\(table.fieldName(index)) the row is longer than "
                + "\(maximumVariableByteCount) bytes.",
            table: table.name, fields: [table.fieldName(index)], row: row)
    }

    /// The most bytes that the texts and blobs of one row may have together.
    package static let maximumVariableByteCount = 1 << 30
}
