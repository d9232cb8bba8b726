internal import TufaBytes

/// Appends the pieces of an encoded schema (`Docs/Format/Schema.md`).
struct SchemaWriter {
    var bytes: [UInt8] = []

    mutating func append<T: FixedWidthInteger>(_ number: T) {
        var rest = number
        for _ in 0..<T.bitWidth / 8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest = T.bitWidth > 8 ? rest >> 8 : 0
        }
    }

    mutating func append(count: Int) {
        precondition(count <= Int(UInt16.max), "a checked schema has few of everything")
        append(UInt16(count))
    }

    mutating func append(_ text: String) {
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(_ value: Value) {
        append(value.type?.rawValue ?? 0)
        switch value {
        case .null: break
        case .uuid(let id):
            append(id.high.byteSwapped)
            append(id.low.byteSwapped)
        case .text(let text): append(text)
        case .int64(let number): append(number)
        case .double(let number): append(number.bitPattern)
        case .boolean(let flag): append(flag ? 1 as UInt8 : 0)
        case .timestamp(let time): append(time.microseconds)
        case .bytes(let blob):
            append(UInt32(blob.count))
            bytes.append(contentsOf: blob)
        }
    }

    /// Writes the length of what `body` appends in front of it.
    mutating func appendCounted(_ body: (inout SchemaWriter) -> Void) {
        let start = bytes.count
        append(UInt32(0))
        body(&self)
        patch(UInt32(bytes.count - start - 4), at: start)
    }

    mutating func patch(_ number: UInt32, at offset: Int) {
        for index in 0..<4 {
            bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(index)))
        }
    }
}
