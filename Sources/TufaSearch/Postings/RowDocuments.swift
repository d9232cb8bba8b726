/// A document for each of some rows, in pages that are made when one of their rows has one.
@safe
struct RowDocuments: ~Copyable {
    private var pages: [UnsafeMutablePointer<UInt32>?] = unsafe []
    /// Bytes in use; a number that others may ask for beside the writer.
    private(set) var byteCount = 0

    private static let rowsPerPageShift: UInt32 = 10
    private static let rowsPerPage = 1 << Int(rowsPerPageShift)

    deinit {
        for index in unsafe pages.indices { unsafe pages[index]?.deallocate() }
    }

    /// The document of a row; 0 where it has none.
    subscript(row: UInt32) -> UInt32 {
        let page = Int(row >> Self.rowsPerPageShift)
        guard unsafe page < pages.count, let documents = unsafe pages[page] else { return 0 }
        // Safe: a page has a document for each of its rows.
        return unsafe documents[Int(row) & (Self.rowsPerPage - 1)]
    }

    /// Puts the document of a row, or 0 for none, in place of the one before.
    mutating func set(_ row: UInt32, _ document: UInt32) {
        let page = Int(row >> Self.rowsPerPageShift)
        if unsafe page >= pages.count || pages[page] == nil {
            if document == 0 { return }
            makePage(page)
        }
        unsafe pages[page]?[Int(row) & (Self.rowsPerPage - 1)] = document
    }

    @inline(never)
    private mutating func makePage(_ page: Int) {
        while unsafe pages.count <= page {
            unsafe pages.append(nil)
            byteCount += 8
        }
        let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: Self.rowsPerPage)
        unsafe documents.initialize(repeating: 0, count: Self.rowsPerPage)
        unsafe pages[page] = documents
        byteCount += Self.rowsPerPage * 4
    }
}
