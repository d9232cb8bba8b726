internal import Synchronization
internal import TufaBytes
package import TufaIndex

/// A saved text index that is read, whole, when somebody first needs it.
package final class ColdText: Sendable {
    private let read: @Sendable () throws -> [UInt8]
    private let rowLimit: UInt32
    private let name: String
    private let fault: LoadFault
    private let flag = Atomic(false)
    private let roots = Mutex(TextRoots())

    /// - Parameters:
    ///   - rowLimit: All rows are below it.
    ///   - name: The file, for messages.
    ///   - fault: Is told what goes wrong; the index is empty then.
    ///   - read: Gives the stream that `Docs/Format/Text.md` describes.
    package init(
        rowLimit: UInt32, name: String, fault: LoadFault,
        read: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.read = read
        self.rowLimit = rowLimit
        self.name = name
        self.fault = fault
    }

    /// Whether the index is in memory.
    @inline(__always)
    var isLoaded: Bool { flag.load(ordering: .acquiring) }

    /// Brings the index into an empty one, unless that was done.
    ///
    /// - Complexity: O(bytes), with I/O.
    fileprivate func load(into index: TextIndex) {
        let noted: DatabaseError? = roots.withLock { roots in
            if isLoaded { return nil }
            // Where it fails, whoever comes next finds an index without words, and the fault.
            defer { flag.store(true, ordering: .releasing) }
            do {
                let bytes = try read()
                unsafe try bytes.withUnsafeBytes {
                    unsafe try index.fill(from: $0, rowLimit: rowLimit, name: name)
                }
                roots = index.draftRootsNow
                return nil
            } catch {
                return fault.note(error)
            }
        }
        fault.tell(noted)
    }

    /// What the index showed when it had been loaded.
    fileprivate var loadedRoots: TextRoots { roots.withLock { $0 } }
}

extension TextIndex {
    /// Whether the index is not in memory yet.
    @inline(__always)
    var isCold: Bool {
        guard let cold else { return false }
        return !cold.isLoaded
    }

    /// Reads the index, unless it is in memory.
    ///
    /// - Complexity: O(bytes) the first time, with I/O.
    package func warm() {
        if let cold, !cold.isLoaded { cold.load(into: self) }
    }

    /// The roots that a view reads by, of an index that is in memory from here on.
    package func warmRoots(_ roots: TextRoots) -> TextRoots {
        guard let cold, roots == .cold else { return roots }
        warm()
        return cold.loadedRoots
    }

    /// Reads the index, unless it is in memory, for the writer.
    package func prepareForWriting() {
        guard cold != nil else { return }
        warm()
        tree.group = group
    }
}
