package import TufaBytes

extension RowTable {
    /// Writes, for each row number from 1, where its version begins in the saved rows.
    ///
    /// That is in units of 8 bytes from 1 in what ``saveRows(limit:position:to:)`` writes; 0 where
    /// a view of `position` sees no row. Gives the bytes that the rows take.
    /// - Complexity: O(row numbers).
    @unsafe
    package func saveSlots(
        limit: UInt32, position: UInt64, to sink: ByteSink
    ) throws -> Int {
        var units: UInt32 = 1
        var piece: [UInt32] = []
        piece.reserveCapacity(4096)
        for number in 1..<max(1, limit) {
            if let version = unsafe visible(number, at: position) {
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
        return (Int(units) - 1) * 8
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

    /// Reads what the two calls above wrote, into an empty table.
    ///
    /// Every reference, length and body is checked. - Throws: `damaged`.
    /// - Returns: How many rows there are, and the bytes of their bodies.
    /// - Complexity: O(bytes).
    @unsafe
    package func load(
        limit: UInt32, rowByteCount: Int, layout: RowLayout, slots readSlots: ByteSource,
        rows readRows: ByteSource
    ) throws -> (rowCount: Int, bodyByteCount: Int) {
        guard limit >= 1, rowByteCount >= 0 else { throw damaged("a table has no row limit") }
        guard let memory = unsafe arena.reserveForLoad(rowByteCount) else {
            throw damaged("a table of \(rowByteCount) bytes is too large")
        }
        unsafe try readRows(UnsafeMutableRawBufferPointer(start: memory, count: rowByteCount))
        var references = [UInt32](repeating: 0, count: Int(limit) - 1)
        unsafe try references.withUnsafeMutableBytes { unsafe try readSlots($0) }
        var rowCount = 0
        var bodyByteCount = 0
        var expected: UInt32 = 1
        beginLoad(limit: limit)
        for (index, reference) in references.enumerated() {
            let number = UInt32(index + 1)
            guard reference != 0 else {
                addFreeNumber(number)
                continue
            }
            guard reference == expected, (Int(reference) - 1) * 8 + 40 <= rowByteCount else {
                throw damaged("row number \(number) is out of place")
            }
            let version = unsafe version(reference)
            let block = unsafe ByteArena.blockByteCount(version.byteCount)
            guard (Int(reference) - 1) * 8 + block <= rowByteCount,
                unsafe !version.isDeleted && version.previous == 0
            else { throw damaged("row number \(number) does not fit") }
            let body = unsafe UnsafeRawBufferPointer(
                start: version.body.base, count: version.bodyByteCount)
            if let problem = unsafe layout.problem(in: body) {
                throw damaged("row number \(number) is no row: \(problem)")
            }
            setNewest(number, reference)
            rowCount += 1
            bodyByteCount += body.count
            expected += UInt32(block / 8)
        }
        guard (Int(expected) - 1) * 8 == rowByteCount else { throw damaged("rows are left over") }
        return (rowCount, bodyByteCount)
    }

    private func damaged(_ what: String) -> DatabaseError {
        DatabaseError(.damaged, "In a snapshot, \(what).")
    }
}
