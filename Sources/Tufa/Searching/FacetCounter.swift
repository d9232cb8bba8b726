internal import TufaBytes
internal import TufaIndex
internal import TufaModel

/// Counts rows by the values of one field, without making a value for each row.
struct FacetCounter {
    private let shape: FacetShape
    private let field: RowLayout.Field
    private let layout: RowLayout
    private let name: String
    private var nullCount = 0
    /// Numbers, moments and booleans by their bits.
    private var words: [UInt64: Int] = [:]
    private var identifiers: [RowID: Int] = [:]
    private var texts: [String: Int] = [:]
    private var others: [Value: Int] = [:]

    /// - Throws: `unknown_field`; `type_mismatch` for spans of what is no moment.
    init(_ shape: FacetShape, _ table: TablePlan) throws {
        guard table.layout.fields.indices.contains(shape.field) else {
            throw DatabaseError(
                .unknownField, "Rows are counted by a field other than the identifier.",
                table: table.name)
        }
        self.shape = shape
        layout = table.layout
        field = layout.fields[shape.field]
        name = table.fieldName(shape.field)
        guard shape.bucket == nil || field.type == .timestamp else {
            throw DatabaseError(
                .typeMismatch, "Field \(name) holds no moments, so it has no spans of time.",
                table: table.name, fields: [name], advice: "Count by its values.")
        }
    }

    /// Counts a row.
    ///
    /// - Complexity: O(bytes of the value).
    @unsafe
    mutating func add(_ body: RowBody) {
        if unsafe field.isOptional && body.isNull(shape.field) {
            nullCount += 1
            return
        }
        switch field.type {
        case .int64: words[unsafe body.word(field), default: 0] += 1
        case .timestamp: words[bucketed(unsafe body.word(field)), default: 0] += 1
        case .boolean: words[unsafe body.boolean(field) ? 1 : 0, default: 0] += 1
        case .uuid: identifiers[unsafe body.rowID(field), default: 0] += 1
        case .text:
            let bytes = unsafe body.variable(field, in: layout)
            texts[unsafe String(decoding: bytes, as: UTF8.self), default: 0] += 1
        case .double, .bytes:
            others[unsafe RowCodec.value(shape.field, body, layout), default: 0] += 1
        }
    }

    private func bucketed(_ word: UInt64) -> UInt64 {
        guard let bucket = shape.bucket else { return word }
        let time = Timestamp(microseconds: Int64(bitPattern: word))
        return UInt64(bitPattern: bucket.start(of: time).microseconds)
    }

    /// The counts.
    ///
    /// - Complexity: O(values · log values).
    func finish() -> Facet {
        var all = others
        if nullCount > 0 { all[.null] = nullCount }
        for (word, count) in words { all[value(word)] = count }
        for (id, count) in identifiers { all[.uuid(id)] = count }
        for (text, count) in texts { all[.text(text)] = count }
        let ranked = all.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
        }
        var counts = ranked.prefix(max(0, shape.limit)).map {
            Facet.Count(value: $0.key, rowCount: $0.value)
        }
        let rest = ranked.dropFirst(counts.count).reduce(0) { $0 + $1.value }
        if shape.bucket != nil { counts.sort { $0.value < $1.value } }
        return Facet(field: name, counts: counts, otherRowCount: rest)
    }

    private func value(_ word: UInt64) -> Value {
        switch field.type {
        case .timestamp: .timestamp(Timestamp(microseconds: Int64(bitPattern: word)))
        case .boolean: .boolean(word == 1)
        default: .int64(Int64(bitPattern: word))
        }
    }
}
