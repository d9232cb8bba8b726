internal import TufaBytes
internal import TufaModel

extension TypeDescription {
    /// The schema with the tables that only the types have, and with the analyzers of their texts;
    /// nil where the log has it all.
    ///
    /// - Throws: `schema_mismatch` where a type contradicts its table in the log.
    static func merge(
        _ types: [TypeDescription], into known: SchemaPlan
    ) throws -> SchemaPlan? {
        var schema = known.schema
        var isOther = false
        for type in types {
            if let table = known.find(type.table.name) {
                if let difference = type.difference(from: table.schema) {
                    throw DatabaseError(
                        .schemaMismatch,
                        "The type of table \(type.table.name) is not the one in the log: "
                            + difference,
                        table: type.table.name,
                        advice: "Open the database with the type it was made with.")
                }
                if schema.tables[table.number].takeAnalyzers(of: type.table) { isOther = true }
            } else if !schema.tables.contains(where: { $0.name == type.table.name }) {
                schema.tables.append(type.table)
                isOther = true
            }
        }
        guard isOther else { return nil }
        schema.version += 1
        return try SchemaPlan(schema)
    }

    /// What keeps the type from working with a table; nil where nothing does.
    ///
    /// Names of indexes do not matter, and the log may have more indexes and more checks in SQL.
    private func difference(from table: TableSchema) -> String? {
        var mine = self.table
        var other = table
        mine.indexes = []
        mine.fullText = []
        mine.checks = []
        other.indexes = []
        other.fullText = []
        other.checks = []
        mine.references.sort { $0.field < $1.field }
        other.references.sort { $0.field < $1.field }
        if mine != other {
            return DatabaseSchema([mine]).difference(from: DatabaseSchema([other]))
                ?? "its fields differ."
        }
        for index in self.table.indexes
        where !table.indexes.contains(where: {
            $0.columns == index.columns && $0.isUnique == index.isUnique
        }) {
            return "the log has no index like \(index.name)."
        }
        for text in self.table.fullText
        where !table.fullText.contains(where: { $0.fields == text.fields }) {
            return "the log has no full text like \(text.name)."
        }
        let names = Set(table.checks.filter { $0.expression == nil }.map(\.name))
        if names != Set(self.table.checks.map(\.name)) {
            return "its checks in code are not those of the log (\(names.sorted()))."
        }
        return nil
    }
}

extension TableSchema {
    /// Gives the texts over the same fields the analyzers that another declaration of the table
    /// names; false where they have them.
    fileprivate mutating func takeAnalyzers(of other: TableSchema) -> Bool {
        var isOther = false
        for text in other.fullText {
            let same = fullText.indices.filter { fullText[$0].fields == text.fields }
            guard let first = same.first,
                !same.contains(where: { fullText[$0].analyzer == text.analyzer })
            else { continue }
            fullText[first].analyzer = text.analyzer
            isOther = true
        }
        return isOther
    }

    /// Whether the two tables are the same but for the analyzers of their texts.
    func differsInAnalyzersOnly(from other: TableSchema) -> Bool {
        guard fullText.count == other.fullText.count else { return false }
        var copy = self
        for index in fullText.indices {
            copy.fullText[index].analyzer = other.fullText[index].analyzer
        }
        return copy == other
    }
}
