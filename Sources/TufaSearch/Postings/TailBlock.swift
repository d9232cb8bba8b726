internal import TufaIndex

/// The latest postings of one term, which are not packed yet: one block, which a wider one replaces
/// when it is full.
///
/// ```
/// 0   u32  the document before the first
/// 4   u16  bytes of the block over 8; 0 for a large block
/// 6   u16  bytes of places; the writer's
/// 8        in a large block only: u32 bytes of the block, u32 bytes of places
///          then postings, upwards; from the end, the places of the same documents, downwards
/// ```
/// Postings and places are coded as `Docs/Format/Text.md` says. A reader goes as far as the term's
/// published end says, so it never reads a byte that may still be written.
@unsafe
struct TailBlock {
    /// A block of more bytes is a large one.
    @safe private static let smallLimit = 65_528

    let base: UnsafeMutableRawPointer

    @inline(__always)
    init(_ base: UnsafeMutableRawPointer) { unsafe self.base = base }

    @inline(__always)
    private func half(_ offset: Int) -> Int {
        unsafe Int(base.load(fromByteOffset: offset, as: UInt16.self))
    }

    @inline(__always)
    private func word(_ offset: Int) -> Int {
        unsafe Int(base.load(fromByteOffset: offset, as: UInt32.self))
    }

    private var isLarge: Bool { @inline(__always) get { unsafe half(4) == 0 } }

    /// The document before the first.
    var documentBefore: UInt32 {
        @inline(__always) get { unsafe base.load(as: UInt32.self) }
    }

    /// Bytes of the block.
    var byteCount: Int { @inline(__always) get { unsafe isLarge ? word(8) : half(4) * 8 } }

    /// Bytes of places, for the writer.
    var placesUsed: Int {
        @inline(__always) get { unsafe isLarge ? word(12) : half(6) }
        nonmutating set {
            if unsafe isLarge {
                unsafe base.storeBytes(of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
            } else {
                unsafe base.storeBytes(of: UInt16(newValue), toByteOffset: 6, as: UInt16.self)
            }
        }
    }

    private var headerByteCount: Int { @inline(__always) get { unsafe isLarge ? 16 : 8 } }

    /// Bytes that postings and places can take.
    var room: Int { @inline(__always) get { unsafe byteCount &- headerByteCount } }

    /// Where the postings begin.
    var postings: UnsafeMutablePointer<UInt8> {
        @inline(__always) get {
            unsafe (base + headerByteCount).assumingMemoryBound(to: UInt8.self)
        }
    }

    /// One byte behind the first byte of the places, which go down from there.
    var placesEnd: UnsafeMutablePointer<UInt8> {
        @inline(__always) get { unsafe (base + byteCount).assumingMemoryBound(to: UInt8.self) }
    }

    /// Makes an empty block for at least `room` bytes of postings and places.
    static func make(room: Int, documentBefore: UInt32, in arena: ByteArena) -> UInt32 {
        let small = (8 + room + 7) & ~7
        let byteCount = small <= smallLimit ? small : (16 + room + 7) & ~7
        let reference = arena.allocate(byteCount)
        let base = unsafe arena.address(reference)
        unsafe base.storeBytes(of: documentBefore, as: UInt32.self)
        unsafe base.storeBytes(
            of: small <= smallLimit ? UInt16(byteCount / 8) : 0, toByteOffset: 4, as: UInt16.self)
        unsafe base.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
        if small > smallLimit {
            unsafe base.storeBytes(of: UInt32(byteCount), toByteOffset: 8, as: UInt32.self)
            unsafe base.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
        }
        return reference
    }
}
