internal import Synchronization
internal import TufaBytes

/// Loads the separators that do not fit into the nodes of a tree: all of them at once, since blocks
/// may lie across two chunks and they are few.
@safe
final class TailFilling: ChunkFilling {
    private let byteCount: Int
    private let source: any SectionSource
    private let isLoaded = Mutex(false)
    private let empty = ZeroedMemory(byteCount: ChunkDirectory.unitByteCount)

    init(byteCount: Int, _ source: any SectionSource) {
        self.byteCount = byteCount
        self.source = source
    }

    func fill(_ index: Int, in memory: UnsafeMutableRawPointer) throws {
        try isLoaded.withLock { isLoaded in
            if isLoaded { return }
            let target = unsafe UnsafeMutableRawBufferPointer(
                start: memory + ChunkDirectory.unitByteCount, count: byteCount)
            unsafe try source.read(at: 0, into: target)
            isLoaded = true
        }
    }

    /// A separator without bytes.
    func substitute(for reference: UInt32) -> UnsafeMutableRawPointer { unsafe empty.base }
}
