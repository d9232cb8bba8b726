internal import Synchronization
internal import TufaBytes

/// The file `MANIFEST`: two slots of 4 KiB, written in turn, so that one of them is always whole.
package final class ManifestStore: Sendable {
    private struct State {
        var file: any File
        var manifest: Manifest
    }

    private let state: Mutex<State>

    private init(_ file: any File, _ manifest: Manifest) {
        state = Mutex(State(file: file, manifest: manifest))
    }

    /// The manifest as it was last written.
    package var current: Manifest { state.withLock { $0.manifest } }

    /// Makes the file under another name, until ``publish(in:_:)``.
    static func create(
        _ manifest: Manifest, in root: String, _ fileSystem: any FileSystem
    ) throws -> ManifestStore {
        let path = root + "/" + FileNames.manifest
        let file = try fileSystem.open(path + FileNames.unfinished, .replace)
        let size = FilePrologue.pageByteCount
        var first = manifest
        first.generation = 1
        try file.write([UInt8](repeating: 0, count: 2 * size), at: 0)
        try file.write(first.encoded(), at: UInt64(size))
        try file.syncData()
        return ManifestStore(file, first)
    }

    /// Gives the file its name: the last step of making a database.
    func publish(in root: String, _ fileSystem: any FileSystem) throws {
        let path = root + "/" + FileNames.manifest
        try state.withLock { state in
            try fileSystem.rename(path + FileNames.unfinished, to: path)
            try fileSystem.syncDirectory(root)
            try state.file.close()
            // Opened anew, so that errors name it as it is called now.
            state.file = try fileSystem.open(path, .readWrite)
        }
    }

    /// Reads the newer of the whole slots.
    static func open(
        in root: String, _ fileSystem: any FileSystem, forWriting: Bool
    ) throws -> ManifestStore {
        let path = root + "/" + FileNames.manifest
        let file = try fileSystem.open(path, forWriting ? .readWrite : .read)
        if forWriting { try file.syncData() }
        var newest: Manifest?
        var problem: (any Error)?
        for index in 0..<2 {
            let size = FilePrologue.pageByteCount
            let slot = try file.bytes(count: size, at: UInt64(index * size))
            if slot.count == size && slot.allSatisfy({ $0 == 0 }) { continue }
            do {
                let manifest = try Manifest.decode(slot, forWriting: forWriting)
                if let other = newest, other.databaseID != manifest.databaseID {
                    throw DatabaseError(
                        .foreignFile, "The two slots belong to different databases.",
                        file: FileNames.manifest)
                }
                if newest.map({ $0.generation < manifest.generation }) ?? true { newest = manifest }
            } catch let error as DatabaseError where error.code != .damaged {
                throw error
            } catch {
                problem = error
            }
        }
        guard let newest else {
            throw DatabaseError(
                .damaged, "Neither slot of the manifest is whole.", file: FileNames.manifest,
                offset: 0, advice: "Restore it from a backup.", cause: problem)
        }
        return ManifestStore(file, newest)
    }

    /// Changes the manifest and writes it, synced, to the slot that holds the older version.
    package func update(_ change: (inout Manifest) -> Void) throws {
        try state.withLock { state in
            var next = state.manifest
            change(&next)
            next.generation = state.manifest.generation + 1
            let slot = next.generation % 2
            try state.file.write(next.encoded(), at: slot * UInt64(FilePrologue.pageByteCount))
            try state.file.syncData()
            state.manifest = next
        }
    }

    /// Writes the manifest, synced, to one of the two slots, whichever holds it now.
    func rewrite(slot: UInt64) throws {
        try state.withLock { state in
            var next = state.manifest
            next.generation += next.generation % 2 == slot ? 2 : 1
            try state.file.write(next.encoded(), at: slot * UInt64(FilePrologue.pageByteCount))
            try state.file.syncData()
            state.manifest = next
        }
    }

    func close() throws { try state.withLock { try $0.file.close() } }
}
