/// One node of a query that runs: it moves forward over the documents that match it.
@unsafe
struct SearchNode {
    enum Kind: UInt8 {
        /// No document.
        case nothing
        /// Every document.
        case everything
        /// The documents with one term.
        case term
        /// The documents with all terms of a phrase, each in its place.
        case phrase
        /// The documents with all terms of a group near each other.
        case near
        /// Documents that were gathered beforehand.
        case gathered
        /// The documents of all children but those of the excluded ones.
        case all
        /// The documents of any child.
        case any
    }

    let kind: Kind
    /// The document that the node is at; 0 before the first.
    var document: UInt32 = 0
    /// At most how many documents there are.
    var cost = 0
    /// The fields that count, a bit for each.
    var fields: UInt8 = .max
    /// How many words may stand between the first and the last term of a group.
    var distance: UInt32 = 0
    /// What the node scored in the document that a union is at.
    var part = 0.0
    /// What a term or phrase is worth.
    var weight = 0.0
    /// Where the cursor of a term is.
    var cursor = 0
    /// The children in the order of the query.
    var children = unsafe UnsafeMutableBufferPointer<Int32>(start: nil, count: 0)
    /// The children of `all` in the order in which they are moved: the rarest first.
    var walk = unsafe UnsafeMutableBufferPointer<Int32>(start: nil, count: 0)
    /// The children whose documents are left out.
    var excluded = unsafe UnsafeMutableBufferPointer<Int32>(start: nil, count: 0)
    /// How far each child of a phrase stands behind its start.
    var offsets = unsafe UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
    /// How often the phrase is in the document, by field.
    var phraseCounts = SIMD8<UInt32>(repeating: 0)
    /// What was gathered.
    var set: DocumentSet?

    init(_ kind: Kind) { unsafe self.kind = kind }

    func deallocate() {
        unsafe children.deallocate()
        unsafe walk.deallocate()
        unsafe excluded.deallocate()
        unsafe offsets.deallocate()
        unsafe set?.deallocate()
    }
}
