internal import TufaBytes

/// Events of a block that are laid out alike (`Docs/Format/Archive.md`, "By columns").
struct EventClass: Equatable {
    static let byteCount = 12
    /// The most classes that a block by columns has: each event names its own in one byte.
    static let maximumCount = 255

    /// The kind, and the byte behind it.
    var kind: UInt16
    var table: UInt16
    var schemaVersion: UInt16
    /// How many bytes of each payload stand in columns of their own.
    var columnCount: UInt16 = 0
    var eventCount: UInt32 = 0

    /// Bytes of an event that stand in columns.
    var stride: Int { Self.headerColumnCount + Int(columnCount) }

    /// Columns of the part of an event's header that differs from event to event: the length of the
    /// payload, the row, its previous event and its version.
    static let headerColumnCount = 32
    /// Where these begin in an event.
    static let headerColumnsOffset = 12
    /// Columns of a commit: the number of events, the time since the commit before, the lengths of
    /// actor, label, key and metadata.
    static let commitColumnCount = 22

    /// Where in an event the byte stands that a column holds.
    static func offset(ofColumn column: Int) -> Int {
        column < headerColumnCount
            ? headerColumnsOffset + column : EventHeader.byteCount + column - headerColumnCount
    }

    /// Whether events of the two may stand in the same columns.
    func isLike(_ other: EventClass) -> Bool {
        kind == other.kind && table == other.table && schemaVersion == other.schemaVersion
    }

    func append(to writer: inout ByteWriter) {
        writer.u16(kind)
        writer.u16(table)
        writer.u16(schemaVersion)
        writer.u16(columnCount)
        writer.u32(eventCount)
    }

    static func read(_ reader: inout ByteReader) throws -> EventClass {
        EventClass(
            kind: try reader.u16(), table: try reader.u16(), schemaVersion: try reader.u16(),
            columnCount: try reader.u16(), eventCount: try reader.u32())
    }
}
