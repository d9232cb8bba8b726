internal import TufaBytes

extension TableSchema {
    func validateIndexes() throws(DatabaseError) {
        let all = allIndexes
        try DatabaseSchema.Check.limit(
            all.count + fullText.count, DatabaseSchema.Limit.indexes, "indexes",
            of: "table \(name)", table: name)
        var names: Set<String> = []
        for index in all {
            try DatabaseSchema.Check.name(index.name, of: "index", table: name)
            try claim(index.name, &names)
            try validateColumns(index.columns.map(\.field), of: index.name)
        }
        for text in fullText {
            try DatabaseSchema.Check.name(text.name, of: "text index", table: name)
            try claim(text.name, &names)
            try validateColumns(text.fields.map(\.name), of: text.name)
            try DatabaseSchema.Check.limit(
                text.fields.count, DatabaseSchema.Limit.textFields, "fields",
                of: "the text index \(text.name) of table \(name)", table: name)
            try validateFullText(text)
        }
    }

    private func claim(_ index: String, _ names: inout Set<String>) throws(DatabaseError) {
        if !names.insert(index).inserted {
            throw mistake("Table \(name) has two indexes named \(index).", rule: index)
        }
    }

    private func validateColumns(_ columns: [String], of index: String) throws(DatabaseError) {
        if columns.isEmpty {
            throw mistake("The index \(index) of table \(name) has no field.", rule: index)
        }
        try DatabaseSchema.Check.limit(
            columns.count, DatabaseSchema.Limit.columns, "fields",
            of: "the index \(index) of table \(name)", table: name)
        var seen: Set<String> = []
        for column in columns {
            guard self.index(ofField: column) != nil else {
                throw DatabaseError.unknownField(
                    column, of: self, in: "the index \(index)", rule: index)
            }
            if !seen.insert(column).inserted {
                throw mistake(
                    "The index \(index) of table \(name) names the field \(column) twice.",
                    [column], rule: index)
            }
        }
    }

    private func validateFullText(_ text: FullTextSchema) throws(DatabaseError) {
        // Which names there are depends on the program, so the engine compares them.
        do {
            try DatabaseSchema.Check.name(text.analyzer, of: "analyzer", table: name)
        } catch {
            var error = error
            error.rule = text.name
            throw error
        }
        for column in text.fields {
            guard let place = index(ofField: column.name), place >= 0,
                fields[place].type == .text
            else {
                throw mistake(
                    "The text index \(text.name) names \(name).\(column.name), which is not text.",
                    [column.name], rule: text.name)
            }
            guard FullTextField.weights.contains(column.weight) else {
                throw mistake(
                    "The text index \(text.name) gives \(name).\(column.name) the weight "
                        + "\(column.weight); a weight lies between a billionth and a billion.",
                    [column.name], rule: text.name)
            }
        }
    }

    func validateReferences(tables: Set<String>) throws(DatabaseError) {
        try DatabaseSchema.Check.limit(
            references.count, DatabaseSchema.Limit.rules, "references", of: "table \(name)",
            table: name)
        var seen: Set<String> = []
        for reference in references {
            let full = "\(name).\(reference.field)"
            guard let place = index(ofField: reference.field), place >= 0 else {
                throw DatabaseError.unknownField(
                    reference.field, of: self, in: "a reference to \(reference.target)")
            }
            guard tables.contains(reference.target) else {
                throw mistake(
                    "\(full) refers to the table \(Value.excerpt(reference.target)), "
                        + "which the schema does not have.", [reference.field])
            }
            guard fields[place].type == .uuid else {
                throw mistake(
                    "\(full) refers to \(reference.target) and is of type "
                        + "\(fields[place].type.name); a reference is a uuid.", [reference.field])
            }
            if reference.onDelete == .setNull, !fields[place].isOptional {
                throw mistake(
                    "\(full) may not be NULL, so a delete in \(reference.target) cannot set it "
                        + "to NULL.", [reference.field])
            }
            if !seen.insert(reference.field).inserted {
                throw mistake("\(full) refers to two tables.", [reference.field])
            }
        }
    }

    func validateChecks() throws(DatabaseError) {
        try DatabaseSchema.Check.limit(
            checks.count, DatabaseSchema.Limit.rules, "checks", of: "table \(name)", table: name)
        var names: Set<String> = []
        for check in checks {
            try DatabaseSchema.Check.name(check.name, of: "check", table: name)
            if !names.insert(check.name).inserted {
                throw mistake(
                    "Table \(name) has two checks named \(check.name).", rule: check.name)
            }
            guard let text = check.expression else { continue }
            try DatabaseSchema.Check.limit(
                text.utf8.count, DatabaseSchema.Limit.expressionByteCount, "bytes",
                of: "the check \(check.name) of table \(name)", table: name)
            do {
                _ = try CheckExpression(parsing: text, table: self)
            } catch {
                var named = error
                named.message = "In the check \(check.name) of table \(name): \(error.message)"
                named.table = name
                named.rule = check.name
                throw named
            }
        }
    }
}
