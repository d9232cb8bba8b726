/// Sorting by the first bytes as numbers: from the highest bit in which entries differ, eight bits
/// at a time, in place (American flag sort; McIlroy, Bostic and McIlroy, "Engineering Radix Sort",
/// 1993). What all entries share is passed over, and what is in order already is left alone.
extension TreeEntries {
    /// Up to so many entries are inserted one by one.
    private static let fewest = 24

    /// Sorts entries by their first bytes, and by `isBefore` where those are the same.
    ///
    /// - Complexity: O(entries · bytes that tell them apart); O(entries) where they are in order.
    @unsafe
    static func sort(
        _ entries: UnsafeMutableBufferPointer<Entry>, _ isBefore: (Entry, Entry) -> Bool
    ) {
        if entries.count <= fewest { return unsafe insert(entries, isBefore) }
        let survey = unsafe Survey(entries)
        if survey.isAscending { return }
        var all = unsafe entries
        if survey.isDescending { return unsafe all.reverse() }
        guard let digit = survey.digit else { return unsafe all.sort(by: isBefore) }
        unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { memory in
            let next = unsafe UnsafeMutableBufferPointer(rebasing: memory[..<256])
            let ends = unsafe UnsafeMutableBufferPointer(rebasing: memory[256...])
            unsafe spread(entries, by: digit, next, ends)
            var start = 0
            for value in 0..<256 {
                let end = unsafe ends[value]
                if end - start > 1 {
                    unsafe sort(.init(rebasing: entries[start..<end]), isBefore)
                }
                start = end
            }
        }
    }

    /// Brings entries into the order of one digit, and says where each value of it ends.
    @unsafe
    private static func spread(
        _ entries: UnsafeMutableBufferPointer<Entry>, by digit: Digit,
        _ next: UnsafeMutableBufferPointer<Int>, _ ends: UnsafeMutableBufferPointer<Int>
    ) {
        unsafe ends.initialize(repeating: 0)
        for index in 0..<entries.count { unsafe ends[digit.value(of: entries[index])] += 1 }
        var sum = 0
        for value in 0..<256 {
            unsafe next[value] = sum
            sum += unsafe ends[value]
            unsafe ends[value] = sum
        }
        for value in 0..<256 {
            while unsafe next[value] < ends[value] {
                var entry = unsafe entries[next[value]]
                var own = digit.value(of: entry)
                // Each entry goes to its place, and the one that was there goes on.
                while own != value {
                    let place = unsafe next[own]
                    unsafe next[own] = place + 1
                    unsafe swap(&entry, &entries[place])
                    own = digit.value(of: entry)
                }
                unsafe entries[next[value]] = entry
                unsafe next[value] += 1
            }
        }
    }

    @unsafe
    private static func insert(
        _ entries: UnsafeMutableBufferPointer<Entry>, _ isBefore: (Entry, Entry) -> Bool
    ) {
        for index in 0..<entries.count {
            let entry = unsafe entries[index]
            var place = index
            while place > 0, isBefore(entry, unsafe entries[place - 1]) {
                unsafe entries[place] = entries[place - 1]
                place -= 1
            }
            unsafe entries[place] = entry
        }
    }

    /// Eight bits of one of the numbers of an entry.
    private struct Digit {
        /// Which of the three numbers.
        let word: Int
        let shift: UInt64

        @inline(__always)
        func value(of entry: Entry) -> Int {
            let number = word == 0 ? entry.first : word == 1 ? entry.second : entry.third
            return Int(truncatingIfNeeded: number &>> shift & 255)
        }
    }

    /// What entries have in common.
    private struct Survey {
        /// Whether their first bytes are all different and in order.
        private(set) var isAscending = true
        private(set) var isDescending = true
        private var first: UInt64 = 0
        private var second: UInt64 = 0
        private var third: UInt64 = 0

        @unsafe
        init(_ entries: UnsafeMutableBufferPointer<Entry>) {
            var before = unsafe entries[0]
            for index in 1..<entries.count {
                let entry = unsafe entries[index]
                first |= entry.first ^ before.first
                second |= entry.second ^ before.second
                third |= entry.third ^ before.third
                let order = Self.order(before, entry)
                if order >= 0 { isAscending = false }
                if order <= 0 { isDescending = false }
                before = entry
            }
        }

        @inline(__always)
        private static func order(_ one: Entry, _ two: Entry) -> Int {
            if one.first != two.first { return one.first < two.first ? -1 : 1 }
            if one.second != two.second { return one.second < two.second ? -1 : 1 }
            if one.third != two.third { return one.third < two.third ? -1 : 1 }
            return 0
        }

        /// The eight bits from the highest on in which they differ; nil where they do in none.
        var digit: Digit? {
            let (word, bits) = first != 0 ? (0, first) : second != 0 ? (1, second) : (2, third)
            if bits == 0 { return nil }
            return Digit(word: word, shift: UInt64(max(0, 56 - bits.leadingZeroBitCount)))
        }
    }
}
