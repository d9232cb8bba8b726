internal import TufaBytes

extension RowTable {
    /// Writes, for each row number from 1, where its version begins in the saved rows.
    ///
    /// That is in units of 8 bytes from 1 in what ``saveRows(limit:position:to:)`` writes; 0 where
    /// a view of `position` sees no row. Gives how the rows lie there.
    /// - Complexity: O(row numbers).
    @unsafe
    package func saveSlots(
        limit: UInt32, position: UInt64, to sink: ByteSink
    ) throws -> RowMap {
        var map = RowMap(
            limit: max(1, limit), byteCount: 0, rowCount: 0, bodyByteCount: 0, firstNumbers: [])
        var units: UInt32 = 1
        var piece: [UInt32] = []
        piece.reserveCapacity(4096)
        for number in 1..<map.limit {
            if let version = unsafe visible(number, at: position) {
                unsafe map.add(
                    number: number, reference: units,
                    bodyByteCount: UInt32(version.bodyByteCount))
                piece.append(units)
                units += unsafe UInt32(ByteArena.blockByteCount(version.byteCount) / 8)
            } else {
                piece.append(0)
            }
            if piece.count == 4096 {
                unsafe try piece.withUnsafeBytes { unsafe try sink($0) }
                piece.removeAll(keepingCapacity: true)
            }
        }
        unsafe try piece.withUnsafeBytes { unsafe try sink($0) }
        map.byteCount = (Int(units) - 1) * 8
        map.finish()
        return map
    }

    /// Writes the versions that a view of `position` sees, in the order of their numbers.
    ///
    /// - Complexity: O(bytes of the rows).
    @unsafe
    package func saveRows(limit: UInt32, position: UInt64, to sink: ByteSink) throws {
        let room = 1 << 18
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 16)
        defer { unsafe piece.deallocate() }
        let base = unsafe piece.baseAddress.unsafelyUnwrapped
        var used = 0
        for number in 1..<max(1, limit) {
            guard let version = unsafe visible(number, at: position) else { continue }
            let byteCount = unsafe version.byteCount
            let block = ByteArena.blockByteCount(byteCount)
            if used + block > room {
                unsafe try sink(UnsafeRawBufferPointer(rebasing: piece[0..<used]))
                used = 0
            }
            if block > room {
                unsafe try saveLarge(version, block, sink)
                continue
            }
            unsafe (base + used).copyMemory(from: version.base, byteCount: byteCount)
            unsafe (base + used).storeBytes(of: 0, as: UInt32.self)
            _ = unsafe (base + used + byteCount).initializeMemory(
                as: UInt8.self, repeating: 0, count: block - byteCount)
            used += block
        }
        unsafe try sink(UnsafeRawBufferPointer(rebasing: piece[0..<used]))
    }

    @unsafe
    private func saveLarge(_ version: RowVersion, _ block: Int, _ sink: ByteSink) throws {
        let byteCount = unsafe version.byteCount
        var none: UInt32 = 0
        unsafe try withUnsafeBytes(of: &none) { unsafe try sink($0) }
        unsafe try sink(UnsafeRawBufferPointer(start: version.base + 4, count: byteCount - 4))
        let padding = [UInt8](repeating: 0, count: block - byteCount)
        unsafe try padding.withUnsafeBytes { unsafe try sink($0) }
    }
}
