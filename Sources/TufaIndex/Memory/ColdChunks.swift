internal import Synchronization
internal import TufaBytes

/// Fills cold chunks from where they were saved, and checks what it has read.
protocol ChunkFilling: AnyObject, Sendable {
    /// Reads and checks what begins in chunk `index`; `memory` is that of chunk 0.
    ///
    /// Called once a chunk, for several chunks at once by several threads.
    /// - Throws: `damaged`, `io`.
    func fill(_ index: Int, in memory: UnsafeMutableRawPointer) throws

    /// What stands for the block of a reference into a chunk that could not be loaded: something
    /// that can be read as such a block, so that whoever reads it comes to an end.
    func substitute(for reference: UInt32) -> UnsafeMutableRawPointer
}

/// The chunks of a directory that are in a snapshot until somebody follows a reference into them.
@safe
final class ColdChunks: @unchecked Sendable {  // Each chunk is filled under a lock.
    let count: Int
    private let memory: UnsafeMutableRawPointer
    private let filling: any ChunkFilling
    let fault: LoadFault
    private let locks = (0..<8).map { _ in ChunkLock() }

    /// Excludes those who load the same chunk.
    private final class ChunkLock: Sendable {
        let mutex = Mutex(())
    }

    init(
        _ memory: UnsafeMutableRawPointer, _ count: Int, _ filling: any ChunkFilling,
        _ fault: LoadFault
    ) {
        unsafe self.memory = unsafe memory
        self.count = count
        self.filling = filling
        self.fault = fault
    }

    /// The address of a chunk, which is loaded and put into `place` unless it is there; nil where
    /// that fails, or has failed for any chunk of the snapshot.
    ///
    /// - Complexity: O(bytes of the chunk), with I/O.
    @unsafe
    func load(
        _ index: Int, into place: UnsafeMutablePointer<Atomic<UnsafeMutableRawPointer?>>
    ) -> UnsafeMutableRawPointer? {
        let noted: DatabaseError? = locks[index % locks.count].mutex.withLock { _ in
            if unsafe place.pointee.load(ordering: .acquiring) != nil || fault.isSet { return nil }
            do {
                unsafe try filling.fill(index, in: memory)
                unsafe place.pointee.store(
                    memory + index * ChunkDirectory.chunkByteCount, ordering: .releasing)
                return nil
            } catch {
                return fault.note(error)
            }
        }
        fault.tell(noted)
        return unsafe place.pointee.load(ordering: .acquiring)
    }

    @unsafe
    func substitute(for reference: UInt32) -> UnsafeMutableRawPointer {
        unsafe filling.substitute(for: reference)
    }
}
