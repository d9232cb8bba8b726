package import TufaBytes

/// What an event does.
package enum EventKind: UInt8, Sendable {
    /// A row appears; the payload is its body.
    case create = 1
    /// Fields of a row change; the payload is a bitmap of them and a body of just these.
    case update = 2
    /// A row goes; there is no payload.
    case delete = 3
    /// The schema changes; the payload is the new one.
    case schema = 4
}

/// The 48 bytes before the payload of an event (`Docs/Format/Log.md`, "Event").
package struct EventHeader: Sendable, Equatable {
    /// Length of the header, in bytes.
    package static let byteCount = 48

    /// What the event does.
    package var kind: EventKind
    /// The number of the table.
    package var table: UInt16
    /// The version of the schema by which the payload is laid out.
    package var schemaVersion: UInt16
    /// The row.
    package var id: RowID
    /// The position of the row's previous event, or 0.
    package var previousPosition: UInt64
    /// The version of the row after this event, from 1.
    package var rowVersion: UInt32

    /// Makes a header.
    @inlinable
    package init(
        kind: EventKind, table: UInt16, schemaVersion: UInt16, id: RowID,
        previousPosition: UInt64, rowVersion: UInt32
    ) {
        self.kind = kind
        self.table = table
        self.schemaVersion = schemaVersion
        self.id = id
        self.previousPosition = previousPosition
        self.rowVersion = rowVersion
    }

    /// Length of a whole event with a payload of this length, in bytes.
    @inlinable @inline(__always)
    package static func eventByteCount(payload: Int) -> Int { (byteCount + payload + 7) & ~7 }

    /// Writes the header of an event whose payload has `payloadByteCount` bytes.
    @inlinable @inline(__always) @unsafe
    package func store(to base: UnsafeMutableRawPointer, payloadByteCount: Int) {
        let whole = UInt32(truncatingIfNeeded: Self.eventByteCount(payload: payloadByteCount))
        unsafe base.storeBytes(of: whole.littleEndian, as: UInt32.self)
        let kinds = UInt32(kind.rawValue) | UInt32(table) << 16
        unsafe base.storeBytes(of: kinds.littleEndian, toByteOffset: 4, as: UInt32.self)
        unsafe base.storeBytes(
            of: UInt32(schemaVersion).littleEndian, toByteOffset: 8, as: UInt32.self)
        unsafe base.storeBytes(
            of: UInt32(truncatingIfNeeded: payloadByteCount).littleEndian, toByteOffset: 12,
            as: UInt32.self)
        unsafe base.storeBytes(of: id.high.littleEndian, toByteOffset: 16, as: UInt64.self)
        unsafe base.storeBytes(of: id.low.littleEndian, toByteOffset: 24, as: UInt64.self)
        unsafe base.storeBytes(
            of: previousPosition.littleEndian, toByteOffset: 32, as: UInt64.self)
        unsafe base.storeBytes(
            of: UInt64(rowVersion).littleEndian, toByteOffset: 40, as: UInt64.self)
    }

    /// Reads the header of an event that ``CommitReader`` has checked.
    @inlinable @inline(__always) @unsafe
    package init(checked base: UnsafeRawPointer) {
        let kinds = unsafe UInt32(
            littleEndian: base.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        // The check has seen that the kind is one of these four.
        kind =
            switch UInt8(truncatingIfNeeded: kinds) {
            case 1: .create
            case 2: .update
            case 3: .delete
            default: .schema
            }
        table = UInt16(truncatingIfNeeded: kinds >> 16)
        schemaVersion = unsafe UInt16(
            littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt16.self))
        id = RowID(
            high: unsafe UInt64(
                littleEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            low: unsafe UInt64(
                littleEndian: base.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
        previousPosition = unsafe UInt64(
            littleEndian: base.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
        rowVersion = unsafe UInt32(
            littleEndian: base.loadUnaligned(fromByteOffset: 40, as: UInt32.self))
    }
}
