/// Reduces English words to stems: the Snowball 2 "English" (Porter2) algorithm.
///
/// Words that mean nearly the same share a stem ("connected" and "connection" become "connect").
/// A stem is never longer than its word, and stemming a stem again may shorten it further, so a
/// word is stemmed exactly once. Snowball 3 changed some stems: that is another analyzer version.
package struct EnglishStemmer: Sendable {
    /// Makes a stemmer; it has no state.
    package init() {}

    /// Stems a word of lower-case UTF-8 in place and returns its new length.
    ///
    /// Words of fewer than three characters stay as they are, and bytes outside ASCII count as
    /// consonants. Any bytes are accepted.
    /// - Complexity: O(`word.count`); allocates nothing.
    @unsafe
    package func stem(_ word: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard let base = word.baseAddress, word.count > 2 else { return word.count }
        var porter = unsafe PorterWord(base: base, count: word.count)
        if porter.replaceIrregular() { return porter.count }
        guard porter.hasThreeScalars() else { return porter.count }
        porter.markRegions()
        porter.removePossessive()
        porter.removePlural()
        if !porter.isInvariantAfterPlural() {
            porter.removePast()
            porter.replaceFinalY()
            porter.reduceDoubleSuffix()
            porter.reduceSuffix()
            porter.removeSuffix()
            porter.removeFinalLetter()
        }
        porter.unmarkConsonantY()
        return porter.count
    }
}
