internal import TufaBytes
internal import TufaModel

/// Turns entities of one type into row bodies and back.
///
/// What the loops need of a field stands in one flat array without references, so that neither
/// direction counts any.
@safe
final class EntityCodec<E: Entity>: @unchecked Sendable {  // Everything is set by init.
    /// What the loops need of one field.
    struct Step {
        let storage: FieldBinding<E>.Storage
        let offset: Int
        let field: RowLayout.Field
        /// The longest text that is short enough without counting; the byte count bounds it.
        let maximumLength: Int
    }

    let bindings: [FieldBinding<E>]
    let plan: TablePlan
    /// The values of the default instance, which mean "not given".
    let defaults: [Value]
    private let steps: UnsafeMutablePointer<Step>
    let stepCount: Int
    /// Where the fields are in a row, for rows that are lent.
    let shape: UnsafeMutablePointer<RowShape>
    private let hasGeneral: Bool
    /// The fields that get the time of the commit that creates a row.
    private let timeFields: [Int]
    /// Whether there are such fields.
    let setsTimes: Bool
    /// The default instance, which rows are decoded onto.
    private let blank = E()

    init(bindings: [FieldBinding<E>], plan: TablePlan, defaults: [Value]) {
        self.bindings = bindings
        self.plan = plan
        self.defaults = defaults
        stepCount = bindings.count
        timeFields = plan.setOnCreate + plan.setOnUpdate
        setsTimes = !timeFields.isEmpty
        hasGeneral = bindings.contains { $0.storage == .general }
        // Safe: every step is initialized before anything reads it.
        unsafe steps = .allocate(capacity: max(1, bindings.count))
        unsafe shape = .allocate(capacity: 1)
        unsafe shape.initialize(to: RowShape(plan.layout))
        for (index, binding) in bindings.enumerated() {
            unsafe (steps + index).initialize(
                to: Step(
                    storage: binding.storage, offset: binding.offset,
                    field: plan.layout.fields[index],
                    maximumLength: binding.schema.maximumLength ?? .max))
        }
    }

    deinit {
        unsafe steps.deallocate()
        unsafe shape.pointee.deallocate()
        unsafe shape.deallocate()
    }

    /// Where a field is in a row.
    @inline(__always)
    func field(_ index: Int) -> RowLayout.Field {
        precondition(index >= 0 && index < stepCount, "The column is of another type's schema.")
        return unsafe steps[index].field
    }

    /// What a field of a new entity holds.
    func defaultValue<V: FieldValue>(_ column: Column<V>) -> V {
        guard column.index >= 0, let value = V(fieldValue: defaults[column.index]) else {
            preconditionFailure("A row's value is not of the type of its column.")
        }
        return value
    }

    /// Gives those of the fields that have the time of the commit, and still their default, a time.
    func fillTimes(of entity: inout E, _ time: Timestamp) {
        for index in timeFields {
            let step = unsafe steps[index]
            guard step.storage == .date || step.storage == .timestamp else {
                if bindings[index].get(entity) == defaults[index] {
                    _ = bindings[index].set(&entity, .timestamp(time))
                }
                continue
            }
            let word = unsafe withUnsafeBytes(of: blank) {
                unsafe $0.load(fromByteOffset: step.offset, as: UInt64.self)
            }
            unsafe withUnsafeMutableBytes(of: &entity) { memory in
                // Safe: dates and timestamps are eight bytes, at an offset that is theirs.
                guard unsafe memory.load(fromByteOffset: step.offset, as: UInt64.self) == word
                else { return }
                if step.storage == .date {
                    unsafe memory.storeBytes(
                        of: DateStorage(time), toByteOffset: step.offset, as: DateStorage.self)
                } else {
                    unsafe memory.storeBytes(
                        of: time.microseconds, toByteOffset: step.offset, as: Int64.self)
                }
            }
        }
    }

    // MARK: Encoding

    /// Builds the body of an entity.
    ///
    /// - Throws: `value_too_long` for a text over its maximum.
    func encode(_ entity: E, into builder: inout RowBuilder) throws {
        builder.begin(plan.layout)
        try unsafe withUnsafeBytes(of: entity) { memory in
            let base = unsafe memory.baseAddress.unsafelyUnwrapped
            for index in 0..<stepCount {
                let step = unsafe steps[index]
                if step.storage == .general {
                    try RowCodec.set(
                        bindings[index].get(entity), index, plan, row: entity.id.rowID,
                        in: &builder)
                } else {
                    unsafe try encode(index, step, base + step.offset, into: &builder)
                }
            }
        }
    }

    @inline(__always)
    private func encode(
        _ index: Int, _ step: Step, _ address: UnsafeRawPointer, into builder: inout RowBuilder
    ) throws {
        // Safe: the offset is of a stored property of exactly this type.
        switch step.storage {
        case .string:
            unsafe try setText(
                address.assumingMemoryBound(to: String.self).pointee, index, step, &builder)
        case .optionalString:
            guard let text = unsafe address.assumingMemoryBound(to: String?.self).pointee else {
                builder.setNull(index, step.field)
                return
            }
            try setText(text, index, step, &builder)
        case .int64, .timestamp:
            builder.setWord(unsafe UInt64(bitPattern: address.load(as: Int64.self)), step.field)
        case .double:
            builder.setWord(unsafe address.load(as: Double.self).bitPattern, step.field)
        case .boolean: builder.setBoolean(unsafe address.load(as: Bool.self), step.field)
        case .rowID: builder.setID(unsafe address.load(as: RowID.self), step.field)
        case .date:
            let time = unsafe Timestamp(address.load(as: DateStorage.self).date)
            builder.setWord(UInt64(bitPattern: time.microseconds), step.field)
        case .general: break
        }
    }

    @inline(__always)
    private func setText(
        _ text: String, _ index: Int, _ step: Step, _ builder: inout RowBuilder
    ) throws {
        var text = text
        if text.utf8.count > step.maximumLength {
            try RowCodec.checkLength(of: text, index, plan, nil)
        }
        text.withUTF8 { unsafe builder.setVariable(UnsafeRawBufferPointer($0), step.field) }
    }

    // MARK: Decoding

    /// Makes the entity of a row.
    @unsafe
    func decode(_ id: RowID, _ body: RowBody) -> E {
        var entity = blank
        entity.id = EntityID(id)
        // General fields go through key paths, which may not overlap the address below.
        if hasGeneral {
            for index in bindings.indices where bindings[index].storage == .general {
                // A value that the type does not know (a case of an enum that is no more) keeps
                // the default.
                _ = unsafe bindings[index].set(&entity, RowCodec.value(index, body, plan.layout))
            }
        }
        let fixedByteCount = plan.layout.fixedByteCount
        unsafe withUnsafeMutableBytes(of: &entity) { memory in
            let base = unsafe memory.baseAddress.unsafelyUnwrapped
            for index in 0..<stepCount {
                let step = unsafe steps[index]
                unsafe decode(index, step, body, fixedByteCount, base + step.offset)
            }
        }
        return entity
    }

    @inline(__always)
    private func decode(
        _ index: Int, _ step: Step, _ body: RowBody, _ fixedByteCount: Int,
        _ address: UnsafeMutableRawPointer
    ) {
        // Safe: the offset is of a stored property of exactly this type.
        switch step.storage {
        case .string:
            unsafe address.assumingMemoryBound(to: String.self).pointee = text(
                step, body, fixedByteCount)
        case .optionalString:
            unsafe address.assumingMemoryBound(to: String?.self).pointee =
                body.isNull(index) ? nil : text(step, body, fixedByteCount)
        case .int64, .timestamp, .double:
            unsafe address.storeBytes(of: body.word(step.field), as: UInt64.self)
        case .boolean: unsafe address.storeBytes(of: body.boolean(step.field), as: Bool.self)
        case .rowID: unsafe address.storeBytes(of: body.rowID(step.field), as: RowID.self)
        case .date:
            let time = unsafe Timestamp(
                microseconds: Int64(bitPattern: body.word(step.field)))
            unsafe address.storeBytes(of: DateStorage(time), as: DateStorage.self)
        case .general: break
        }
    }

    @unsafe @inline(__always)
    private func text(_ step: Step, _ body: RowBody, _ fixedByteCount: Int) -> String {
        unsafe String(
            decoding: body.variable(step.field, fixedByteCount: fixedByteCount), as: UTF8.self)
    }
}
