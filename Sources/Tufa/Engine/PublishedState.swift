internal import TufaIndex
internal import TufaModel

/// Everything a view reads: the roots of every table as of one commit.
///
/// It is unchanging from when readers can find it until none can have it any more. The writer then
/// makes a later one of it, so that a commit allocates nothing to be seen.
final class PublishedState: @unchecked Sendable {  // As above; only the writer makes another of it.
    /// What a state shows.
    private struct Content {
        var schema: SchemaPlan
        var tables: [PublishedTable]
        var position: UInt64 = 0
        var time: Int64 = 0
        var group: UInt64 = 0
        var loadFault: LoadFault?
    }

    @exclusivity(unchecked) private var content: Content
    /// What views need as long as they have the state; set before the first of them can have it.
    var context: ReadContext?

    /// Prepares a state that shows nothing yet.
    init(_ schema: SchemaPlan) { unsafe content = Content(schema: schema, tables: []) }

    var schema: SchemaPlan { unsafe content.schema }
    var tables: [PublishedTable] {
        @inline(__always) get { unsafe content.tables }
    }
    /// The position of the last commit.
    var position: UInt64 {
        @inline(__always) get { unsafe content.position }
    }
    /// The time of the last commit, in microseconds since 1970.
    var time: Int64 { unsafe content.time }
    /// The group the state closes.
    var group: UInt64 {
        @inline(__always) get { unsafe content.group }
    }
    /// Whether a part of the snapshot that the state came from could not be read.
    var loadFault: LoadFault? {
        @inline(__always) get { unsafe content.loadFault }
    }

    /// Lends a table.
    @inline(__always)
    func withTable<Result>(
        _ number: Int, _ body: (PublishedTable) throws -> Result
    ) rethrows -> Result {
        // Safe: readers hold the state, and it its tables.
        try unsafe Unmanaged.passUnretained(content.tables[number])._withUnsafeGuaranteedRef(body)
    }

    /// Runs a reading, which fails where a part that it needed could not be read.
    @inline(__always)
    func answer<Result>(_ body: (PublishedState) throws -> Result) throws -> Result {
        let result: Result
        do {
            result = try body(self)
        } catch {
            // What was found in place of a missing part may have led to another error.
            try checkLoaded()
            throw error
        }
        try checkLoaded()
        return result
    }

    /// Throws what went wrong where a part could not be read, for what was found is not to be
    /// trusted then.
    @inline(__always)
    func checkLoaded() throws {
        if let loadFault { try loadFault.check() }
    }
}

// What the writer does with a state that no reader can have.
extension PublishedState {
    /// Shows what the engine has made, with the tables that it changed since; `newest` are those of
    /// the state before, and then those of this one.
    ///
    /// - Complexity: O(tables); allocates only for what it never had before.
    func show(_ engine: Engine, newest: inout [PublishedTable]) {
        unsafe content.schema = engine.schema
        unsafe content.position = engine.position
        unsafe content.time = engine.time
        unsafe content.group = engine.group
        unsafe content.loadFault = engine.loading?.fault
        for index in 0..<engine.tables.count {
            engine.withTable(index) { show($0, at: index, newest: &newest) }
        }
    }

    private func show(_ table: TableState, at index: Int, newest: inout [PublishedTable]) {
        if index < newest.count, Self.isCurrent(newest[index], table) {
            keep(newest[index], at: index)
            return
        }
        if index < tables.count, isReusable(index) {
            withTable(index) { $0.show(table) }
        } else {
            keep(PublishedTable(table), at: index)
        }
        if index < newest.count {
            newest[index] = tables[index]
        } else {
            newest.append(tables[index])
        }
    }

    @inline(__always)
    private static func isCurrent(_ shown: PublishedTable, _ table: TableState) -> Bool {
        unsafe Unmanaged.passUnretained(shown)._withUnsafeGuaranteedRef { $0.isCurrent(table) }
    }

    @inline(__always)
    private func isReusable(_ index: Int) -> Bool { withTable(index) { $0.isReusable } }

    @inline(__always)
    private func keep(_ table: PublishedTable, at index: Int) {
        if index == tables.count {
            unsafe content.tables.append(table)
        } else if tables[index] !== table {
            unsafe content.tables[index] = table
        }
    }

    /// Finds out which tables nobody else has, so that they can be made others.
    func noteReusableTables() {
        for index in tables.indices {
            let isAlone = unsafe isKnownUniquelyReferenced(&content.tables[index])
            if isAlone { tables[index].isReusable = true }
        }
    }
}
