internal import TufaBytes

extension DatabaseSchema {
    /// The first thing in which another schema differs, as one sentence; nil where nothing does.
    ///
    /// This schema is called "here" and the other "there"; versions are not compared.
    public func difference(from other: DatabaseSchema) -> String? {
        for table in tables where other.table(table.name) == nil {
            return "The table \(table.name) is here and not there."
        }
        for table in other.tables where self.table(table.name) == nil {
            return "The table \(table.name) is there and not here."
        }
        for table in tables {
            guard let counterpart = other.table(table.name) else { continue }
            if let difference = table.difference(from: counterpart) { return difference }
        }
        if tables.map(\.name) != other.tables.map(\.name) {
            return "The tables stand in another order."
        }
        return nil
    }
}

extension TableSchema {
    func difference(from other: TableSchema) -> String? {
        let difference =
            compare(fields, other.fields, "field", "fields", \.name, FieldSchema.difference)
            ?? compare(indexes, other.indexes, "index", "indexes", \.name) { _, _ in nil }
            ?? compare(
                fullText, other.fullText, "text index", "text indexes", \.name,
                FullTextSchema.difference)
            ?? compare(references, other.references, "reference of", "references", \.field) {
                _, _ in nil
            }
            ?? compare(checks, other.checks, "check", "checks", \.name) { _, _ in nil }
        return difference.map { "In table \(name), \($0)." }
    }

    private func compare<T: Equatable>(
        _ here: [T], _ there: [T], _ what: String, _ plural: String,
        _ name: KeyPath<T, String>,
        _ detail: (T, T) -> String?
    ) -> String? {
        for element in here {
            let label = "the \(what) \(element[keyPath: name])"
            guard
                let counterpart = there.first(where: {
                    $0[keyPath: name] == element[keyPath: name]
                })
            else { return "\(label) is here and not there" }
            if counterpart != element {
                return "\(label) \(detail(element, counterpart) ?? "is declared otherwise there")"
            }
        }
        for element in there
        where !here.contains(where: { $0[keyPath: name] == element[keyPath: name] }) {
            return "the \(what) \(element[keyPath: name]) is there and not here"
        }
        return here == there ? nil : "the \(plural) stand in another order"
    }
}

extension FullTextSchema {
    static func difference(_ here: FullTextSchema, _ there: FullTextSchema) -> String? {
        if here.analyzer == there.analyzer { return nil }
        return "has the analyzer \(here.analyzer) here and \(there.analyzer) there"
    }
}

extension FieldSchema {
    static func difference(_ here: FieldSchema, _ there: FieldSchema) -> String {
        func pair(_ what: String, _ here: String, _ there: String) -> String {
            "\(what) \(here) here and \(there) there"
        }
        if here.type != there.type { return pair("is", here.type.name, there.type.name) }
        if here.isOptional != there.isOptional {
            return pair(
                "is", here.isOptional ? "optional" : "not optional",
                there.isOptional ? "optional" : "not optional")
        }
        if here.isUnique != there.isUnique {
            return pair(
                "is", here.isUnique ? "unique" : "not unique",
                there.isUnique ? "unique" : "not unique")
        }
        if here.maximumLength != there.maximumLength {
            return pair(
                "has", here.maximumLength.map { "the maximum length \($0)" } ?? "no maximum length",
                there.maximumLength.map { "the maximum length \($0)" } ?? "none")
        }
        if here.defaultValue != there.defaultValue {
            return pair(
                "has", here.defaultValue.map { "the default \($0.quoted)" } ?? "no default",
                there.defaultValue.map { "the default \($0.quoted)" } ?? "none")
        }
        return "is set by the engine at other times here than there"
    }
}
