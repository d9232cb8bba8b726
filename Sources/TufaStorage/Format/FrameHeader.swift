internal import TufaBytes

/// The 64 bytes before the commits of one group (`Docs/Format/Log.md`, "Frame").
struct FrameHeader: Equatable {
    static let byteCount = 64
    static let magic: UInt32 = 0x4d52_4654
    /// The longest payload, in bytes.
    static let maximumPayloadByteCount = 1 << 30

    /// What the frame holds.
    enum Kind: UInt32 {
        case batch = 0
        case seal = 1
    }

    var kind: Kind
    var payloadByteCount: UInt32 = 0
    var commitCount: UInt32 = 0
    var eventCount: UInt32 = 0
    /// The position of the first event; of a seal, the position that comes next.
    var firstPosition: UInt64
    var salt: UInt64
    /// How far this segment was known to be synced when the frame was built.
    var durableOffset: UInt64
    /// The time of the frame's last commit; of a seal, of the last commit before it.
    var lastTime: Int64
    var previousChecksum: UInt32
    var payloadChecksum: UInt32 = 0
    /// The checksum of the header itself, which stands for the whole frame in the next one.
    var checksum: UInt32 = 0

    /// The length of header and payload, in bytes.
    var frameByteCount: UInt64 { UInt64(Self.byteCount) + UInt64(payloadByteCount) }

    /// Writes the header and sets its own checksum.
    @unsafe
    mutating func store(to base: UnsafeMutableRawPointer) {
        func put<T: FixedWidthInteger & BitwiseCopyable>(_ value: T, _ offset: Int) {
            unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
        }
        put(Self.magic, 0)
        put(payloadByteCount, 4)
        put(commitCount, 8)
        put(eventCount, 12)
        put(firstPosition, 16)
        put(salt, 24)
        put(durableOffset, 32)
        put(lastTime, 40)
        put(kind.rawValue, 48)
        put(previousChecksum, 52)
        put(payloadChecksum, 56)
        checksum = unsafe CRC32C.checksum(UnsafeRawBufferPointer(start: base, count: 60))
        put(checksum, 60)
    }

    /// Reads a header whose magic and checksum are right; else says what is wrong.
    @unsafe
    static func load(_ base: UnsafeRawPointer) -> Result<FrameHeader, FormatProblem> {
        func get<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ offset: Int) -> T {
            unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
        guard get(UInt32.self, 0) == magic else {
            return .failure(FormatProblem("no frame begins here"))
        }
        let checksum = unsafe CRC32C.checksum(UnsafeRawBufferPointer(start: base, count: 60))
        guard checksum == get(UInt32.self, 60) else {
            return .failure(FormatProblem("the checksum of the frame header does not match"))
        }
        guard let kind = Kind(rawValue: get(UInt32.self, 48)) else {
            return .failure(FormatProblem("the frame is of an unknown kind"))
        }
        return .success(
            FrameHeader(
                kind: kind, payloadByteCount: get(UInt32.self, 4),
                commitCount: get(UInt32.self, 8), eventCount: get(UInt32.self, 12),
                firstPosition: get(UInt64.self, 16), salt: get(UInt64.self, 24),
                durableOffset: get(UInt64.self, 32), lastTime: get(Int64.self, 40),
                previousChecksum: get(UInt32.self, 52), payloadChecksum: get(UInt32.self, 56),
                checksum: checksum))
    }
}
