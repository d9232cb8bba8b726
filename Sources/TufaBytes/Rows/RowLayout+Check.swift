extension RowLayout {
    /// Why bytes are not a body of this layout; nil when they are one.
    ///
    /// It is asked of every body that comes from a disk or a caller, before anything else reads it.
    /// - Complexity: O(fields).
    @unsafe
    package func problem(in bytes: UnsafeRawBufferPointer) -> String? {
        guard bytes.count >= fixedByteCount, let base = bytes.baseAddress else {
            return "a row of \(bytes.count) bytes is shorter than its \(fixedByteCount) fixed bytes"
        }
        let body = unsafe RowBody(base: base, byteCount: bytes.count)
        var end = 0
        for (index, field) in fields.enumerated() {
            let isNull = unsafe body.isNull(index)
            if isNull && !field.isOptional { return "field \(index) is NULL and may not be" }
            // What stands under a NULL would make equal rows differ.
            if isNull, !field.type.isVariable {
                for at in field.offset..<field.offset + field.type.fixedByteCount
                where unsafe base.load(fromByteOffset: at, as: UInt8.self) != 0 {
                    return "field \(index) is NULL over a value"
                }
            }
            switch field.type {
            case .text, .bytes:
                let next = unsafe Int(
                    UInt32(
                        littleEndian: base.loadUnaligned(
                            fromByteOffset: field.offset, as: UInt32.self)))
                guard next >= end, next <= bytes.count - fixedByteCount, !isNull || next == end
                else { return "field \(index) ends at \(next), outside its row" }
                if field.type == .text, next > end {
                    let text = unsafe UnsafeRawBufferPointer(
                        start: base + fixedByteCount + end, count: next - end)
                    guard unsafe UTF8Check.isValid(text) else {
                        return "field \(index) is not UTF-8"
                    }
                }
                end = next
            case .boolean:
                guard unsafe base.load(fromByteOffset: field.offset, as: UInt8.self) <= 1 else {
                    return "field \(index) is neither true nor false"
                }
            case .uuid, .int64, .double, .timestamp:
                break
            }
        }
        // Bits past the last field would make equal rows differ.
        if fields.count & 7 != 0 {
            let last = unsafe base.load(fromByteOffset: nullByteCount - 1, as: UInt8.self)
            guard last >> UInt8(fields.count & 7) == 0 else { return "unused null bits are set" }
        }
        return end == bytes.count - fixedByteCount
            ? nil : "a row has \(bytes.count - fixedByteCount - end) bytes past its last field"
    }
}

/// UTF-8 validity by the table of the Unicode Standard (chapter 3, table 3-7).
package enum UTF8Check {
    /// Whether the bytes are well-formed UTF-8.
    ///
    /// - Complexity: O(bytes); eight bytes a step while they are ASCII.
    @unsafe
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        var at = 0
        let count = bytes.count
        while at < count {
            // The last bytes of a text are looked at once more with those before them.
            if count - at < 8, count >= 8,
                unsafe base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
                    & 0x8080_8080_8080_8080 == 0
            {
                return true
            }
            if at + 8 <= count,
                unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    & 0x8080_8080_8080_8080 == 0
            {
                at += 8
                continue
            }
            let first = unsafe base.load(fromByteOffset: at, as: UInt8.self)
            if first < 0x80 {
                at += 1
                continue
            }
            let length: Int
            let second: ClosedRange<UInt8>
            switch first {
            case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return false
            }
            guard at + length <= count,
                unsafe second.contains(base.load(fromByteOffset: at + 1, as: UInt8.self))
            else { return false }
            for next in 2..<max(2, length) {
                guard
                    unsafe base.load(fromByteOffset: at + next, as: UInt8.self) & 0xC0 == 0x80
                else { return false }
            }
            at += length
        }
        return true
    }
}
