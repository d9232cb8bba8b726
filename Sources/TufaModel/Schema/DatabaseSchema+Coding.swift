public import TufaBytes

extension DatabaseSchema {
    static let magic: UInt32 = 0x4843_5354
    static let formatVersion: UInt16 = 1

    /// The bytes that the log keeps (`Docs/Format/Schema.md`); the schema must be valid.
    ///
    /// - Complexity: O(size of the schema).
    public func encode() -> [UInt8] {
        var writer = SchemaWriter()
        writer.append(DatabaseSchema.magic)
        writer.append(DatabaseSchema.formatVersion)
        writer.append(version)
        writer.append(UInt32(0))
        writer.append(UInt32(tables.count))
        for table in tables { table.encode(to: &writer) }
        writer.patch(UInt32(writer.bytes.count), at: 8)
        return writer.bytes
    }

    /// Reads what ``encode()`` wrote, and checks it.
    ///
    /// - Throws: `damaged` with the offset, or `newer_format`.
    /// - Complexity: O(bytes), in memory too.
    public init(decoding bytes: [UInt8]) throws(DatabaseError) {
        var reader = SchemaReader(bytes)
        guard try reader.number(UInt32.self) == DatabaseSchema.magic
        else { throw reader.damaged("it does not begin with TSCH") }
        let format = try reader.number(UInt16.self)
        guard format <= DatabaseSchema.formatVersion else {
            throw DatabaseError(
                .newerFormat,
                "The schema is of format \(format); this version reads up to "
                    + "\(DatabaseSchema.formatVersion).",
                advice: "Open the database with a newer version of Tufa.")
        }
        guard format == DatabaseSchema.formatVersion
        else { throw reader.damaged("there is no format \(format)") }
        version = try reader.number(UInt16.self)
        let byteCount = Int(try reader.number(UInt32.self))
        guard byteCount == bytes.count, byteCount <= Limit.encodedByteCount
        else { throw reader.damaged("it is \(bytes.count) bytes and says \(byteCount)") }
        let count = Int(try reader.number(UInt32.self))
        guard count <= Limit.tables else { throw reader.damaged("\(count) tables are too many") }
        tables = []
        for _ in 0..<count { tables.append(try TableSchema(from: &reader)) }
        guard reader.remaining == 0
        else { throw reader.damaged("\(reader.remaining) bytes follow the last table") }
        do {
            try validate()
        } catch {
            throw DatabaseError(
                .damaged, "An encoded schema contradicts itself.", table: error.table, cause: error)
        }
    }

    /// Tells schemas apart in 64 bits; the version takes no part in it.
    ///
    /// - Complexity: O(size of the schema).
    public var fingerprint: UInt64 {
        var unversioned = self
        unversioned.version = 0
        return Fingerprint.of(unversioned.encode())
    }
}

extension TableSchema {
    /// Tells declarations of a table apart in 64 bits.
    package var fingerprint: UInt64 {
        var writer = SchemaWriter()
        encode(to: &writer)
        return Fingerprint.of(writer.bytes)
    }
}
