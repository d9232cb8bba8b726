internal import TufaBytes

/// A few rows that are built and not yet inserted, so that their memory can be asked for at once.
@safe
struct RowRun: ~Copyable {
    /// How many rows a run holds: their lookups fill the nearest cache and no more.
    static let capacity = 16

    private let builders: UnsafeMutablePointer<RowBuilder>
    private var ids: [RowID] = []
    private var problems: [(row: Int, error: any Error)] = []

    init() {
        unsafe builders = .allocate(capacity: Self.capacity)
        for index in 0..<Self.capacity { unsafe (builders + index).initialize(to: RowBuilder()) }
    }

    deinit {
        unsafe builders.deinitialize(count: Self.capacity)
        unsafe builders.deallocate()
    }

    /// How many rows there are, those included that could not be built.
    var count: Int { ids.count }

    /// Forgets the rows.
    mutating func begin() {
        ids.removeAll(keepingCapacity: true)
        problems.removeAll(keepingCapacity: true)
    }

    /// Builds the next row; what is wrong with it is kept for its turn.
    mutating func build(_ make: (inout RowBuilder) throws -> RowID) {
        precondition(count < Self.capacity, "A run is inserted before it is too long.")
        do {
            ids.append(try unsafe make(&builders[count]))
        } catch {
            problems.append((count, error))
            ids.append(.none)
        }
    }

    /// The identifier of a row; none where it could not be built.
    func id(_ index: Int) -> RowID { ids[index] }

    /// The body of a row that was built.
    @unsafe
    func bytes(_ index: Int) -> UnsafeRawBufferPointer { unsafe builders[index].bytes }

    /// What was wrong with a row when it was built.
    func problem(_ index: Int) -> (any Error)? {
        problems.first { $0.row == index }?.error
    }
}
