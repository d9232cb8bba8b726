internal import TufaBytes

/// Looks for the first word of a frame or block header at multiples of eight.
enum MagicScan {
    private static let pieceByteCount = 1 << 20

    /// Where the word stands next, from an offset on; nil where it does not.
    ///
    /// - Complexity: O(bytes), read in large pieces.
    static func next(_ magic: UInt32, in file: any File, from start: UInt64) throws -> UInt64? {
        var at = (start + 7) & ~7
        while true {
            let piece = try file.bytes(count: pieceByteCount, at: at)
            if piece.count < 4 { return nil }
            let found = unsafe piece.withUnsafeBytes { bytes -> Int? in
                var offset = 0
                while offset + 4 <= bytes.count {
                    // Safe: four bytes are left behind the offset.
                    let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    if UInt32(littleEndian: word) == magic { return offset }
                    offset += 8
                }
                return nil
            }
            if let found { return at + UInt64(found) }
            if piece.count < pieceByteCount { return nil }
            at += UInt64(piece.count)
        }
    }
}
