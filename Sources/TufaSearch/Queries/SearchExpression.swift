/// What a program looks for, as a tree; its words are texts, not terms yet.
///
/// It names no index: the same expression may be asked of any, whose analyzer then makes terms of
/// the words. ``init(parsing:)`` reads one from a text.
public indirect enum SearchExpression: Hashable, Sendable {
    /// What a person types into a search box: words that must all be found, `"phrases"`, `OR`,
    /// `-without`, `prefix*`. Nothing in it is an error.
    case typed(String)
    /// The rows with these words next to each other and in this order; one word is a phrase too.
    case phrase(String)
    /// The rows with a word that begins like this.
    case prefix(String)
    /// The rows with a word that becomes this one with at most so many edits, 1 or 2: letters
    /// added, left out, replaced, or two neighbours exchanged.
    case fuzzy(String, edits: Int)
    /// The rows with all these words in one field, in any order, with at most so many others
    /// between the first and the last of them.
    case near(String, within: Int)
    /// What is found in one field alone.
    case field(String, SearchExpression)
    /// The rows that all of these find; of none, every row.
    case all([SearchExpression])
    /// The rows that at least one of these finds; of none, no row.
    case any([SearchExpression])
    /// The rows that this does not find.
    case not(SearchExpression)
}
