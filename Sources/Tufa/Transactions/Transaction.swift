public import TufaBytes
internal import TufaModel

/// The open write transaction: what a `write` closure is given to work with.
///
/// Reads inside it see what was written before. It can be neither copied nor kept, nor can anything
/// be awaited while it is open; when the closure throws, nothing of it remains.
public struct Transaction: ~Copyable {
    let engine: Engine
    let registry: TypeRegistry
    /// The time that the commit will have.
    public let time: Timestamp

    // MARK: Typed rows

    /// Adds a row; gives the entity as it was kept, with the times that the engine set.
    ///
    /// - Throws: ``DatabaseError``: `row_exists`, `unique_violation`, `reference_violation`,
    ///   `check_violation`, `value_too_long`, or `unknown_table` for a type the database was not
    ///   opened with.
    /// - Complexity: O(indexes · log rows); no I/O.
    @discardableResult
    @inlinable
    public mutating func insert<E: Entity>(_ entity: E) throws -> E {
        // A copy that nobody looks at is none where this is compiled into the program.
        try insertKeeping(entity) ?? entity
    }

    /// Adds a row; gives the entity where it was kept otherwise than it was given.
    @usableFromInline
    mutating func insertKeeping<E: Entity>(_ entity: E) throws -> E? {
        let codec = try registry.codec(E.self)
        if !codec.setsTimes {
            try codec.encode(entity, into: &engine.builder)
            try engine.insert(codec.plan.number, entity.id.rowID)
            return nil
        }
        var kept = entity
        codec.fillTimes(of: &kept, time)
        try codec.encode(kept, into: &engine.builder)
        try engine.insert(codec.plan.number, kept.id.rowID)
        return kept
    }

    /// Adds many rows; faster than one at a time, since their waits for memory overlap.
    ///
    /// - Throws: ``DatabaseError``: as `insert(_:)`, for the first row that cannot be added.
    /// - Complexity: O(rows · indexes · log rows); no I/O.
    public mutating func insert<E: Entity>(contentsOf entities: [E]) throws {
        let codec = try registry.codec(E.self)
        try engine.insert(
            codec.plan.number, count: entities.count,
            build: { index, builder in
                if !codec.setsTimes {
                    try codec.encode(entities[index], into: &builder)
                    return entities[index].id.rowID
                }
                var entity = entities[index]
                codec.fillTimes(of: &entity, time)
                try codec.encode(entity, into: &builder)
                return entity.id.rowID
            }, refused: { _, error in throw error })
    }

    /// Replaces a row by the entity with its identifier; gives the entity as it was kept.
    ///
    /// - Parameter version: The row version the caller read; another one there is a conflict.
    /// - Throws: ``DatabaseError``: `row_not_found`, `version_conflict`, and as ``insert(_:)``.
    /// - Complexity: O(changed indexes · log rows); no I/O.
    @discardableResult
    public mutating func update<E: Entity>(
        _ entity: E, expecting version: UInt32? = nil
    ) throws -> E {
        let codec = try registry.codec(E.self)
        let number = try engine.number(
            of: entity.id.rowID, in: codec.plan.number, expecting: version)
        return try update(entity, number, codec)
    }

    /// Changes a row by a closure that is given the entity as it is.
    ///
    /// - Throws: ``DatabaseError``: `row_not_found`, as ``insert(_:)``, and what `change` throws.
    @discardableResult
    public mutating func update<E: Entity>(
        _ id: EntityID<E>, _ change: (inout E) throws -> Void
    ) throws -> E {
        let codec = try registry.codec(E.self)
        let number = try engine.number(of: id.rowID, in: codec.plan.number, expecting: nil)
        var entity = engine.entity(number, codec)
        try change(&entity)
        precondition(entity.id == id, "The identifier of a row never changes.")
        return try update(entity, number, codec)
    }

    private func update<E: Entity>(
        _ entity: E, _ number: UInt32, _ codec: EntityCodec<E>
    ) throws -> E {
        var entity = entity
        try codec.encode(entity, into: &engine.builder)
        // Only a row that changes otherwise gets another time.
        if !codec.plan.setOnUpdate.isEmpty, engine.differs(codec.plan.number, number) {
            let old = engine.entity(number, codec)
            for index in codec.plan.setOnUpdate
            where codec.bindings[index].get(entity) == codec.bindings[index].get(old) {
                _ = codec.bindings[index].set(&entity, .timestamp(time))
            }
            try codec.encode(entity, into: &engine.builder)
        }
        try engine.update(codec.plan.number, number)
        return entity
    }

    /// Takes a row away, and what refers to it as the references say.
    ///
    /// - Throws: ``DatabaseError``: `row_not_found`, or `reference_violation` where a reference
    ///   restricts.
    public mutating func delete<E: Entity>(_ id: EntityID<E>) throws {
        let codec = try registry.codec(E.self)
        let number = try engine.number(of: id.rowID, in: codec.plan.number, expecting: nil)
        try engine.delete(codec.plan.number, number)
    }
}
