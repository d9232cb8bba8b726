internal import Synchronization
internal import TufaBytes

/// What a file holds, and what of it was synced.
final class MemoryContent {
    static let sectorByteCount = 512

    private(set) var current: [UInt8] = []
    private var synced: [UInt8] = []
    private var dirtySectors: Set<Int> = []

    @unsafe
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard bytes.count > 0 else { return }
        let end = offset + bytes.count
        if end > current.count {
            let old = current.count
            current += [UInt8](repeating: 0, count: end - old)
            touch(old..<end)
        }
        unsafe current.withUnsafeMutableBytes { target in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<end])
                .copyMemory(from: bytes)
        }
        touch(offset..<end)
    }

    func truncate(to byteCount: Int) {
        let old = current.count
        if byteCount < old {
            current.removeLast(old - byteCount)
            touch(byteCount..<old)
        } else if byteCount > old {
            current += [UInt8](repeating: 0, count: byteCount - old)
            touch(old..<byteCount)
        }
    }

    private func touch(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let size = Self.sectorByteCount
        for sector in range.lowerBound / size...(range.upperBound - 1) / size {
            dirtySectors.insert(sector)
        }
    }

    func sync() {
        guard !dirtySectors.isEmpty || synced.count != current.count else { return }
        // Only what changed is copied, so that a sync costs what it would cost a disk.
        if synced.count > current.count {
            synced.removeLast(synced.count - current.count)
        } else if synced.count < current.count {
            synced += [UInt8](repeating: 0, count: current.count - synced.count)
        }
        for sector in dirtySectors { Self.copy(sector, from: current, to: &synced) }
        dirtySectors = []
    }

    /// Takes for written what was not: it stays visible, and no later sync writes it.
    func loseDirtySectors() { dirtySectors = [] }

    private static func copy(_ sector: Int, from: [UInt8], to: inout [UInt8]) {
        let start = sector * sectorByteCount
        let end = min(start + sectorByteCount, from.count, to.count)
        guard start < end else { return }
        unsafe from.withUnsafeBytes { source in
            unsafe to.withUnsafeMutableBytes { target in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[start..<end])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<end]))
            }
        }
    }

    func crashed(_ chance: inout MemoryChance) -> MemoryContent {
        let copy = MemoryContent()
        copy.current = synced
        if current.count != synced.count, chance.survives() {
            if current.count < synced.count {
                copy.current.removeLast(synced.count - current.count)
            } else {
                copy.current += [UInt8](repeating: 0, count: current.count - synced.count)
            }
        }
        for sector in dirtySectors.sorted() where chance.survives() {
            Self.copy(sector, from: current, to: &copy.current)
        }
        copy.synced = copy.current
        return copy
    }
}

/// An open file of a ``MemoryFileSystem``.
final class MemoryFile: File {
    let path: String
    private let owner: MemoryFileSystem
    // Safe: it is touched under the lock of its file system only.
    nonisolated(unsafe) private let content: MemoryContent
    private let isClosed = Atomic(false)

    init(_ path: String, _ content: MemoryContent, _ owner: MemoryFileSystem) {
        self.path = path
        unsafe self.content = content
        self.owner = owner
    }

    private func withContent<R>(_ body: (MemoryContent) throws -> R) throws -> R {
        guard !isClosed.load(ordering: .relaxed) else {
            throw DatabaseError(.closed, "The file was closed.", file: path)
        }
        return try owner.state.withLock { _ in unsafe try body(content) }
    }

    @unsafe
    func read(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
        try owner.announceRead("read", path)
        return try withContent { content in
            guard offset < UInt64(content.current.count) else { return 0 }
            let start = Int(offset)
            let count = min(target.count, content.current.count - start)
            unsafe content.current.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[..<count])
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
            }
            return count
        }
    }

    @unsafe
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws {
        do {
            try owner.announce("write", path)
        } catch let cut as MemoryFileSystem.CutWrite {
            let count = bytes.count / 2
            try withContent {
                unsafe $0.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: Int(offset))
            }
            throw cut.error
        }
        try withContent { unsafe $0.write(bytes, at: Int(offset)) }
    }

    func byteCount() throws -> UInt64 { try withContent { UInt64($0.current.count) } }

    func truncate(to byteCount: UInt64) throws {
        try owner.announce("truncate", path)
        try withContent { $0.truncate(to: Int(byteCount)) }
    }

    func syncData() throws {
        do {
            try owner.announce("sync", path)
        } catch let lost as MemoryFileSystem.LostSync {
            try withContent { $0.loseDirtySectors() }
            throw lost.error
        }
        try withContent { $0.sync() }
    }

    func close() throws { isClosed.store(true, ordering: .relaxed) }
}
