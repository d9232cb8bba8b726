package import TufaBytes

extension Predicate {
    /// The same condition, checked against a table and in a form where unknown equals false.
    ///
    /// NOT stands only before `isNull`, `isIn` and `hasPrefix`; `and` and `or` are flat and have at
    /// least two parts; no value is NULL, and each is of the type of its field. With no NOT around
    /// anything unknown, two truth values are enough from here on.
    ///
    /// - Throws: `unknown_field` or `type_mismatch`, naming the table and the field.
    package func normalized(for table: TablePlan) throws(DatabaseError) -> Predicate {
        try normalized(table, isNegated: false)
    }

    private func normalized(
        _ table: TablePlan, isNegated: Bool
    ) throws(DatabaseError) -> Predicate {
        switch self {
        case .all: return isNegated ? .none : .all
        case .none: return isNegated ? .all : .none
        case .not(let inner): return try inner.normalized(table, isNegated: !isNegated)
        case .and(let parts):
            return try Predicate.joined(parts, table, isNegated, isAnd: !isNegated)
        case .or(let parts):
            return try Predicate.joined(parts, table, isNegated, isAnd: isNegated)
        case .isNull(let field):
            try table.checkField(field)
            guard table.isOptional(field) else { return isNegated ? .all : .none }
            return isNegated ? .not(self) : self
        case .compare(let field, let comparison, let value):
            // Neither the comparison with NULL nor its opposite is ever true.
            guard let value = try table.value(value, for: field) else { return .none }
            return .compare(field: field, isNegated ? comparison.negated : comparison, value)
        case .isIn(let field, let values):
            return try Predicate.membership(field, values, table, isNegated)
        case .hasPrefix(let field, let prefix):
            _ = try table.value(.text(prefix), for: field)
            // Every text begins with nothing, and NULL is no text.
            if prefix.utf8.isEmpty {
                return isNegated
                    ? .none : try Predicate.isNull(field: field).normalized(table, isNegated: true)
            }
            return isNegated ? .not(self) : self
        }
    }

    private static func membership(
        _ field: Int, _ values: [Value], _ table: TablePlan, _ isNegated: Bool
    ) throws(DatabaseError) -> Predicate {
        try table.checkField(field)
        var known: [Value] = []
        var hasNull = false
        for value in values {
            if let value = try table.value(value, for: field) {
                known.append(value)
            } else {
                hasNull = true
            }
        }
        // `x NOT IN (1, NULL)` is false for 1 and unknown for the rest.
        if isNegated, hasNull { return .none }
        known.sort()
        var distinct: [Value] = []
        for value in known where distinct.last != value { distinct.append(value) }
        switch distinct.count {
        // SQL has no empty list; here nothing is in it, not even NULL.
        case 0: return isNegated ? .all : .none
        case 1:
            return .compare(field: field, isNegated ? .notEqual : .equal, distinct[0])
        default:
            let test = Predicate.isIn(field: field, distinct)
            return isNegated ? .not(test) : test
        }
    }

    private static func joined(
        _ parts: [Predicate], _ table: TablePlan, _ isNegated: Bool, isAnd: Bool
    ) throws(DatabaseError) -> Predicate {
        var flat: [Predicate] = []
        var isDecided = false
        for part in parts {
            switch (try part.normalized(table, isNegated: isNegated), isAnd) {
            case (.none, true), (.all, false): isDecided = true
            case (.all, true), (.none, false): continue
            case (.and(let inner), true), (.or(let inner), false): flat += inner
            case (let part, _): flat.append(part)
            }
        }
        if isDecided || flat.isEmpty { return isAnd == isDecided ? .none : .all }
        if flat.count == 1 { return flat[0] }
        return isAnd ? .and(flat) : .or(flat)
    }
}

extension TablePlan {
    func checkField(_ field: Int) throws(DatabaseError) {
        guard field >= -1, field < schema.fields.count else {
            throw DatabaseError(
                .unknownField, "Table \(name) has no field number \(field).", table: name)
        }
    }

    /// The value as the field holds it; nil for NULL.
    func value(_ value: Value, for field: Int) throws(DatabaseError) -> Value? {
        try checkField(field)
        if value.isNull { return nil }
        do {
            return try value.coerced(to: fieldType(field))
        } catch {
            throw .wrongType(
                table: name, field: fieldName(field), expected: fieldType(field),
                declared: schema.typeName(ofField: field), value: value)
        }
    }
}
