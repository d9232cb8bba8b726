internal import Synchronization
internal import TufaBytes
internal import TufaIndex
internal import TufaSearch

/// What is left to be read of the snapshot that a state came from.
///
/// Whoever needs a part of it first reads it; ``begin(_:)`` reads all of them meanwhile, so that
/// damage is met soon and the file is let go.
final class SnapshotLoading: Sendable {
    /// Whether a part could not be read.
    let fault: LoadFault
    private let file: SnapshotFile
    private let texts: [TextIndex]
    private let chunks: [ColdChunk]
    private let thread = Mutex<StoppableThread?>(nil)
    private let pause = Monitor()

    /// How long the first reads have disk and processors for themselves, in nanoseconds.
    private static let pauseLength: Int64 = 50_000_000

    init(_ file: SnapshotFile, _ fault: LoadFault, _ tables: [TableState]) {
        self.file = file
        self.fault = fault
        texts = tables.flatMap(\.texts)
        chunks = tables.flatMap(\.store.coldChunks)
    }

    /// Reads everything that was not read yet; on all processors where that is allowed.
    ///
    /// - Throws: `damaged`, `io`.
    /// - Complexity: O(bytes).
    func finish(inParallel: Bool) throws {
        // A text index takes longest, and is one piece.
        let pieces = (0..<texts.count + chunks.count).map { number in
            { @Sendable [self] in warm(number) }
        }
        if inParallel { Tufa.inParallel(pieces) } else { for piece in pieces { piece() } }
        try fault.check()
        file.close()
    }

    private func warm(_ number: Int) {
        if fault.isSet { return }
        if number < texts.count {
            texts[number].warm()
        } else {
            chunks[number - texts.count].warm()
        }
    }

    /// Reads everything on a thread of its own, a moment from now, until ``stop()``.
    ///
    /// - Parameter rest: What is to be done after that; it is given a way to ask whether to end.
    func begin(_ rest: @escaping @Sendable (() -> Bool) -> Void) {
        let thread = StoppableThread(named: "tufa.load") { [self] shouldStop in
            pause.withLock {
                if !shouldStop() { pause.wait(nanoseconds: Self.pauseLength) }
            }
            for number in 0..<texts.count + chunks.count {
                if shouldStop() { return }
                warm(number)
            }
            if !fault.isSet { file.close() }
            rest(shouldStop)
        }
        self.thread.withLock { $0 = thread }
    }

    /// Ends the thread; what is left is read when it is needed.
    func stop() {
        let thread = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.requestStop()
        pause.withLock { pause.broadcast() }
        thread?.join()
    }
}
