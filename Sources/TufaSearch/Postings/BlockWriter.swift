/// Chooses how the numbers of a ``PackedBlock`` are coded, and writes them.
@unsafe
struct BlockWriter {
    private let steps: UnsafeBufferPointer<UInt32>
    private let masks: UnsafeBufferPointer<UInt32>
    private let counts: UnsafeBufferPointer<UInt32>
    private let places: UnsafeBufferPointer<UInt32>
    private let fieldCount: Int

    private let stepPatch: Patch
    private let countPatch: Patch
    private let countWidthCode: Int
    private let remainderWidth: Int

    private let masksStart: Int
    private let countExceptionsStart: Int
    private let countsStart: Int
    private let remaindersStart: Int
    private let quotientsStart: Int
    /// Bytes of the block.
    let byteCount: Int

    /// A width that most numbers of a kind take, and what the others take beside.
    @safe
    struct Patch {
        /// Bits of each number.
        var width = 0
        /// How many numbers take more.
        var exceptionCount = 0
        /// Bits of an exception.
        var exceptionWidth = 1
    }

    init(
        steps: UnsafeBufferPointer<UInt32>, masks: UnsafeBufferPointer<UInt32>,
        counts: UnsafeBufferPointer<UInt32>, places: UnsafeBufferPointer<UInt32>, fieldCount: Int
    ) {
        unsafe self.steps = steps
        unsafe self.masks = masks
        unsafe self.counts = counts
        unsafe self.places = places
        unsafe self.fieldCount = fieldCount
        let stepPatch = unsafe Self.patch(ofSteps: steps)
        let (countPatch, code) = unsafe Self.patch(ofCounts: counts, fieldCount: fieldCount)
        let (remainderWidth, quotientBits) = unsafe Self.split(places)
        unsafe self.stepPatch = stepPatch
        unsafe self.countPatch = countPatch
        unsafe countWidthCode = code
        unsafe self.remainderWidth = remainderWidth
        let stepsEnd = PackedBlock.headerByteCount + PackedBlock.stepByteCount(stepPatch.width)
        let masksStart =
            stepsEnd + stepPatch.exceptionCount
            + PackedBlock.byteCount(stepPatch.exceptionCount, stepPatch.exceptionWidth)
        let countExceptionsStart =
            masksStart + (fieldCount == 1 ? 0 : PackedBlock.byteCount(steps.count, fieldCount))
        let countsStart =
            countExceptionsStart
            + countPatch.exceptionCount * PackedBlock.indexByteCount(fieldCount)
            + PackedBlock.byteCount(countPatch.exceptionCount, countPatch.exceptionWidth)
        let remaindersStart =
            countsStart + PackedBlock.countByteCount(counts.count, countPatch.width)
        let quotientsStart =
            remaindersStart + PackedBlock.byteCount(places.count, remainderWidth)
        let end = quotientsStart + (quotientBits + 63) / 64 * 8
        unsafe self.masksStart = masksStart
        unsafe self.countExceptionsStart = countExceptionsStart
        unsafe self.countsStart = countsStart
        unsafe self.remaindersStart = remaindersStart
        unsafe self.quotientsStart = quotientsStart
        // Two rows of steps can be loaded from where the last one begins.
        unsafe byteCount = (max(end, stepsEnd + 32) + 7) & ~7
    }

    // MARK: Choosing

    /// The width with which steps take the fewest bytes.
    private static func patch(ofSteps steps: UnsafeBufferPointer<UInt32>) -> Patch {
        let histogram = unsafe Self.histogram(steps)
        let greatest = histogram.greatest
        var best = Patch(width: greatest)
        // A lane has no room for steps of all 32 bits.
        var bestByteCount = greatest > 31 ? .max : PackedBlock.stepByteCount(greatest)
        var exceptionCount = 0
        for width in stride(from: greatest - 1, through: 0, by: -1) {
            exceptionCount += histogram.counts[width + 1]
            if width > 31 { continue }
            let patch = Patch(
                width: width, exceptionCount: exceptionCount, exceptionWidth: greatest - width)
            let byteCount =
                PackedBlock.stepByteCount(width) + exceptionCount
                + PackedBlock.byteCount(exceptionCount, patch.exceptionWidth)
            if byteCount < bestByteCount {
                best = patch
                bestByteCount = byteCount
            }
        }
        return best
    }

    /// The width with which counts take the fewest bytes, and its code.
    private static func patch(
        ofCounts counts: UnsafeBufferPointer<UInt32>, fieldCount: Int
    ) -> (Patch, code: Int) {
        var greatest: UInt32 = 0
        for index in 0..<counts.count { greatest = unsafe max(greatest, counts[index]) }
        let exceptionWidth = max(1, UInt32.bitWidth - greatest.leadingZeroBitCount)
        var best = Patch()
        var bestCode = 0
        var bestByteCount = Int.max
        for (code, width) in PackedBlock.countWidths.enumerated() {
            let limit = UInt32(Self.countLimit(width))
            var exceptionCount = 0
            for index in 0..<counts.count where unsafe counts[index] >= limit {
                exceptionCount += 1
            }
            let byteCount =
                PackedBlock.countByteCount(counts.count, width)
                + exceptionCount * PackedBlock.indexByteCount(fieldCount)
                + PackedBlock.byteCount(exceptionCount, exceptionWidth)
            if byteCount < bestByteCount {
                best = Patch(
                    width: width, exceptionCount: exceptionCount, exceptionWidth: exceptionWidth)
                bestCode = code
                bestByteCount = byteCount
            }
            if exceptionCount == 0 { break }
        }
        return (best, bestCode)
    }

    /// What counts less 1 stay below that are no exceptions; a decoded byte of 255 is one.
    @safe
    private static func countLimit(_ width: Int) -> Int {
        min(1 << width, PackedBlock.greatestByteCount)
    }

    /// The remainders' width with which places take the fewest bits, and the bits of the quotients.
    private static func split(
        _ places: UnsafeBufferPointer<UInt32>
    ) -> (remainderWidth: Int, quotientBits: Int) {
        var sum: UInt64 = 0
        for index in 0..<places.count { sum &+= UInt64(unsafe places[index]) }
        let average = places.count == 0 ? 0 : sum / UInt64(places.count)
        // The best is at most the average's width, and the bits fall towards it.
        var width = UInt64.bitWidth - average.leadingZeroBitCount
        var bits = unsafe quotientBits(places, width)
        while width > 0 {
            let narrower = unsafe quotientBits(places, width - 1)
            if narrower >= bits + places.count { break }
            width -= 1
            bits = narrower
        }
        return (width, bits)
    }

    private static func quotientBits(
        _ places: UnsafeBufferPointer<UInt32>, _ width: Int
    ) -> Int {
        var bits = places.count
        for index in 0..<places.count {
            bits &+= unsafe Int(places[index] &>> UInt32(truncatingIfNeeded: width))
        }
        return bits
    }

    /// How many numbers have each width, and the greatest of the widths.
    private static func histogram(
        _ numbers: UnsafeBufferPointer<UInt32>
    ) -> (counts: [Int], greatest: Int) {
        var counts = Array(repeating: 0, count: UInt32.bitWidth + 1)
        var all: UInt32 = 0
        for index in 0..<numbers.count {
            let number = unsafe numbers[index]
            counts[UInt32.bitWidth - number.leadingZeroBitCount] += 1
            all |= number
        }
        return (counts, UInt32.bitWidth - all.leadingZeroBitCount)
    }

    // MARK: Writing

    /// Writes the block to ``byteCount`` bytes.
    func write(to base: UnsafeMutableRawPointer) {
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe writeHeader(to: base)
        unsafe writeSteps(to: base)
        if unsafe fieldCount > 1 {
            for index in unsafe 0..<masks.count {
                unsafe put(masks[index], index, fieldCount, at: base + masksStart)
            }
        }
        unsafe writeCounts(to: base)
        unsafe writePlaces(to: base)
    }

    private func writeHeader(to base: UnsafeMutableRawPointer) {
        unsafe base.storeBytes(of: UInt32(quotientsStart), as: UInt32.self)
        unsafe base.storeBytes(of: UInt16(countsStart), toByteOffset: 4, as: UInt16.self)
        unsafe base.storeBytes(
            of: UInt16(countPatch.exceptionCount << 5 | (countPatch.exceptionWidth - 1)),
            toByteOffset: 6, as: UInt16.self)
        unsafe base.storeBytes(of: UInt8(stepPatch.width), toByteOffset: 8, as: UInt8.self)
        unsafe base.storeBytes(
            of: UInt8(stepPatch.exceptionCount), toByteOffset: 9, as: UInt8.self)
        unsafe base.storeBytes(
            of: UInt8(stepPatch.exceptionWidth), toByteOffset: 10, as: UInt8.self)
        unsafe base.storeBytes(
            of: UInt8(remainderWidth << 3 | countWidthCode), toByteOffset: 11, as: UInt8.self)
        unsafe base.storeBytes(of: UInt32(byteCount), toByteOffset: 12, as: UInt32.self)
    }

    private func writeSteps(to base: UnsafeMutableRawPointer) {
        let patch = unsafe stepPatch
        let indices = PackedBlock.headerByteCount + PackedBlock.stepByteCount(patch.width)
        var exception = 0
        for index in unsafe 0..<steps.count {
            let step = unsafe steps[index]
            let excess = step >> UInt32(patch.width)
            unsafe putInLane(step - excess << UInt32(patch.width), index, patch.width, at: base)
            if excess == 0 { continue }
            unsafe base.storeBytes(
                of: UInt8(index), toByteOffset: indices + exception, as: UInt8.self)
            unsafe put(
                excess, exception, patch.exceptionWidth,
                at: base + indices + patch.exceptionCount)
            exception += 1
        }
    }

    /// Puts the low bits of a step into its lane, over two words where it does not fit into one.
    private func putInLane(
        _ step: UInt32, _ index: Int, _ width: Int, at base: UnsafeMutableRawPointer
    ) {
        if step == 0 { return }
        let bit = index / 4 * width
        let at = PackedBlock.headerByteCount + bit / 32 * 16 + index % 4 * 4
        let bits = UInt64(step) << UInt64(bit % 32)
        for (word, at) in [(UInt32(truncatingIfNeeded: bits), at), (UInt32(bits >> 32), at + 16)]
        where word != 0 {
            let before = unsafe base.load(fromByteOffset: at, as: UInt32.self)
            unsafe base.storeBytes(of: before | word, toByteOffset: at, as: UInt32.self)
        }
    }

    private func writeCounts(to base: UnsafeMutableRawPointer) {
        let patch = unsafe countPatch
        let limit = UInt32(Self.countLimit(patch.width))
        let indexByteCount = unsafe PackedBlock.indexByteCount(fieldCount)
        let indices = unsafe countExceptionsStart
        let numbers = unsafe base + indices + patch.exceptionCount * indexByteCount
        let countsPerWord = patch.width == 0 ? 1 : 64 / patch.width
        var exception = 0
        for index in unsafe 0..<counts.count {
            let count = unsafe counts[index]
            if count < limit {
                if patch.width == 0 { continue }
                let at = unsafe countsStart + index / countsPerWord * 8 + index % 8
                let shift = UInt8(index % countsPerWord / 8 * patch.width)
                let before = unsafe base.load(fromByteOffset: at, as: UInt8.self)
                unsafe base.storeBytes(
                    of: before | UInt8(count) << shift, toByteOffset: at, as: UInt8.self)
                continue
            }
            if indexByteCount == 1 {
                unsafe base.storeBytes(
                    of: UInt8(index), toByteOffset: indices + exception, as: UInt8.self)
            } else {
                unsafe base.storeBytes(
                    of: UInt16(index), toByteOffset: indices + 2 * exception, as: UInt16.self)
            }
            unsafe put(count, exception, patch.exceptionWidth, at: numbers)
            exception += 1
        }
    }

    private func writePlaces(to base: UnsafeMutableRawPointer) {
        let quotients = unsafe base + quotientsStart
        let width = unsafe remainderWidth
        let mask: UInt32 = 1 << UInt32(width) - 1
        var bit = 0
        for index in unsafe 0..<places.count {
            let step = unsafe places[index]
            unsafe put(step & mask, index, width, at: base + remaindersStart)
            bit &+= Int(step >> UInt32(width))
            let at = bit &>> 6 &* 8
            let word = unsafe quotients.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            unsafe quotients.storeBytes(
                of: word | 1 &<< UInt64(bit & 63), toByteOffset: at, as: UInt64.self)
            bit &+= 1
        }
    }

    /// Puts number `index` of those that begin at `start` and take `width` bits each.
    @inline(__always)
    private func put(
        _ number: UInt32, _ index: Int, _ width: Int, at start: UnsafeMutableRawPointer
    ) {
        let bit = index &* width
        // Safe: the block goes on for a word behind the first byte of its last number.
        let address = unsafe start + bit &>> 3
        let word = unsafe UInt64(littleEndian: address.loadUnaligned(as: UInt64.self))
        let bits = UInt64(number) &<< UInt64(bit & 7)
        unsafe address.storeBytes(of: (word | bits).littleEndian, as: UInt64.self)
    }
}
