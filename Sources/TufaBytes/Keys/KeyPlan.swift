/// Which fields of a row make the key of an index, and how.
///
/// The identifier of the row closes the key of an index that is not unique, and of a unique one
/// whose fields include a NULL (NULLs are distinct), so keys never repeat.
package final class KeyPlan: Sendable {
    /// One column of the key.
    package struct Column: Sendable {
        /// The field's place in the layout, or -1 for the row's identifier.
        package let fieldIndex: Int
        /// The field's layout; of the identifier, a uuid at offset 0 that is never read.
        package let field: RowLayout.Field
        /// Whether greater values come first.
        package let isDescending: Bool
    }

    /// The columns, the most significant first.
    package let columns: [Column]
    /// Whether two rows may not share a key.
    package let isUnique: Bool
    /// Whether the closing identifier is descending: the direction of the last column.
    package let isTieDescending: Bool
    /// Whether a text or blob is among the columns, so that a key may be too long.
    package let hasVariableColumn: Bool
    /// Whether a key is one text as it stands, with the two bytes that end it.
    package let isPlainText: Bool
    /// Whether a key is the identifier as it stands.
    package let isIdentifier: Bool
    /// The longest key that the plan can make, in bytes.
    package var maximumByteCount: Int {
        if hasVariableColumn { return KeyBuffer.maximumByteCount }
        return columns.reduce(16) { $0 + 1 + $1.field.type.fixedByteCount }
    }
    /// Length of the fixed part of the table's rows, in bytes.
    package let fixedByteCount: Int

    /// Makes the plan of an index over fields of `layout`; index -1 stands for the identifier.
    package init(
        layout: RowLayout, columns: [(fieldIndex: Int, isDescending: Bool)], isUnique: Bool
    ) {
        self.columns = columns.map { fieldIndex, isDescending in
            Column(
                fieldIndex: fieldIndex,
                field: fieldIndex < 0
                    ? RowLayout.Field(
                        type: .uuid, isOptional: false, offset: 0, previousVariableOffset: -1)
                    : layout.fields[fieldIndex],
                isDescending: isDescending)
        }
        self.isUnique = isUnique
        hasVariableColumn = self.columns.contains { $0.field.type.isVariable }
        if isUnique, let column = self.columns.first, self.columns.count == 1 {
            isPlainText =
                column.field.type == .text && !column.field.isOptional && !column.isDescending
        } else {
            isPlainText = false
        }
        isIdentifier =
            isUnique && columns.count == 1 && columns[0].fieldIndex < 0
            && !columns[0].isDescending
        isTieDescending = columns.last?.isDescending ?? false
        fixedByteCount = layout.fixedByteCount
    }

    /// The plan of a table's primary index: the identifier alone.
    package static func primary(layout: RowLayout) -> KeyPlan {
        KeyPlan(layout: layout, columns: [(-1, false)], isUnique: true)
    }

    /// Appends the whole key of a row.
    ///
    /// - Complexity: O(bytes of the key); allocates nothing.
    @unsafe
    package func appendKey(of id: RowID, _ body: RowBody, to key: inout KeyBuffer) {
        var hasNull = false
        for column in columns {
            if column.fieldIndex < 0 {
                unsafe key.append(id: id, descending: column.isDescending)
            } else if unsafe !append(column, body, to: &key) {
                hasNull = true
            }
        }
        if !isUnique || hasNull { unsafe key.append(id: id, descending: isTieDescending) }
    }

    /// Whether the first columns of a row's key are `prefix`, whose room there is at `scratch`.
    ///
    /// - Complexity: O(bytes of the prefix).
    @unsafe @inline(__always)
    package func begins(
        with prefix: UnsafeRawBufferPointer, _ columnCount: Int, of id: RowID, _ body: RowBody,
        _ scratch: UnsafeMutableRawPointer
    ) -> Bool {
        guard let base = prefix.baseAddress else { return true }
        let first = columns[0]
        if columnCount == 1, first.field.type == .uuid, first.fieldIndex >= 0,
            !first.field.isOptional, !first.isDescending
        {
            return unsafe body.rowID(first.field) == RowID.load(base)
        }
        var key = unsafe KeyBuffer(base: scratch, capacity: prefix.count)
        for column in columns[..<columnCount] {
            if column.fieldIndex < 0 {
                unsafe key.append(id: id, descending: column.isDescending)
            } else {
                _ = unsafe append(column, body, to: &key)
            }
        }
        return unsafe !key.isOverflown && key.bytes.elementsEqual(prefix)
    }

    /// Whether the key of a row is `key`, of a plan that ``isPlainText``; nil where only the key
    /// itself tells.
    ///
    /// - Complexity: O(bytes of the key), eight a step; no key is made.
    @unsafe @inline(__always)
    package func isKey(_ key: UnsafeRawBufferPointer, plainlyOf body: RowBody) -> Bool? {
        let text = unsafe body.variable(columns[0].field, fixedByteCount: fixedByteCount)
        guard let own = text.baseAddress, let other = key.baseAddress else { return nil }
        // A zero in a text takes two bytes of its key: then the key is longer than this.
        if key.count != text.count + 2 { return key.count < text.count + 2 ? false : nil }
        var at = 0
        while at &+ 8 <= text.count {
            let word = unsafe own.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            if unsafe word != other.loadUnaligned(fromByteOffset: at, as: UInt64.self) {
                return false
            }
            if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 {
                return nil
            }
            at &+= 8
        }
        while at < text.count {
            let byte = unsafe own.load(fromByteOffset: at, as: UInt8.self)
            if unsafe byte != other.load(fromByteOffset: at, as: UInt8.self) { return false }
            if byte == 0 { return nil }
            at &+= 1
        }
        return true
    }

    /// Appends one column; false when it is NULL.
    @unsafe @inline(__always)
    func append(_ column: Column, _ body: RowBody, to key: inout KeyBuffer) -> Bool {
        let descending = column.isDescending
        if column.field.isOptional {
            if unsafe body.isNull(column.fieldIndex) {
                unsafe key.appendNull(descending: descending)
                return false
            }
            unsafe key.appendPresent(descending: descending)
        }
        switch column.field.type {
        case .uuid: unsafe key.append(id: body.rowID(column.field), descending: descending)
        case .int64, .timestamp:
            unsafe key.append(
                int64: Int64(bitPattern: body.word(column.field)), descending: descending)
        case .double:
            unsafe key.append(
                double: Double(bitPattern: body.word(column.field)), descending: descending)
        case .boolean:
            unsafe key.append(boolean: body.boolean(column.field), descending: descending)
        case .text, .bytes:
            unsafe key.append(
                variable: body.variable(column.field, fixedByteCount: fixedByteCount),
                descending: descending)
        }
        return true
    }
}
