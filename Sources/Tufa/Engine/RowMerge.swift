internal import TufaBytes

/// Puts bodies together and takes them apart, field by field.
enum RowMerge {
    /// Copies field `index` of `body` into `builder`, as field `target` of another layout.
    @inline(__always)
    static func copy(
        _ index: Int, of body: RowBody, _ layout: RowLayout, as target: Int,
        _ field: RowLayout.Field,
        into builder: inout RowBuilder
    ) {
        let source = layout.fields[index]
        if unsafe body.isNull(index) {
            builder.setNull(target, field)
            return
        }
        switch source.type {
        case .uuid: builder.setID(unsafe body.rowID(source), field)
        case .int64, .double, .timestamp: builder.setWord(unsafe body.word(source), field)
        case .boolean: builder.setBoolean(unsafe body.boolean(source), field)
        case .text, .bytes:
            unsafe builder.setVariable(body.variable(source, in: layout), field)
        }
    }

    /// Whether field `index` holds the same in two bodies of one layout.
    static func isEqual(_ index: Int, _ a: RowBody, _ b: RowBody, _ layout: RowLayout) -> Bool {
        let field = layout.fields[index]
        let isNull = unsafe a.isNull(index)
        if unsafe isNull != b.isNull(index) { return false }
        if isNull { return true }
        switch field.type {
        case .uuid: return unsafe a.rowID(field) == b.rowID(field)
        case .int64, .double, .timestamp: return unsafe a.word(field) == b.word(field)
        case .boolean: return unsafe a.boolean(field) == b.boolean(field)
        case .text, .bytes:
            return unsafe a.variable(field, in: layout).elementsEqual(b.variable(field, in: layout))
        }
    }

    /// Builds the body that `old` becomes when the fields of `bitmap` take the values of `changed`.
    static func apply(
        _ changed: RowBody, _ changedLayout: RowLayout, _ bitmap: UnsafeRawBufferPointer,
        to old: RowBody, _ layout: RowLayout, into builder: inout RowBuilder
    ) {
        builder.begin(layout)
        var next = 0
        for index in layout.fields.indices {
            let field = layout.fields[index]
            if unsafe bitmap[index >> 3] & (1 << UInt8(index & 7)) != 0 {
                unsafe copy(next, of: changed, changedLayout, as: index, field, into: &builder)
                next += 1
            } else {
                unsafe copy(index, of: old, layout, as: index, field, into: &builder)
            }
        }
    }
}
