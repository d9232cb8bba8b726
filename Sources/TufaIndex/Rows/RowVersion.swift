package import TufaBytes

/// One version of one row in the arena: a header of 40 bytes, then the row body.
///
/// ```
/// 0   u32  the version before it, 0 for none
/// 4   u32  length of the body in bytes
/// 8   u64  position of the event that made the version
/// 16  u32  row version: 1 for the row's creation
/// 20  u16  schema version
/// 22  u16  flags: 1 the row is deleted
/// 24  16   identifier of the row
/// 40       body
/// ```
@unsafe
package struct RowVersion {
    /// Bytes before the body.
    @inlinable @inline(__always) @safe
    package static var headerByteCount: Int { 40 }

    /// The first byte of the header.
    package let base: UnsafeMutableRawPointer

    @inlinable @inline(__always)
    package init(base: UnsafeMutableRawPointer) { unsafe self.base = base }

    /// The version before this one; it may be read only by views that may see it.
    @inlinable @inline(__always)
    package var previous: UInt32 { unsafe base.load(as: UInt32.self) }

    /// Length of the body, in bytes.
    @inlinable @inline(__always)
    package var bodyByteCount: Int { unsafe Int(base.load(fromByteOffset: 4, as: UInt32.self)) }

    /// Position of the event that made the version.
    @inlinable @inline(__always)
    package var position: UInt64 { unsafe base.load(fromByteOffset: 8, as: UInt64.self) }

    /// 1 for the creation, one more with each update.
    @inlinable @inline(__always)
    package var rowVersion: UInt32 { unsafe base.load(fromByteOffset: 16, as: UInt32.self) }

    /// The schema the body was written under.
    @inlinable @inline(__always)
    package var schemaVersion: UInt16 { unsafe base.load(fromByteOffset: 20, as: UInt16.self) }

    /// Whether the version says that the row is gone.
    @inlinable @inline(__always)
    package var isDeleted: Bool { unsafe base.load(fromByteOffset: 22, as: UInt16.self) & 1 != 0 }

    /// The row's identifier.
    @inlinable @inline(__always)
    package var id: RowID { unsafe RowID.load(base + 24) }

    /// The row body.
    @inlinable @inline(__always)
    package var body: RowBody {
        unsafe RowBody(base: base + Self.headerByteCount, byteCount: bodyByteCount)
    }

    /// Bytes of header and body.
    @inlinable @inline(__always)
    package var byteCount: Int { unsafe Self.headerByteCount + bodyByteCount }

    /// Fills the header.
    @inlinable
    package func store(
        previous: UInt32, bodyByteCount: Int, position: UInt64, rowVersion: UInt32,
        schemaVersion: UInt16, isDeleted: Bool, id: RowID
    ) {
        unsafe base.storeBytes(of: previous, as: UInt32.self)
        unsafe base.storeBytes(of: UInt32(bodyByteCount), toByteOffset: 4, as: UInt32.self)
        unsafe base.storeBytes(of: position, toByteOffset: 8, as: UInt64.self)
        unsafe base.storeBytes(of: rowVersion, toByteOffset: 16, as: UInt32.self)
        unsafe base.storeBytes(of: schemaVersion, toByteOffset: 20, as: UInt16.self)
        unsafe base.storeBytes(of: isDeleted ? 1 : 0, toByteOffset: 22, as: UInt16.self)
        unsafe id.store(to: base + 24)
    }
}
