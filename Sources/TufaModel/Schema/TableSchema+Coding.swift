internal import TufaBytes

extension TableSchema {
    func encode(to writer: inout SchemaWriter) {
        writer.appendCounted { writer in
            writer.append(name)
            writer.append(count: fields.count)
            for field in fields { field.encode(to: &writer) }
            writer.append(count: indexes.count)
            for index in indexes {
                writer.append(index.name)
                writer.append(index.isUnique ? 1 as UInt8 : 0)
                writer.append(count: index.columns.count)
                for column in index.columns {
                    writer.append(column.field)
                    writer.append(column.isDescending ? 1 as UInt8 : 0)
                }
            }
            writer.append(count: fullText.count)
            for text in fullText {
                writer.append(text.name)
                writer.append(text.analyzer)
                writer.append(count: text.fields.count)
                for field in text.fields {
                    writer.append(field.name)
                    writer.append(field.weight.bitPattern)
                }
            }
            writer.append(count: references.count)
            for reference in references {
                writer.append(reference.field)
                writer.append(reference.target)
                writer.append(reference.onDelete.rawValue)
            }
            writer.append(count: checks.count)
            for check in checks {
                writer.append(check.name)
                writer.append(check.expression == nil ? 0 as UInt8 : 1)
                if let expression = check.expression { writer.append(expression) }
            }
        }
    }

    init(from reader: inout SchemaReader) throws(DatabaseError) {
        let byteCount = Int(try reader.number(UInt32.self))
        guard byteCount <= reader.remaining
        else { throw reader.damaged("a table of \(byteCount) bytes runs past the end") }
        let end = reader.offset + byteCount
        let name = try reader.name()
        self.init(name, fields: [])
        let limit = DatabaseSchema.Limit.self
        for _ in 0..<(try reader.count(atMost: limit.fields, of: "fields", byteCount: 7)) {
            fields.append(try FieldSchema(from: &reader))
        }
        for _ in 0..<(try reader.count(atMost: limit.indexes, of: "indexes", byteCount: 7)) {
            indexes.append(try IndexSchema(from: &reader))
        }
        for _ in 0..<(try reader.count(atMost: limit.indexes, of: "text indexes", byteCount: 10)) {
            fullText.append(try FullTextSchema(from: &reader))
        }
        for _ in 0..<(try reader.count(atMost: limit.rules, of: "references", byteCount: 9)) {
            let field = try reader.name()
            let target = try reader.name()
            let code = try reader.number(UInt8.self)
            guard let rule = DeleteRule(rawValue: code)
            else { throw reader.damaged("the delete rule \(code) is unknown") }
            references.append(ReferenceSchema(field, to: target, onDelete: rule))
        }
        for _ in 0..<(try reader.count(atMost: limit.rules, of: "checks", byteCount: 5)) {
            let name = try reader.name()
            let hasExpression = try reader.flags(1) == 1
            checks.append(
                CheckSchema(
                    name,
                    expression: hasExpression
                        ? try reader.string(atMost: limit.expressionByteCount) : nil))
        }
        guard reader.offset == end
        else { throw reader.damaged("a table ends at another place than it says") }
    }
}

extension FieldSchema {
    fileprivate enum Flag {
        static let optional: UInt8 = 1
        static let unique: UInt8 = 2
        static let maximum: UInt8 = 4
        static let defaultValue: UInt8 = 8
    }

    func encode(to writer: inout SchemaWriter) {
        writer.append(name)
        writer.append(type.rawValue)
        var flags: UInt8 = isOptional ? Flag.optional : 0
        if isUnique { flags |= Flag.unique }
        if maximumLength != nil { flags |= Flag.maximum }
        if defaultValue != nil { flags |= Flag.defaultValue }
        writer.append(flags)
        writer.append(role.rawValue)
        if let maximumLength { writer.append(UInt32(maximumLength)) }
        if let defaultValue { writer.append(defaultValue) }
    }

    init(from reader: inout SchemaReader) throws(DatabaseError) {
        let name = try reader.name()
        let code = try reader.number(UInt8.self)
        guard let type = ScalarType(rawValue: code)
        else { throw reader.damaged("the type \(code) is unknown") }
        let flags = try reader.flags(15)
        let roleCode = try reader.number(UInt8.self)
        guard let role = FieldRole(rawValue: roleCode)
        else { throw reader.damaged("the role \(roleCode) is unknown") }
        self.init(
            name, type, isOptional: flags & Flag.optional != 0, isUnique: flags & Flag.unique != 0,
            role: role)
        if flags & Flag.maximum != 0 { maximumLength = Int(try reader.number(UInt32.self)) }
        if flags & Flag.defaultValue != 0 { defaultValue = try reader.value() }
    }
}

extension IndexSchema {
    init(from reader: inout SchemaReader) throws(DatabaseError) {
        let name = try reader.name()
        let isUnique = try reader.flags(1) == 1
        self.init(name, [], isUnique: isUnique)
        let limit = DatabaseSchema.Limit.columns
        for _ in 0..<(try reader.count(atMost: limit, of: "columns", byteCount: 5)) {
            let field = try reader.name()
            columns.append(IndexColumn(field, isDescending: try reader.flags(1) == 1))
        }
    }
}

extension FullTextSchema {
    init(from reader: inout SchemaReader) throws(DatabaseError) {
        let name = try reader.name()
        self.init(name, [], analyzer: try reader.name())
        let limit = DatabaseSchema.Limit.columns
        for _ in 0..<(try reader.count(atMost: limit, of: "fields", byteCount: 12)) {
            let field = try reader.name()
            fields.append(
                FullTextField(field, weight: Double(bitPattern: try reader.number(UInt64.self))))
        }
    }
}
