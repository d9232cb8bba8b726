public import TufaBytes

extension DatabaseSchema {
    /// Throws what makes this no schema: a name twice, an unknown field, a wrong type, a limit.
    ///
    /// - Throws: `schema_mismatch` or `limit_exceeded`, naming the table and the fields; `syntax`
    ///   where a check's expression cannot be read.
    /// - Complexity: O(size of the schema).
    public func validate() throws(DatabaseError) {
        if tables.isEmpty {
            throw DatabaseError(
                .schemaMismatch, "The schema has no table.", advice: "Declare at least one.")
        }
        try Check.limit(tables.count, Limit.tables, "tables", of: "the schema", table: nil)
        var names: Set<String> = []
        for table in tables {
            try Check.name(table.name, of: "table", table: table.name)
            if !names.insert(table.name).inserted {
                throw DatabaseError(
                    .schemaMismatch, "The schema declares the table \(table.name) twice.",
                    table: table.name)
            }
        }
        for table in tables {
            try table.validateFields()
            try table.validateIndexes()
            try table.validateReferences(tables: names)
            try table.validateChecks()
        }
    }

    enum Check {
        static func limit(
            _ count: Int, _ limit: Int, _ what: String, of owner: String, table: String?
        ) throws(DatabaseError) {
            guard count > limit else { return }
            throw DatabaseError(
                .limitExceeded,
                "There are \(count) \(what) in \(owner), and \(limit) is the limit.",
                table: table)
        }

        static func name(
            _ name: String, of what: String, table: String
        ) throws(DatabaseError) {
            let problem: String
            let what = "\("aeiou".contains(what.prefix(1)) ? "an" : "a") \(what)"
            if name.isEmpty {
                problem = "The name of \(what) of table \(table) is empty."
            } else if name.utf8.count > Limit.nameByteCount {
                problem =
                    "The name \(Value.excerpt(name)) of \(what) is longer than "
                    + "\(Limit.nameByteCount) bytes."
            } else if name.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
                problem = "The name \(Value.excerpt(name)) of \(what) has control characters."
            } else {
                return
            }
            throw DatabaseError(.schemaMismatch, problem, table: table)
        }
    }
}

extension TableSchema {
    func mistake(_ message: String, _ fields: [String] = [], rule: String? = nil) -> DatabaseError {
        DatabaseError(.schemaMismatch, message, table: name, fields: fields, rule: rule)
    }

    func validateFields() throws(DatabaseError) {
        try DatabaseSchema.Check.limit(
            fields.count, DatabaseSchema.Limit.fields, "fields", of: "table \(name)", table: name)
        var names: Set<String> = []
        for field in fields {
            try DatabaseSchema.Check.name(field.name, of: "field", table: name)
            let full = "\(name).\(field.name)"
            if field.name == "id" {
                throw mistake(
                    "Table \(name) declares the field id, which every table has by itself.", ["id"])
            }
            if !names.insert(field.name).inserted {
                throw mistake("Table \(name) declares the field \(field.name) twice.", [field.name])
            }
            if let length = field.maximumLength {
                guard field.type == .text else {
                    throw mistake(
                        "\(full) has a maximum length, which only text can have.", [field.name])
                }
                guard length >= 1, length <= DatabaseSchema.Limit.textLength else {
                    throw mistake(
                        "\(full) has the maximum length \(length); it is 1 to "
                            + "\(DatabaseSchema.Limit.textLength).", [field.name])
                }
            }
            if field.role != .none, field.type != .timestamp {
                throw mistake(
                    "\(full) is set by the engine, which only a timestamp can be.", [field.name])
            }
            try validateDefault(of: field, full)
        }
    }

    private func validateDefault(of field: FieldSchema, _ full: String) throws(DatabaseError) {
        guard let value = field.defaultValue else { return }
        if field.role != .none {
            throw mistake(
                "\(full) has a default and is set by the engine; it can be one of the two.",
                [field.name])
        }
        guard value.type == field.type else {
            throw mistake(
                "The default \(Value.excerpt(value.description)) of \(full) is not of type "
                    + "\(field.type.name).", [field.name])
        }
        let byteCount: Int
        switch value {
        case .text(let text):
            byteCount = text.utf8.count
            if let length = field.maximumLength, text.unicodeScalars.count > length {
                throw mistake(
                    "The default of \(full) is longer than its maximum of \(length).", [field.name])
            }
        case .bytes(let bytes): byteCount = bytes.count
        default: byteCount = 0
        }
        if byteCount > DatabaseSchema.Limit.defaultByteCount {
            throw mistake(
                "The default of \(full) is longer than "
                    + "\(DatabaseSchema.Limit.defaultByteCount) bytes.", [field.name])
        }
    }
}
