internal import TufaBytes

enum MemoryNode {
    case file(MemoryContent)
    case directory(MemoryDirectory)
}

/// One folder: its names, those that were synced, and the changes between the two.
final class MemoryDirectory {
    enum Change {
        case set(String, MemoryNode)
        case rename(String, String)
        case remove(String)
    }

    private(set) var names: [String: MemoryNode] = [:]
    private var synced: [String: MemoryNode] = [:]
    private var pending: [Change] = []

    func change(_ change: Change) {
        pending.append(change)
        Self.apply(change, to: &names)
    }

    func sync() {
        synced = names
        pending = []
    }

    private static func apply(_ change: Change, to names: inout [String: MemoryNode]) {
        switch change {
        case .set(let name, let node): names[name] = node
        case .remove(let name): names[name] = nil
        case .rename(let from, let to):
            guard let node = names.removeValue(forKey: from) else { return }
            names[to] = node
        }
    }

    /// A copy as a crash would leave it, with nothing left to sync.
    func crashed(_ chance: inout MemoryChance) -> MemoryDirectory {
        var left = synced
        for change in pending where chance.survives() { Self.apply(change, to: &left) }
        let copy = MemoryDirectory()
        for (name, node) in left.sorted(by: { $0.key < $1.key }) {
            switch node {
            case .file(let content): copy.names[name] = .file(content.crashed(&chance))
            case .directory(let folder): copy.names[name] = .directory(folder.crashed(&chance))
            }
        }
        copy.sync()
        return copy
    }

    func find(_ path: String) -> MemoryNode? {
        var node = MemoryNode.directory(self)
        for part in path.split(separator: "/") where part != "." {
            guard case .directory(let folder) = node, let next = folder.names[String(part)]
            else { return nil }
            node = next
        }
        return node
    }

    func directory(_ path: String) throws -> MemoryDirectory {
        guard case .directory(let folder) = find(path) else {
            throw DatabaseError(.missingFile, "There is no folder of that name.", file: path)
        }
        return folder
    }

    func parent(of path: String) throws -> (folder: MemoryDirectory, name: String) {
        let parts = path.split(separator: "/")
        guard let name = parts.last else {
            throw DatabaseError(.io, "The path is empty.", file: path)
        }
        return (try directory(parts.dropLast().joined(separator: "/")), String(name))
    }
}

/// Decides what a crash leaves.
struct MemoryChance {
    private enum Rule {
        case never
        case always
        case random(UInt64)
    }
    private var rule: Rule

    init(_ survivors: MemoryFileSystem.Survivors) {
        rule =
            switch survivors {
            case .synced: .never
            case .all: .always
            case .random(let seed): .random(seed)
            }
    }

    /// One throw of the coin (SplitMix64).
    mutating func survives() -> Bool {
        switch rule {
        case .never: return false
        case .always: return true
        case .random(let state):
            let next = state &+ 0x9E37_79B9_7F4A_7C15
            rule = .random(next)
            var word = next
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return (word ^ word >> 31) & 1 == 1
        }
    }
}
