internal import TufaBytes

/// The folder of copies that are made before something is overwritten or removed; for people.
struct Quarantine {
    let fileSystem: any FileSystem
    let root: String

    /// Copies some bytes of an open file, and makes the copy survive a power cut.
    ///
    /// - Returns: the name of the copy, relative to the folder of the database.
    func keep(
        _ file: any File, from start: UInt64, to end: UInt64, as stem: String, _ ending: String
    ) throws -> String {
        let folder = try makeFolder()
        let name = try freeName(stem, ending)
        do {
            let copy = try fileSystem.open(root + "/" + name, .create)
            var at = start
            while at < end {
                let piece = try file.bytes(count: Int(min(1 << 20, end - at)), at: at)
                if piece.isEmpty { break }
                try copy.write(piece, at: at - start)
                at += UInt64(piece.count)
            }
            try copy.syncData()
            try copy.close()
        } catch {
            // Half a copy is of no use, and takes room that the disk may not have.
            try? fileSystem.unlink(root + "/" + name)
            throw error
        }
        try fileSystem.syncDirectory(folder)
        return name
    }

    private func makeFolder() throws -> String {
        let folder = root + "/" + FileNames.quarantine
        if try !fileSystem.exists(folder) {
            try fileSystem.createDirectory(folder)
            try fileSystem.syncDirectory(root)
        }
        return folder
    }

    /// Moves a file that others may still read; its bytes stay where they are.
    ///
    /// - Returns: the new name, relative to the folder of the database.
    /// - Complexity: O(1).
    func move(_ name: String) throws -> String {
        let folder = try makeFolder()
        let (stem, ending) = split(name)
        let kept = try freeName(stem, ending)
        try fileSystem.rename(root + "/" + name, to: root + "/" + kept)
        try fileSystem.syncDirectory(folder)
        try fileSystem.syncDirectory(parent(of: name))
        return kept
    }

    private func parent(of name: String) -> String {
        root + "/" + name.split(separator: "/").dropLast().joined(separator: "/")
    }

    private func split(_ name: String) -> (stem: String, ending: String) {
        let last = name.split(separator: "/").last.map(String.init) ?? name
        let dot = last.lastIndex(of: ".") ?? last.endIndex
        return (String(last[..<dot]), String(last[dot...]))
    }

    /// Copies a whole file, and then takes the name away from where it was.
    ///
    /// - Returns: the name of the copy, relative to the folder of the database.
    func setAside(_ name: String) throws -> String {
        let file = try fileSystem.open(root + "/" + name, .read)
        let (stem, ending) = split(name)
        let kept = try keep(file, from: 0, to: try file.byteCount(), as: stem, ending)
        try file.close()
        try fileSystem.unlink(root + "/" + name)
        try fileSystem.syncDirectory(parent(of: name))
        return kept
    }

    /// Overwrites bytes with zeros and syncs them.
    func clear(_ file: any File, from start: UInt64, to end: UInt64) throws {
        var at = start
        while at < end {
            let count = Int(min(1 << 20, end - at))
            try file.write([UInt8](repeating: 0, count: count), at: at)
            at += UInt64(count)
        }
        try file.syncData()
    }

    private func freeName(_ stem: String, _ ending: String) throws -> String {
        var name = "\(FileNames.quarantine)/\(stem)\(ending)"
        var count = 1
        while try fileSystem.exists(root + "/" + name) {
            count += 1
            name = "\(FileNames.quarantine)/\(stem)-\(count)\(ending)"
        }
        return name
    }
}
