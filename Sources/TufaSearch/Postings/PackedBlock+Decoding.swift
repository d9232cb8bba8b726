/// Decodes what a block has one of for each posting.
extension PackedBlock {
    /// Writes the documents to `documents`, which go on from `last`.
    ///
    /// - Complexity: O(postings of a block).
    @inline(__always)
    func decode(after last: UInt32, into documents: UnsafeMutablePointer<UInt32>) {
        unsafe unpackSteps(into: documents)
        unsafe patchSteps(of: documents)
        let rows = UnsafeMutableRawPointer(documents)
        // A sum has its step and 1 for each document so far; the sums of a row are made within the
        // row, so that the rows wait for one addition each.
        var before = SIMD4<UInt32>(repeating: last) &+ SIMD4(1, 2, 3, 4)
        let upperHalf = SIMD4<UInt32>(0, 0, .max, .max)
        for row in 0..<Self.postingCount / 4 {
            let steps = unsafe (rows + row &* 16).loadUnaligned(as: SIMD2<UInt64>.self)
            // Safe: four lanes of 32 bits are two of 64.
            var sums = unsafe unsafeBitCast(
                steps &+ steps &<< SIMD2(repeating: 32), to: SIMD4<UInt32>.self)
            sums = sums &+ SIMD4(sums.x, sums.x, sums.y, sums.y) & upperHalf
            unsafe (rows + row &* 16).storeBytes(of: sums &+ before, as: SIMD4<UInt32>.self)
            before = before &+ SIMD4(repeating: sums.w) &+ 4
        }
    }

    /// Writes the low bits of the steps.
    @inline(__always)
    private func unpackSteps(into steps: UnsafeMutablePointer<UInt32>) {
        let width = unsafe stepWidth
        let mask = SIMD4<UInt32>(repeating: 1 &<< UInt32(truncatingIfNeeded: width) &- 1)
        let start = unsafe base + Self.headerByteCount
        let rows = UnsafeMutableRawPointer(steps)
        var bit = 0
        for row in 0..<Self.postingCount / 4 {
            let shift = UInt32(truncatingIfNeeded: bit & 31)
            // Safe: two rows follow the beginning of the last one.
            let at = unsafe start + bit &>> 5 &* 16
            let low = unsafe at.loadUnaligned(as: SIMD4<UInt32>.self)
            let high = unsafe at.loadUnaligned(fromByteOffset: 16, as: SIMD4<UInt32>.self)
            // Doubled, the next word is shifted by what is between 0 and 31 too.
            let number =
                low &>> SIMD4(repeating: shift)
                | (high &+ high) &<< SIMD4(repeating: 31 &- shift)
            unsafe (rows + row &* 16).storeBytes(of: number & mask, as: SIMD4<UInt32>.self)
            bit &+= width
        }
    }

    /// Adds the high bits to the steps that are exceptions.
    @inline(__always)
    private func patchSteps(of steps: UnsafeMutablePointer<UInt32>) {
        let count = unsafe stepExceptionCount
        if count == 0 { return }
        let width = unsafe stepWidth
        let excessWidth = unsafe stepExceptionWidth
        let indices = Self.headerByteCount &+ Self.stepByteCount(width)
        for exception in 0..<count {
            let index = unsafe base.load(fromByteOffset: indices &+ exception, as: UInt8.self)
            let excess = unsafe number(indices &+ count, exception, excessWidth)
            unsafe steps[Int(index)] |= excess &<< UInt32(truncatingIfNeeded: width)
        }
    }

    /// How many counts there are.
    @inline(__always)
    func countCount(fieldCount: Int) -> Int {
        unsafe countsBefore(Self.postingCount, fieldCount: fieldCount)
    }

    /// Writes the counts, each less 1, to `counts`, 255 for what is more; eight bytes more than
    /// there are counts may be written.
    ///
    /// - Complexity: O(counts of a block).
    @inline(__always)
    func decodeCounts(into counts: UnsafeMutablePointer<UInt8>, fieldCount: Int) {
        let rows = UnsafeMutableRawPointer(counts)
        let rowCount = unsafe (countCount(fieldCount: fieldCount) &+ 7) &>> 3
        let start = unsafe self.counts
        switch unsafe countWidthCode {
        case 0:
            for row in 0..<rowCount {
                unsafe (rows + row &* 8).storeBytes(of: 0, as: UInt64.self)
            }
        case 1: unsafe unpackCounts(1, 0x0101_0101_0101_0101, start, rowCount, into: rows)
        case 2: unsafe unpackCounts(2, 0x0303_0303_0303_0303, start, rowCount, into: rows)
        case 3: unsafe unpackCounts(4, 0x0F0F_0F0F_0F0F_0F0F, start, rowCount, into: rows)
        default: unsafe unpackCounts(8, .max, start, rowCount, into: rows)
        }
        let count = unsafe countExceptionCount
        if count == 0 { return }
        for exception in 0..<count {
            let (index, number) = unsafe countException(exception, count, fieldCount: fieldCount)
            unsafe counts[index] = UInt8(min(number, UInt32(Self.greatestByteCount)))
        }
    }

    @inline(__always)
    private func unpackCounts(
        _ width: Int, _ mask: UInt64, _ start: Int, _ rowCount: Int,
        into rows: UnsafeMutableRawPointer
    ) {
        let rowsPerWord = 8 / width
        var row = 0
        var at = unsafe base + start
        while row < rowCount {
            var word = unsafe at.loadUnaligned(as: UInt64.self)
            for _ in 0..<min(rowsPerWord, rowCount &- row) {
                unsafe (rows + row &* 8).storeBytes(of: word & mask, as: UInt64.self)
                word = word &>> UInt64(truncatingIfNeeded: width)
                row &+= 1
            }
            unsafe at += 8
        }
    }

    /// Which count an exception is, and the count less 1.
    @inline(__always)
    private func countException(
        _ exception: Int, _ count: Int, fieldCount: Int
    ) -> (index: Int, number: UInt32) {
        let indexByteCount = Self.indexByteCount(fieldCount)
        let width = unsafe countExceptionWidth
        let end = unsafe counts
        let numbers = end &- Self.byteCount(count, width)
        let indices = numbers &- count &* indexByteCount
        let index =
            indexByteCount == 1
            ? unsafe Int(base.load(fromByteOffset: indices &+ exception, as: UInt8.self))
            : unsafe Int(
                base.loadUnaligned(fromByteOffset: indices &+ 2 &* exception, as: UInt16.self))
        return unsafe (index, number(numbers, exception, width))
    }

    /// Count `index` of those that were decoded.
    @inline(__always)
    func count(
        _ index: Int, _ counts: UnsafeMutablePointer<UInt8>, fieldCount: Int
    ) -> UInt32 {
        let count = unsafe UInt32(counts[index])
        if count < Self.greatestByteCount { return count &+ 1 }
        return unsafe largeCount(index, fieldCount: fieldCount)
    }

    /// A count that is too large for a byte.
    ///
    /// - Complexity: O(exceptions).
    @inline(never)
    func largeCount(_ index: Int, fieldCount: Int) -> UInt32 {
        let count = unsafe countExceptionCount
        for exception in 0..<count {
            let (found, number) = unsafe countException(exception, count, fieldCount: fieldCount)
            if found == index { return number &+ 1 }
        }
        preconditionFailure("A large count of a packed block is among its exceptions.")
    }
}
