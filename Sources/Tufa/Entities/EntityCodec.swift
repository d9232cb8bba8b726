internal import TufaBytes
internal import TufaModel

/// Turns entities of one type into row bodies and back.
final class EntityCodec<E: Entity>: Sendable {
    let bindings: [FieldBinding<E>]
    let plan: TablePlan

    init(bindings: [FieldBinding<E>], plan: TablePlan) {
        self.bindings = bindings
        self.plan = plan
    }

    /// Builds the body of an entity.
    ///
    /// - Throws: `value_too_long` for a text over its maximum.
    func encode(_ entity: E, into builder: inout RowBuilder) throws {
        builder.begin(plan.layout)
        try unsafe withUnsafeBytes(of: entity) { memory in
            let base = unsafe memory.baseAddress.unsafelyUnwrapped
            for index in bindings.indices {
                unsafe try encode(index, base, entity, into: &builder)
            }
        }
    }

    @inline(__always)
    private func encode(
        _ index: Int, _ base: UnsafeRawPointer, _ entity: E, into builder: inout RowBuilder
    ) throws {
        let binding = bindings[index]
        let field = plan.layout.fields[index]
        // Safe: the offset is of a stored property of exactly this type.
        let address = unsafe base + binding.offset
        switch binding.storage {
        case .string:
            unsafe try setText(
                address.assumingMemoryBound(to: String.self).pointee, index, field, &builder)
        case .optionalString:
            guard let text = unsafe address.assumingMemoryBound(to: String?.self).pointee else {
                builder.setNull(index, field)
                return
            }
            try setText(text, index, field, &builder)
        case .int64, .timestamp:
            builder.setWord(unsafe UInt64(bitPattern: address.load(as: Int64.self)), field)
        case .double:
            builder.setWord(unsafe address.load(as: Double.self).bitPattern, field)
        case .boolean:
            builder.setBoolean(unsafe address.load(as: Bool.self), field)
        case .rowID:
            builder.setID(unsafe address.load(as: RowID.self), field)
        case .general:
            try RowCodec.set(binding.get(entity), index, plan, row: entity.id.rowID, in: &builder)
        }
    }

    @inline(__always)
    private func setText(
        _ text: String, _ index: Int, _ field: RowLayout.Field, _ builder: inout RowBuilder
    ) throws {
        if let maximum = bindings[index].schema.maximumLength, text.utf8.count > maximum {
            try RowCodec.checkLength(of: text, index, plan, nil)
        }
        var text = text
        text.withUTF8 { unsafe builder.setVariable(UnsafeRawBufferPointer($0), field) }
    }

    /// Makes the entity of a row.
    @unsafe
    func decode(_ id: RowID, _ body: RowBody) -> E {
        var entity = E()
        entity.id = EntityID(id)
        unsafe decode(body, into: &entity)
        return entity
    }

    @unsafe
    private func decode(_ body: RowBody, into entity: inout E) {
        // General fields go through key paths, which may not overlap the address below.
        for index in bindings.indices where bindings[index].storage == .general {
            // A value that the type does not know (a case of an enum that is no more) keeps the
            // default, which `verify` of the type's own program can find.
            _ = unsafe bindings[index].set(&entity, RowCodec.value(index, body, plan.layout))
        }
        unsafe withUnsafeMutableBytes(of: &entity) { memory in
            let base = unsafe memory.baseAddress.unsafelyUnwrapped
            for index in bindings.indices {
                unsafe decode(index, body, base)
            }
        }
    }

    @inline(__always)
    private func decode(_ index: Int, _ body: RowBody, _ base: UnsafeMutableRawPointer) {
        let binding = bindings[index]
        let field = plan.layout.fields[index]
        // Safe: the offset is of a stored property of exactly this type.
        let address = unsafe base + binding.offset
        switch binding.storage {
        case .string:
            unsafe address.assumingMemoryBound(to: String.self).pointee = String(
                decoding: body.variable(field, in: plan.layout), as: UTF8.self)
        case .optionalString:
            unsafe address.assumingMemoryBound(to: String?.self).pointee =
                body.isNull(index)
                ? nil : String(decoding: body.variable(field, in: plan.layout), as: UTF8.self)
        case .int64, .timestamp, .double:
            unsafe address.storeBytes(of: body.word(field), as: UInt64.self)
        case .boolean: unsafe address.storeBytes(of: body.boolean(field), as: Bool.self)
        case .rowID: unsafe address.storeBytes(of: body.rowID(field), as: RowID.self)
        case .general: break
        }
    }
}
