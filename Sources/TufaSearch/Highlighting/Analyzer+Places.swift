extension Analyzer {
    /// Where the words at some positions, which ascend, stand in a text, as ranges of its bytes.
    ///
    /// A position that the text does not have gives nil. The text is cut into words as far as the
    /// last position; nothing is stemmed or looked up. An analyzer of the program makes all of its
    /// terms again, and may not say where some of them stand.
    /// - Complexity: O(bytes up to the last position); of all bytes for an analyzer of the program.
    @unsafe
    func ranges(
        of positions: [UInt32], in text: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>?] {
        if positions.isEmpty { return [] }
        return switch method {
        case .english, .words: unsafe wordRanges(positions, text)
        #if Snowball
            case .snowball: unsafe wordRanges(positions, text)
        #endif
        case .keyword: positions.map { _ in 0..<text.count }
        case .trigrams: unsafe trigramRanges(positions, text)
        case .own(let appendTerms): unsafe ownRanges(positions, text, appendTerms)
        case .missing: positions.map { _ in nil }
        }
    }

    @unsafe
    private func ownRanges(
        _ positions: [UInt32], _ text: UnsafeBufferPointer<UInt8>, _ appendTerms: OwnTerms
    ) -> [Range<Int>?] {
        let text = unsafe UnsafeBufferPointer(rebasing: text.prefix(Self.maximumTextByteCount))
        var tokens = TokenBuffer()
        tokens.ranges = RangeFinder(positions, byteCount: text.count)
        unsafe appendTerms(text.span, &tokens)
        return unsafe tokens.ranges?.found(in: text) ?? positions.map { _ in nil }
    }

    @unsafe
    private func wordRanges(
        _ positions: [UInt32], _ text: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>?] {
        var ranges: [Range<Int>?] = []
        ranges.reserveCapacity(positions.count)
        var parser = unsafe WordParser(text: text, folding: folding)
        var tokens = TokenBuffer()
        var position: UInt32 = 0
        while ranges.count < positions.count {
            guard unsafe parser.next(into: tokens.prepareTerm()) > 0 else { break }
            if position < TokenBuffer.maximumPosition { position += 1 }
            while ranges.count < positions.count, positions[ranges.count] <= position {
                let isHere = positions[ranges.count] == position
                ranges.append(isHere ? unsafe parser.start..<parser.end : nil)
            }
        }
        ranges += Array(repeating: nil, count: positions.count - ranges.count)
        return ranges
    }

    /// The three characters from each position on.
    @unsafe
    private func trigramRanges(
        _ positions: [UInt32], _ text: UnsafeBufferPointer<UInt8>
    ) -> [Range<Int>?] {
        let characters = unsafe foldedRanges(text, count: Int(positions.last ?? 0) + 2)
        return positions.map { position in
            let first = Int(position) - 1
            guard characters.indices.contains(first) else { return nil }
            let last = min(first + 2, characters.count - 1)
            return characters[first].lowerBound..<characters[last].upperBound
        }
    }

    /// The bytes that each of the first folded characters of a text comes from.
    ///
    /// Characters that compose with each other all come from the bytes of all of them.
    @unsafe
    private func foldedRanges(
        _ text: UnsafeBufferPointer<UInt8>, count: Int
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Scalars.capacity) {
            memory in
            guard let base = memory.baseAddress else { return }
            var reader = unsafe FoldedRuns(text: text, folding: folding)
            while ranges.count < count, unsafe !reader.isAtEnd {
                var scalars = unsafe Scalars(base: base)
                let blankStart = unsafe reader.offset
                unsafe reader.fillShortest(&scalars)
                if unsafe scalars.count == 0 { return }
                let (start, end) = unsafe (reader.runStart, reader.offset)
                let isBlankFirst = unsafe base[0] == 0x20
                if isBlankFirst { ranges.append(blankStart..<start) }
                ranges += Array(
                    repeating: start..<end,
                    count: unsafe scalars.count - (isBlankFirst ? 1 : 0))
            }
        }
        return ranges
    }
}
