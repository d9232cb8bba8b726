internal import TufaBytes

/// The layouts of update payloads: one for each set of changed fields that has come up.
struct ChangeLayouts {
    private let layout: RowLayout
    private var known: [[UInt8]: RowLayout] = [:]
    /// The last one, since updates of one kind come in runs.
    private var last: (bitmap: [UInt8], layout: RowLayout)?

    init(_ layout: RowLayout) { self.layout = layout }

    /// The layout of the fields whose bits are set, in schema order.
    ///
    /// - Complexity: O(bytes of the bitmap) for a set that came up before.
    mutating func layout(for bitmap: UnsafeRawBufferPointer) -> RowLayout {
        if let last, unsafe last.bitmap.elementsEqual(bitmap) { return last.layout }
        let key = unsafe Array(bitmap)
        let found = known[key] ?? make(key)
        last = (key, found)
        return found
    }

    private mutating func make(_ bitmap: [UInt8]) -> RowLayout {
        let made = RowLayout(
            layout.fields.indices.filter { bitmap[$0 >> 3] & (1 << UInt8($0 & 7)) != 0 }
                .map { (layout.fields[$0].type, layout.fields[$0].isOptional) })
        // A table with very many fields could have more sets than are worth keeping.
        if known.count >= 4096 { known.removeAll() }
        known[bitmap] = made
        return made
    }
}
