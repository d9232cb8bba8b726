// Terms that are made of characters, whatever the words are.

extension Analyzer {
    /// Appends the whole text as one term, cut at the longest one; a text of blanks has none.
    @unsafe
    func appendWhole(_ text: UnsafeBufferPointer<UInt8>, _ tokens: inout TokenBuffer) {
        unsafe withFolded(text) { scalars, _ in
            let count = unsafe scalars.encode(into: tokens.prepareTerm())
            if count > 0 { tokens.append(byteCount: count, position: 1) }
            return true
        }
    }

    /// Appends, for each character of the text, the term that begins with it: three characters, or
    /// fewer at the end of the text.
    ///
    /// So a search for one or two characters is a search for the terms that begin with them, and a
    /// search for three or more is one for consecutive terms.
    @unsafe
    func appendTrigrams(_ text: UnsafeBufferPointer<UInt8>, _ tokens: inout TokenBuffer) {
        var position: UInt32 = 0
        unsafe withFolded(text) { scalars, isLast in
            let count = unsafe scalars.count
            // The last two begin terms that reach into what follows.
            let end = isLast ? count : count - 2
            for index in 0..<max(0, end) {
                let byteCount = unsafe scalars.encode(
                    index..<min(index + 3, count), into: tokens.prepareTerm())
                if position < TokenBuffer.maximumPosition { position += 1 }
                tokens.append(byteCount: byteCount, position: position)
            }
            return false
        }
    }

    /// Runs a body with the folded scalars of a text, until the body says that it has had enough.
    ///
    /// Blanks between scalars are reduced to one space, and those at the ends go. A long text comes
    /// in runs, each of which begins with the last two scalars of the one before.
    @unsafe
    private func withFolded(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (Scalars, _ isLast: Bool) -> Bool
    ) {
        unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Scalars.capacity) {
            memory in
            guard let base = memory.baseAddress else { return }
            var reader = unsafe FoldedRuns(text: text, folding: folding)
            var scalars = unsafe Scalars(base: base)
            while true {
                let isLast = unsafe reader.fill(&scalars)
                if unsafe body(scalars, isLast) || isLast { return }
                // Safe: a run that is not the last has more than two scalars.
                unsafe base[0] = base[scalars.count - 2]
                unsafe base[1] = base[scalars.count - 1]
                unsafe scalars.count = 2
            }
        }
    }
}
