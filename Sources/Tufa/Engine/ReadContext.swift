internal import TufaIndex

/// What all states of a publication have in common, and views need as long as they have one.
///
/// A view keeps its state, and that keeps this: so a view counts no reference to it.
@safe
final class ReadContext: Sendable {
    /// Which views there are.
    let epochs = EpochRegistry()
    /// The types that the database was opened with.
    private let registry: TypeRegistry

    init(_ registry: TypeRegistry) { self.registry = registry }

    /// The types, for whoever has a state that has this.
    var registryReference: Unmanaged<TypeRegistry> {
        @inline(__always) get { unsafe .passUnretained(registry) }
    }
}
