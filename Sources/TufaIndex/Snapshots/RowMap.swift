internal import TufaBytes

/// How the saved rows of a table lie in chunks, so that each is loaded and checked by itself.
package struct RowMap: Sendable, Equatable {
    /// One more than the highest row number.
    package var limit: UInt32
    /// Bytes of the saved versions.
    package var byteCount: Int
    /// How many rows there are.
    package var rowCount: Int
    /// Bytes of the bodies of the rows.
    package var bodyByteCount: Int
    /// The number of the first row that begins in each chunk, or in a later one where none does;
    /// then the limit.
    package var firstNumbers: [UInt32]

    package init(
        limit: UInt32, byteCount: Int, rowCount: Int, bodyByteCount: Int, firstNumbers: [UInt32]
    ) {
        self.limit = limit
        self.byteCount = byteCount
        self.rowCount = rowCount
        self.bodyByteCount = bodyByteCount
        self.firstNumbers = firstNumbers
    }

    /// How many chunks the rows lie in.
    package static func chunkCount(byteCount: Int) -> Int {
        byteCount == 0 ? 0 : ByteArena.coldChunkCount(byteCount)
    }

    /// Takes the next row in, in the order of the numbers.
    package mutating func add(number: UInt32, reference: UInt32, bodyByteCount: UInt32) {
        while firstNumbers.count <= Self.chunk(of: reference) { firstNumbers.append(number) }
        rowCount += 1
        self.bodyByteCount += Int(bodyByteCount)
    }

    /// Ends the map, when all rows and their bytes are in.
    package mutating func finish() {
        while firstNumbers.count <= Self.chunkCount(byteCount: byteCount) {
            firstNumbers.append(limit)
        }
    }

    /// Throws `damaged` unless the numbers can be those of a saved table.
    func check() throws {
        guard limit >= 1, byteCount >= 0, byteCount <= 1 << 35, byteCount % 8 == 0, rowCount >= 0,
            bodyByteCount >= 0,
            bodyByteCount <= byteCount,
            rowCount <= byteCount / RowVersion.headerByteCount, rowCount < Int(limit),
            firstNumbers.count == Self.chunkCount(byteCount: byteCount) + 1,
            firstNumbers.first.map({ $0 >= 1 }) ?? false, firstNumbers.last == limit,
            zip(firstNumbers, firstNumbers.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw DatabaseError.damagedSnapshot("a table cannot have such rows") }
    }

    /// The chunk in which the version of a reference begins.
    @inline(__always)
    static func chunk(of reference: UInt32) -> Int {
        Int(reference >> ChunkDirectory.unitsPerChunkShift)
    }
}

extension DatabaseError {
    static func damagedSnapshot(_ what: String) -> DatabaseError {
        DatabaseError(.damaged, "In a snapshot, \(what).")
    }
}
