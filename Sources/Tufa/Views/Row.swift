public import TufaBytes
internal import TufaIndex
internal import TufaModel

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A row where it lies, lent for the length of a closure: only what is asked for is read.
///
/// ```swift
/// let created = Post.columns.createdAt
/// try view.forEach(Post.all.order { $0.createdAt.descending }.limit(20)) { row in
///     print(row[created], row.title)
/// }
/// ```
/// Making an entity costs an allocation for each longer text; a row costs nothing until a field is
/// read. It can be neither kept nor copied: what is to stay is taken out of it.
@dynamicMemberLookup
@safe
public struct Row<E: Entity>: ~Copyable {
    // What reading a field takes, so that it is compiled into the program that reads.
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let shape: UnsafePointer<RowShape>
    /// Not counted: whoever lends a row holds its codec until it is given back.
    private let codec: Unmanaged<EntityCodec<E>>

    @unsafe @inline(__always)
    init(_ source: RowVersion, _ codec: EntityCodec<E>) {
        unsafe base = UnsafeRawPointer(source.base)
        unsafe shape = UnsafePointer(codec.shape)
        unsafe self.codec = .passUnretained(codec)
    }

    @unsafe
    private var source: RowVersion { unsafe RowVersion(base: .init(mutating: base)) }

    @inline(__always)
    private func withCodec<Result>(_ body: (EntityCodec<E>) -> Result) -> Result {
        // Safe: see `codec`.
        unsafe codec._withUnsafeGuaranteedRef(body)
    }

    @inlinable @inline(__always)
    func place(_ index: Int) -> FieldPlace {
        // Safe: the codec, whose it is, outlives the row.
        let shape = unsafe shape.pointee
        precondition(
            index >= 0 && index < shape.fieldCount, "The column is of another type's schema.")
        return unsafe shape.places[index]
    }

    /// The identifier.
    public var id: EntityID<E> { EntityID(unsafe source.id) }
    /// 1 for the row's creation, one more with each update; what `update(_:expecting:)` takes.
    public var version: UInt32 { unsafe source.rowVersion }
    /// The position of the event that made the row what it is.
    public var position: UInt64 { unsafe source.position }

    /// The whole row as a value that may be kept.
    ///
    /// - Complexity: O(bytes of the row); an allocation for each text above 15 bytes.
    public func entity() -> E { withCodec { unsafe $0.decode(source.id, source.body) } }

    // MARK: One field

    /// The value of a field, by its property.
    ///
    /// Traps where the property is no field of the schema. In a loop over many rows, a column that
    /// was looked up before it is faster: `let title = Post.columns.title`, then `row[title]`.
    /// - Complexity: O(fields), and O(bytes of the value).
    public subscript<V: FieldValue>(dynamicMember keyPath: KeyPath<E, V>) -> V {
        self[E.columns[dynamicMember: keyPath]]
    }

    /// The value of a field of any type.
    ///
    /// - Complexity: O(bytes of the value).
    public subscript<V: FieldValue>(column: Column<V>) -> V {
        withCodec { codec in
            let value =
                column.index < 0
                ? Value.uuid(unsafe source.id)
                : unsafe RowCodec.value(column.index, source.body, codec.plan.layout)
            // A value that the type does not know (a case of an enum that is no more) is the
            // default, as in an entity.
            return V(fieldValue: value) ?? codec.defaultValue(column)
        }
    }

    /// The text of a field.
    @inlinable
    public subscript(column: Column<String>) -> String {
        unsafe String(decoding: bytes(column.index), as: UTF8.self)
    }

    /// The number of a field.
    @inlinable
    public subscript(column: Column<Int64>) -> Int64 { Int64(bitPattern: word(column.index)) }

    /// The number of a field.
    @inlinable
    public subscript(column: Column<Int>) -> Int { Int(Int64(bitPattern: word(column.index))) }

    /// The number of a field.
    @inlinable
    public subscript(column: Column<Double>) -> Double { Double(bitPattern: word(column.index)) }

    /// The flag of a field.
    @inlinable
    public subscript(column: Column<Bool>) -> Bool {
        // Safe: a checked body holds every fixed slot of its layout.
        unsafe base.load(fromByteOffset: place(column.index).offset, as: UInt8.self) != 0
    }

    /// The moment of a field.
    @inlinable
    public subscript(column: Column<Timestamp>) -> Timestamp {
        Timestamp(microseconds: Int64(bitPattern: word(column.index)))
    }

    /// The moment of a field, as a date.
    @inlinable
    public subscript(column: Column<Date>) -> Date {
        // From 1970, as in rows, to 2001, as in dates.
        Date(
            timeIntervalSinceReferenceDate: Double(Int64(bitPattern: word(column.index))) / 1e6
                - 978_307_200)
    }

    /// The identifier in a field, or of the row itself.
    public subscript<Target: Entity>(column: Column<EntityID<Target>>) -> EntityID<Target> {
        if column.index < 0 { return EntityID(unsafe source.id) }
        return EntityID(unsafe source.body.rowID(withCodec { $0.field(column.index) }))
    }

    /// Lends the UTF-8 of a text, without making a string of it.
    ///
    /// - Complexity: O(1) beyond `body`.
    @inlinable
    public func withUTF8<Result, Failure: Error>(
        of column: Column<String>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = unsafe bytes(column.index)
        // Safe: the version outlives this call, and its bytes never change.
        return try body(unsafe Span(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self)))
    }

    @inlinable @inline(__always) @unsafe
    func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        // Safe: the ends of the texts of a checked body grow and stay inside it.
        let place = place(index)
        let end = unsafe end(at: place.offset)
        let start = place.previousOffset < 0 ? 0 : unsafe self.end(at: place.previousOffset)
        return unsafe UnsafeRawBufferPointer(
            start: base + shape.pointee.variableOffset + start, count: end - start)
    }

    @inlinable @inline(__always) @unsafe
    func end(at offset: Int) -> Int {
        unsafe Int(
            UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    @inlinable @inline(__always)
    func word(_ index: Int) -> UInt64 {
        // Safe: a checked body holds every fixed slot of its layout.
        unsafe UInt64(
            littleEndian: base.loadUnaligned(
                fromByteOffset: place(index).offset, as: UInt64.self))
    }
}

extension Entity {
    /// The fields, to read them out of rows: `Post.columns.title`.
    public static var columns: Columns<Self> { Columns() }
}
