internal import Synchronization
internal import TufaBytes
internal import TufaIndex
internal import TufaStorage

/// A snapshot that is being loaded: its file, until everything in it is in memory.
final class SnapshotFile: Sendable {
    /// The name, relative to the folder of the database.
    let name: String
    private let reader: Mutex<SnapshotReader?>

    init(_ reader: SnapshotReader) {
        name = reader.name
        self.reader = Mutex(reader)
    }

    /// The open file.
    ///
    /// - Throws: `damaged` after ``close()``.
    func open() throws -> SnapshotReader {
        guard let reader = reader.withLock({ $0 }) else {
            throw DatabaseError(.damaged, "The snapshot is read after its end.", file: name)
        }
        return reader
    }

    /// Lets the file go; nothing is asked of it any more.
    func close() { reader.withLock { $0 = nil } }

    /// One of its sections.
    struct Section: SectionSource {
        let file: SnapshotFile
        let section: SnapshotSection

        @unsafe
        func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
            unsafe try file.open().read(section, at: offset, into: target)
        }
    }
}
