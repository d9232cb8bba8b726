/// Which file holds which position, by the names of the files.
package struct HistoryMap: Sendable {
    private let files: HistoryFiles

    /// Lists the files of a database.
    package init(_ directory: DatabaseDirectory) throws {
        files = try HistoryFiles.list(directory.root, directory.fileSystem)
    }

    /// The archive or segment that holds a position, relative to the folder of the database; empty
    /// where none does.
    ///
    /// - Complexity: O(files).
    package func file(holding position: UInt64) -> String {
        if let range = files.archives.first(where: { $0.contains(position) }) {
            return FileNames.archive(range.lowerBound, range.upperBound)
        }
        return files.segments.last { $0 <= position }.map(FileNames.segment) ?? ""
    }
}
