/// One word of a document that a query asked for.
package struct TextMatch: Sendable, Hashable {
    /// The field of the index.
    package var field: Int
    /// The position of the word, as the analyzer counts.
    package var position: UInt32
    /// Which word of the query it is; equal for the forms that a prefix or a fuzzy word stands for.
    package var word: Int
    /// What the word is worth.
    package var weight: Double
}
