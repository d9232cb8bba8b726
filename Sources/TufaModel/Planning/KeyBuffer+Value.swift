package import TufaBytes

extension KeyBuffer {
    /// Appends a value as a column of an index, byte for byte as ``KeyPlan`` does from a row.
    ///
    /// The value is NULL or of the type of the column's field.
    @unsafe
    package mutating func append(_ value: Value, _ column: KeyPlan.Column) {
        let descending = column.isDescending
        if value.isNull {
            unsafe appendNull(descending: descending)
            return
        }
        if column.field.isOptional { unsafe appendPresent(descending: descending) }
        switch value {
        case .null: break
        case .uuid(let id): unsafe append(id: id, descending: descending)
        case .int64(let number): unsafe append(int64: number, descending: descending)
        case .timestamp(let time):
            unsafe append(int64: time.microseconds, descending: descending)
        case .double(let number): unsafe append(double: number, descending: descending)
        case .boolean(let flag): unsafe append(boolean: flag, descending: descending)
        case .text(var text):
            text.withUTF8 { bytes in
                unsafe append(variable: UnsafeRawBufferPointer(bytes), descending: descending)
            }
        case .bytes(let bytes):
            unsafe bytes.withUnsafeBytes {
                unsafe append(variable: $0, descending: descending)
            }
        }
    }
}

/// Keys and pieces of keys as arrays, for bounds and tests; rows make theirs in a ``KeyBuffer``.
package enum KeyBytes {
    /// The leading columns of a key.
    package static func encode(_ values: [Value], _ columns: [KeyPlan.Column]) -> [UInt8] {
        var capacity = 0
        for value in values { capacity += roomFor(value) }
        // Safe: the room is for every byte doubled, marker and end.
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            var key = unsafe KeyBuffer(base: UnsafeMutableRawPointer(base), capacity: capacity)
            for (value, column) in zip(values, columns) { unsafe key.append(value, column) }
            unsafe count = key.count
        }
    }

    private static func roomFor(_ value: Value) -> Int {
        switch value {
        case .text(let text): 3 + 2 * text.utf8.count
        case .bytes(let bytes): 3 + 2 * bytes.count
        default: 17
        }
    }

    /// What the keys begin with whose text in `column` begins with `prefix`.
    static func encode(prefix: String, _ column: KeyPlan.Column) -> [UInt8] {
        var bytes = encode([.text(prefix)], [column])
        bytes.removeLast(2)
        return bytes
    }

    /// The least bytes that are greater than everything that begins with `bytes`; nil where there
    /// are none.
    package static func successor(ofPrefix bytes: [UInt8]) -> [UInt8]? {
        var bytes = bytes
        while let last = bytes.popLast() {
            if last < 0xFF { return bytes + [last + 1] }
        }
        return nil
    }
}
