internal import TufaBytes
internal import TufaIndex

/// Where the fields are in the rows of a table, counted from the beginning of a version.
@usableFromInline @safe
struct RowShape {
    @usableFromInline let fieldCount: Int
    /// Where texts and blobs begin.
    @usableFromInline let variableOffset: Int
    @usableFromInline let places: UnsafePointer<FieldPlace>

    /// Takes memory for the places, which ``deallocate()`` gives back.
    init(_ layout: RowLayout) {
        let header = RowVersion.headerByteCount
        fieldCount = layout.fields.count
        variableOffset = header + layout.fixedByteCount
        // Safe: every place is initialized here.
        let places = UnsafeMutablePointer<FieldPlace>.allocate(capacity: max(1, fieldCount))
        for (index, field) in layout.fields.enumerated() {
            let previous = field.previousVariableOffset
            unsafe (places + index).initialize(
                to: FieldPlace(
                    offset: header + field.offset,
                    previousOffset: previous < 0 ? previous : header + previous))
        }
        unsafe self.places = UnsafePointer(places)
    }

    @unsafe
    func deallocate() { unsafe places.deallocate() }
}

/// Where a field is in a version.
@usableFromInline
struct FieldPlace {
    @usableFromInline let offset: Int
    /// Of a text or blob, where the end of the one before it stands; negative for the first.
    @usableFromInline let previousOffset: Int

    init(offset: Int, previousOffset: Int) {
        self.offset = offset
        self.previousOffset = previousOffset
    }
}
