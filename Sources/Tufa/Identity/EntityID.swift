public import TufaBytes

/// The identifier of an entity: 128 bits, ordered by time, typed by what it identifies.
public struct EntityID<E: Entity>: Hashable, Sendable, Comparable {
    /// The identifier without its type.
    public var rowID: RowID

    /// Makes a new identifier: version 7 of RFC 9562, later than every one this process made.
    ///
    /// - Complexity: O(1); one read of the clock, no system call for randomness.
    public init() { rowID = IdentifierSource.shared.next() }

    /// Gives an identifier its type.
    @inlinable
    public init(_ rowID: RowID) { self.rowID = rowID }

    /// Reads the 36-character form; anything else gives nil.
    public init?(_ text: some StringProtocol) {
        guard let rowID = RowID(text) else { return nil }
        self.rowID = rowID
    }

    /// The identifier that no row has.
    public static var none: EntityID { EntityID(.none) }

    /// Orders by the sixteen bytes, which is by time of making.
    @inlinable
    public static func < (left: EntityID, right: EntityID) -> Bool { left.rowID < right.rowID }
}

extension EntityID: CustomStringConvertible {
    /// The 36-character form, in lower case.
    public var description: String { rowID.description }
}
