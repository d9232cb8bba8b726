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
        let folder = root + "/" + FileNames.quarantine
        if try !fileSystem.exists(folder) {
            try fileSystem.createDirectory(folder)
            try fileSystem.syncDirectory(root)
        }
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

    /// Copies a whole file, and then takes the name away from where it was.
    ///
    /// - Returns: the name of the copy, relative to the folder of the database.
    func setAside(_ name: String) throws -> String {
        let file = try fileSystem.open(root + "/" + name, .read)
        let parts = name.split(separator: "/").map(String.init)
        let last = parts.last ?? name
        let dot = last.lastIndex(of: ".") ?? last.endIndex
        let kept = try keep(
            file, from: 0, to: try file.byteCount(), as: String(last[..<dot]), String(last[dot...]))
        try file.close()
        try fileSystem.unlink(root + "/" + name)
        try fileSystem.syncDirectory(root + "/" + parts.dropLast().joined(separator: "/"))
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
