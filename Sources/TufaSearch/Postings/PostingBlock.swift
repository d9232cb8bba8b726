/// A block of one term's postings, in a chain of blocks that grow.
///
/// ```
/// 0   u32  the next block; set once this one is left
/// 4   u32  the document before the block's first
/// 8   u32  bytes of postings, once the block is left; before, bytes of places, for the writer
/// 12  u32  bytes of the block
/// 16       postings, upwards; from the end, the places of the same documents, downwards
/// ```
/// Postings and places are coded as `Docs/Format/Text.md` says. A reader goes as far as the term's
/// published end says, so it never reads a byte that may still be written.
@unsafe
struct PostingBlock {
    @safe static let headerByteCount = 16
    @safe static let firstByteCount = 24
    @safe static let maximumByteCount = 2048

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    var next: UInt32 {
        @inline(__always) get { unsafe base.load(as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, as: UInt32.self) }
    }

    var documentBefore: UInt32 {
        @inline(__always) get { unsafe base.load(fromByteOffset: 4, as: UInt32.self) }
        nonmutating set { unsafe base.storeBytes(of: newValue, toByteOffset: 4, as: UInt32.self) }
    }

    var used: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt32(newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    /// Bytes of places, until the block is left; the writer's.
    var placesUsed: Int {
        get { unsafe used }
        nonmutating set { unsafe used = newValue }
    }

    var byteCount: Int {
        @inline(__always) get { unsafe Int(base.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe base.storeBytes(of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    /// Where the postings begin.
    var postings: UnsafeMutablePointer<UInt8> {
        @inline(__always) get {
            unsafe (base + Self.headerByteCount).assumingMemoryBound(to: UInt8.self)
        }
    }

    /// One byte behind the first byte of the places, which go down from there.
    var placesEnd: UnsafeMutablePointer<UInt8> {
        @inline(__always) get { unsafe (base + byteCount).assumingMemoryBound(to: UInt8.self) }
    }
}

/// How a posting's first number is put together.
struct PostingCode {
    let fieldCount: Int
    /// Bits below the document's distance: the flag and the field.
    let shift: UInt64

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        shift = UInt64(1 + Int.bitWidth - (fieldCount - 1).leadingZeroBitCount)
    }

    /// The longest encoding of a posting: its number, the mask, a count for each field.
    static let maximumByteCount = 6 + 1 + 8 * 5
}
