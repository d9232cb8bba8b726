internal import TufaBytes

/// Takes an encoded schema apart; whatever does not fit throws, and nothing traps.
struct SchemaReader {
    let bytes: [UInt8]
    var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    func damaged(_ message: String) -> DatabaseError {
        DatabaseError(
            .damaged, "At byte \(offset) of an encoded schema: \(message).",
            offset: UInt64(offset))
    }

    mutating func number<T: FixedWidthInteger & UnsignedInteger>(
        _ type: T.Type
    ) throws(DatabaseError) -> T {
        let byteCount = T.bitWidth / 8
        guard remaining >= byteCount else { throw damaged("it ends inside a number") }
        var number: T = 0
        for index in stride(from: byteCount - 1, through: 0, by: -1) {
            number = (T.bitWidth > 8 ? number << 8 : 0) | T(bytes[offset + index])
        }
        offset += byteCount
        return number
    }

    /// A count of things that take at least `byteCount` bytes each, so that room for them can be
    /// made without asking for more memory than the encoding itself takes.
    mutating func count(
        atMost limit: Int, of what: String, byteCount: Int
    ) throws(DatabaseError) -> Int {
        let count = Int(try number(UInt16.self))
        guard count <= limit, count * byteCount <= remaining
        else { throw damaged("\(count) \(what) are too many") }
        return count
    }

    mutating func raw(atMost limit: Int) throws(DatabaseError) -> ArraySlice<UInt8> {
        let count = Int(try number(UInt32.self))
        guard count <= limit, count <= remaining
        else { throw damaged("\(count) bytes are too many for their place") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func string(atMost limit: Int) throws(DatabaseError) -> String {
        let raw = try raw(atMost: limit)
        guard let text = String(validating: raw, as: UTF8.self)
        else { throw damaged("a text is not UTF-8") }
        return text
    }

    mutating func name() throws(DatabaseError) -> String {
        try string(atMost: DatabaseSchema.Limit.nameByteCount)
    }

    mutating func flags(_ known: UInt8) throws(DatabaseError) -> UInt8 {
        let flags = try number(UInt8.self)
        guard flags & ~known == 0 else { throw damaged("the flags \(flags) are unknown") }
        return flags
    }

    mutating func value() throws(DatabaseError) -> Value {
        let code = try number(UInt8.self)
        guard let type = ScalarType(rawValue: code)
        else { throw damaged("the type \(code) is unknown") }
        switch type {
        case .uuid:
            let high = try number(UInt64.self).byteSwapped
            return .uuid(RowID(high: high, low: try number(UInt64.self).byteSwapped))
        case .text: return .text(try string(atMost: DatabaseSchema.Limit.defaultByteCount))
        case .int64: return .int64(Int64(bitPattern: try number(UInt64.self)))
        case .double: return .double(Double(bitPattern: try number(UInt64.self)))
        case .boolean: return .boolean(try flags(1) == 1)
        case .timestamp:
            return .timestamp(
                Timestamp(microseconds: Int64(bitPattern: try number(UInt64.self))))
        case .bytes:
            return .bytes(Array(try raw(atMost: DatabaseSchema.Limit.defaultByteCount)))
        }
    }
}
