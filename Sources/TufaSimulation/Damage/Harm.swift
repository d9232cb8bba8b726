internal import TufaStorage

/// What can happen to the bytes of a file on a disk.
enum Harm: Sendable {
    case flip(offset: Int, bit: Int)
    case truncate(to: Int)
    /// Something stands behind the end.
    case extend(by: Int)
    case zero(Range<Int>)
    /// A block takes the place of another one.
    case copy(Range<Int>, to: Int)
    case swap(Range<Int>, with: Int)
    /// A block as it was in an earlier version of the file.
    case older(Range<Int>)
    /// The whole file as it was earlier.
    case oldFile
    case delete
    /// The file of that name of another database.
    case stranger
    /// Another file of the same folder under this name.
    case sibling(String)
    /// A folder of that name.
    case folder

    /// Does it; false where it changes nothing.
    func apply(to path: String, of subject: DamageSubject, on disk: MemoryFileSystem) throws -> Bool
    {
        switch self {
        case .delete: try disk.unlink(path)
        case .folder:
            try disk.unlink(path)
            try disk.createDirectory(path)
        case .oldFile: return try replace(path, by: path, of: subject.earlier, on: disk)
        case .stranger: return try replace(path, by: path, of: subject.stranger, on: disk)
        case .sibling(let other): return try replace(path, by: other, of: disk, on: disk)
        default: return try change(path, subject, disk)
        }
        return true
    }

    private func replace(
        _ path: String, by other: String, of system: MemoryFileSystem, on disk: MemoryFileSystem
    ) throws -> Bool {
        guard try system.exists(other) else { return false }
        let bytes = try system.contents(of: other, limit: 1 << 24)
        if try bytes == disk.contents(of: path, limit: 1 << 24) { return false }
        try disk.open(path, .replace).write(bytes, at: 0)
        return true
    }

    private func change(
        _ path: String, _ subject: DamageSubject, _ disk: MemoryFileSystem
    ) throws -> Bool {
        let file = try disk.open(path, .readWrite)
        func bytes(_ range: Range<Int>) throws -> [UInt8] {
            try file.bytes(count: range.count, at: UInt64(range.lowerBound))
        }
        func write(_ new: [UInt8], at offset: Int) throws -> Bool {
            if try bytes(offset..<offset + new.count) == new { return false }
            try file.write(new, at: UInt64(offset))
            return true
        }
        switch self {
        case .flip(let offset, let bit):
            let old = try bytes(offset..<offset + 1)
            return try write([old[0] ^ UInt8(1 << bit)], at: offset)
        case .truncate(let length):
            try file.truncate(to: UInt64(length))
            return true
        case .extend(let count):
            try file.write([UInt8](repeating: 0xA5, count: count), at: file.byteCount())
            return true
        case .zero(let range):
            return try write([UInt8](repeating: 0, count: range.count), at: range.lowerBound)
        case .copy(let range, let target): return try write(bytes(range), at: target)
        case .swap(let range, let other):
            let (first, second) = (
                try bytes(range), try bytes(other..<other + range.count)
            )
            let isChanged = try write(second, at: range.lowerBound)
            return try write(first, at: other) || isChanged
        case .older(let range):
            guard try subject.earlier.exists(path) else { return false }
            let old = try subject.earlier.open(path, .read)
                .bytes(count: range.count, at: UInt64(range.lowerBound))
            return try old.count == range.count && write(old, at: range.lowerBound)
        case .delete, .folder, .oldFile, .stranger, .sibling: return false
        }
    }
}
