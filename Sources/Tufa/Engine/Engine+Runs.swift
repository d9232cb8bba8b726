internal import TufaBytes
internal import TufaIndex
internal import TufaModel

extension Engine {
    /// Adds `count` rows, a run at a time; `build` makes the body of each and gives its identifier.
    ///
    /// - Parameter refused: Told which row cannot be added and why; it throws to end the whole.
    /// - Throws: what `refused` throws.
    /// - Complexity: O(rows · indexes · log rows), with the waits for memory of a run overlapped.
    func insert(
        _ tableIndex: Int, count: Int, build: (Int, inout RowBuilder) throws -> RowID,
        refused: (Int, any Error) throws -> Void
    ) throws {
        let table = tables[tableIndex]
        var first = 0
        while first < count {
            run.begin()
            for index in first..<min(first + RowRun.capacity, count) {
                run.build { builder in try build(index, &builder) }
            }
            prefetchRun(table)
            for index in 0..<run.count {
                do {
                    if let problem = run.problem(index) { throw problem }
                    unsafe try insert(table, run.id(index), run.bytes(index))
                } catch {
                    try refused(first + index, error)
                }
            }
            first += run.count
        }
    }

    /// Asks for what the checks and the indexes of the rows of ``run`` will read.
    private func prefetchRun(_ table: TableState) {
        let layout = table.plan.layout
        unsafe prefetcher.begin()
        for index in 0..<run.count where run.id(index) != .none {
            let id = run.id(index)
            let bytes = unsafe run.bytes(index)
            let body = unsafe RowBody(
                base: bytes.baseAddress.unsafelyUnwrapped, byteCount: bytes.count)
            unsafe prefetcher.add(table.store, id, readsRow: false)
            unsafe prefetcher.add(table.store, id, body)
            for reference in table.plan.references
            where unsafe !body.isNull(reference.fieldIndex) {
                let target = unsafe body.rowID(layout.fields[reference.fieldIndex])
                unsafe prefetcher.add(tables[reference.target].store, target, readsRow: true)
            }
        }
        unsafe prefetcher.run()
    }
}
