public import TufaBytes
public import TufaModel
public import TufaSearch

/// A search in the texts of one type, as a value: what for, among which rows, and what is told
/// about them.
///
/// ```swift
/// let search = Post.search("analytical engine")
///     .filter { $0.state == "published" }
///     .facet { $0.state }
///     .snippet(\.body)
/// ```
public struct Search<E: Entity>: Sendable {
    var shape: SearchShape

    init(_ subject: SearchShape.Subject) {
        shape = SearchShape(table: E.schema.name, subject)
    }

    private func with(_ change: (inout SearchShape) -> Void) -> Search {
        var copy = self
        change(&copy.shape)
        return copy
    }

    /// Asks for another condition to hold too; it is applied before anything is counted or scored.
    public func filter(_ condition: (Columns<E>) -> Predicate) -> Search {
        let added = condition(Columns())
        return with { $0.predicate = $0.predicate == .all ? added : .and([$0.predicate, added]) }
    }

    /// Asks for an order other than the best first; called again, it adds a less significant
    /// column.
    public func order(_ step: (Columns<E>) -> Sort) -> Search {
        let step = step(Columns())
        return with { $0.sort.append(step) }
    }

    /// Asks for so many rows at most; 10 where nothing is asked.
    public func limit(_ count: Int) -> Search { with { $0.limit = count } }

    /// Says what a word in a field is worth, where it is not to be as the schema says.
    ///
    /// Traps where the property is no field, or the weight is none of ``FullTextField/weights``.
    public func weight<V: FieldValue>(
        _ keyPath: any KeyPath<E, V> & Sendable, _ weight: Double
    ) -> Search {
        precondition(
            FullTextField.weights.contains(weight),
            "The weight of a field lies between a billionth and a billion.")
        return with { $0.weights[Self.place(keyPath)] = weight }
    }

    /// Sets the parameters of BM25F (Robertson and Zaragoza 2009).
    ///
    /// - Parameters:
    ///   - saturation: `k1`, 0 to a million: how much a word that comes again still counts.
    ///   - lengthShare: `b`, 0 to 1: how much the length of a text counts.
    public func ranking(saturation: Double = 1.2, lengthShare: Double = 0.75) -> Search {
        with {
            $0.saturation = saturation
            $0.lengthShare = lengthShare
        }
    }

    /// Asks how many rows are found in all.
    public func counted() -> Search { with { $0.countsTotal = true } }

    /// Asks how many of the rows that are found have each value of a field.
    public func facet<V: FieldValue>(
        limit: Int = 10, _ field: (Columns<E>) -> Column<V>
    ) -> Search {
        let place = field(Columns()).index
        return with { $0.facets.append(FacetShape(field: place, limit: limit)) }
    }

    /// Asks how many of the rows that are found fall in each span of time.
    public func facet<V: FieldValue>(
        by bucket: TimeBucket, limit: Int = 100, _ field: (Columns<E>) -> Column<V>
    ) -> Search {
        let place = field(Columns()).index
        return with {
            $0.facets.append(FacetShape(field: place, bucket: bucket, limit: limit))
        }
    }

    /// Asks for a snippet of a field with each hit: the fragments of its text that show best what
    /// was asked for, of about so many characters each.
    public func snippet<V: FieldValue>(
        _ keyPath: any KeyPath<E, V> & Sendable, length: Int = 160, count: Int = 1
    ) -> Search {
        let shape = SnippetShape(field: Self.place(keyPath), length: length, count: count)
        return with { $0.snippets.append(shape) }
    }

    /// Asks for the whole text of a field with each hit, with the words in it that were asked for.
    public func highlight<V: FieldValue>(_ keyPath: any KeyPath<E, V> & Sendable) -> Search {
        let shape = SnippetShape(field: Self.place(keyPath), length: nil)
        return with { $0.snippets.append(shape) }
    }

    private static func place<V>(_ keyPath: any KeyPath<E, V> & Sendable) -> Int {
        guard let index = E.schema.index(of: keyPath) else {
            preconditionFailure("\(keyPath) is no field of the schema of \(E.self).")
        }
        return index
    }
}

extension Entity {
    /// A search for what a person typed; no text is an error.
    public static func search(_ text: String) -> Search<Self> {
        Search(.expression(.typed(text)))
    }

    /// A search for what a program asks.
    public static func search(_ expression: SearchExpression) -> Search<Self> {
        Search(.expression(expression))
    }

    /// A search for the rows whose texts are most like those of one row.
    ///
    /// It looks for the words of the row that are rare elsewhere and frequent in it.
    public static func similar(to id: EntityID<Self>) -> Search<Self> {
        Search(.rowsLike(id.rowID))
    }
}
