package import TufaBytes

/// Where a page of a query ended: the key of its last row.
///
/// The text form is safe in a URL. It carries what the query was, so that it continues no other.
package struct Cursor: Sendable, Hashable {
    /// The longest text that is looked at, in bytes.
    package static let maximumTextLength = 1 << 20
    private static let version: UInt8 = 1
    private static let headerByteCount = 21

    /// Fingerprint of the table's declaration.
    package let schemaFingerprint: UInt64
    /// Fingerprint of the query.
    package let queryFingerprint: UInt64
    /// The key of the last row: of the index walked, or of ``Plan/sortKey``.
    package let key: [UInt8]

    /// The cursor behind a row of a query.
    package init(_ plan: Plan, key: [UInt8]) {
        schemaFingerprint = plan.table.fingerprint
        queryFingerprint = plan.fingerprint
        self.key = key
    }

    /// The cursor behind a row of something else that is asked of a table, which the fingerprint
    /// tells apart from what else may be asked.
    package init(_ table: TablePlan, queryFingerprint: UInt64, key: [UInt8]) {
        schemaFingerprint = table.fingerprint
        self.queryFingerprint = queryFingerprint
        self.key = key
    }

    /// Reads the text form of a cursor of this query.
    ///
    /// - Throws: `invalid_cursor`, for a text that is no cursor, or one of another query or schema.
    package init(decoding text: String, for plan: Plan) throws(DatabaseError) {
        try self.init(decoding: text, plan.table, queryFingerprint: plan.fingerprint)
    }

    /// Reads the text form of a cursor of whatever has this fingerprint.
    ///
    /// - Throws: as ``init(decoding:for:)``.
    package init(
        decoding text: String, _ table: TablePlan, queryFingerprint fingerprint: UInt64
    ) throws(DatabaseError) {
        guard text.utf8.count <= Cursor.maximumTextLength, let bytes = Base64URL.decode(text.utf8),
            bytes.count >= Cursor.headerByteCount, bytes[0] == Cursor.version,
            Cursor.checksum(bytes[5...]) == Cursor.number(bytes[1..<5])
        else {
            throw DatabaseError(
                .invalidCursor, "\(Value.excerpt(text)) is not a cursor.",
                table: table.name, advice: "Start again from the first page.")
        }
        schemaFingerprint = Cursor.number(bytes[5..<13])
        queryFingerprint = Cursor.number(bytes[13..<21])
        key = Array(bytes[21...])
        let what =
            schemaFingerprint != table.fingerprint
            ? "an earlier schema of the table" : "another query"
        guard schemaFingerprint == table.fingerprint, queryFingerprint == fingerprint
        else {
            throw DatabaseError(
                .invalidCursor, "The cursor belongs to \(what).", table: table.name,
                advice: "Start again from the first page.")
        }
    }

    /// The text form.
    package var text: String {
        var writer = SchemaWriter()
        writer.bytes.reserveCapacity(Cursor.headerByteCount + key.count)
        writer.append(Cursor.version)
        writer.append(0 as UInt32)
        writer.append(schemaFingerprint)
        writer.append(queryFingerprint)
        writer.bytes += key
        // The checksum is of what stands behind it.
        var checksum = Cursor.checksum(writer.bytes[5...])
        for place in 1..<5 {
            writer.bytes[place] = UInt8(truncatingIfNeeded: checksum)
            checksum >>= 8
        }
        return Base64URL.encode(writer.bytes)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        let fingerprint = Fingerprint.of(bytes)
        return (fingerprint >> 32 ^ fingerprint) & 0xFFFF_FFFF
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5).
enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = alphabet
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (bits, bitCount) = (UInt32(0), 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(bits >> UInt32(bitCount)) & 63])
            }
        }
        if bitCount > 0 { text.append(alphabet[Int(bits << UInt32(6 - bitCount)) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that ``encode(_:)`` does not write.
    static func decode(_ text: String.UTF8View) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var (bits, bitCount) = (UInt32(0), 0)
        for character in text {
            guard let digit = value(of: character) else { return nil }
            bits = (bits << 6 | digit) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        // Left-over bits are zero, and six of them would be a digit too many.
        guard bitCount < 6, bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case 65...90: UInt32(character) - 65
        case 97...122: UInt32(character) - 71
        case 48...57: UInt32(character) + 4
        case 45: 62
        case 95: 63
        default: nil
        }
    }
}
