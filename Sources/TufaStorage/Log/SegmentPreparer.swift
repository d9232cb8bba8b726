internal import Synchronization
internal import TufaBytes

/// Makes the next segment ahead of time: its length, and zeros that are really written.
///
/// A sync into blocks that were written before costs little more than half of one that extends the
/// file, and a full disk is met here, before anybody waits for an acknowledgement.
final class SegmentPreparer: Sendable {
    struct Prepared: Sendable {
        let file: any File
        let path: String
        let byteCount: UInt64
    }

    private enum State {
        case idle
        case running(BackgroundThread)
        case ready(Prepared)
        case failed(any Error)
    }

    private let environment: StorageEnvironment
    private let folder: String
    // Held while a thread starts, ends or is waited for; never by the thread itself.
    private let state = Mutex<State>(.idle)

    init(_ environment: StorageEnvironment, folder: String) {
        self.environment = environment
        self.folder = folder
    }

    /// Starts making a segment of this length in the background, unless one is being made.
    func request(byteCount: UInt64) {
        state.withLock { state in
            guard case .idle = state else { return }
            let result = ResultBox()
            let thread = BackgroundThread { [self] in
                result.set(Result { try make(byteCount, name: "next") })
            }
            results.withLock { $0 = result }
            state = .running(thread)
        }
    }

    private final class ResultBox: Sendable {
        private let value = Mutex<Result<Prepared, any Error>?>(nil)
        func set(_ result: Result<Prepared, any Error>) { value.withLock { $0 = result } }
        func get() -> Result<Prepared, any Error>? { value.withLock { $0 } }
    }

    private let results = Mutex<ResultBox?>(nil)

    /// Waits for a thread that is running and notes what it made.
    private func settle(_ state: inout State) {
        guard case .running(let thread) = state else { return }
        thread.join()
        switch results.withLock({ $0?.get() }) {
        case .success(let prepared): state = .ready(prepared)
        case .failure(let error): state = .failed(error)
        case nil: state = .idle
        }
    }

    /// A segment of at least `least` bytes: the one made ahead, or one made now of `usual` bytes.
    ///
    /// - Throws: ``DatabaseError`` `.diskFull`, with nothing left behind.
    func take(least: UInt64, usual: UInt64) throws -> Prepared {
        try state.withLock { state in
            settle(&state)
            if case .ready(let prepared) = state, prepared.byteCount >= least {
                state = .idle
                return prepared
            }
            if case .failed = state { state = .idle }
            return try make(max(least, usual), name: least > usual ? "large" : "next")
        }
    }

    /// Gives back what ``take(least:usual:)`` gave and could not be used.
    func discard(_ prepared: Prepared) {
        try? prepared.file.close()
        try? environment.fileSystem.unlink(prepared.path)
    }

    /// Throws what keeps the next segment from being made, after trying once more.
    func checkRoom(usual: UInt64) throws {
        try state.withLock { state in
            if case .running(let thread) = state, results.withLock({ $0?.get() }) == nil {
                // It is still being written, and nothing has failed so far.
                _ = thread
                return
            }
            settle(&state)
            guard case .failed = state else { return }
            state = .idle
            do {
                state = .ready(try make(usual, name: "next"))
            } catch {
                state = .failed(error)
                throw error
            }
        }
    }

    /// Waits for what is being made and removes it.
    func close() {
        state.withLock { state in
            settle(&state)
            if case .ready(let prepared) = state { discard(prepared) }
            state = .idle
        }
    }

    private func make(_ byteCount: UInt64, name: String) throws -> Prepared {
        let path = folder + "/" + name + FileNames.unfinished
        let file = try environment.fileSystem.open(path, .replace)
        do {
            let piece = [UInt8](repeating: 0, count: Int(min(byteCount, 1 << 20)))
            var offset: UInt64 = 0
            while offset < byteCount {
                let count = Int(min(UInt64(piece.count), byteCount - offset))
                try file.write(count == piece.count ? piece : Array(piece[..<count]), at: offset)
                offset += UInt64(count)
                // In portions, so that a commit's sync never waits for all of it.
                if offset % (8 << 20) == 0 { try file.syncData() }
            }
            try file.syncData()
            return Prepared(file: file, path: path, byteCount: byteCount)
        } catch {
            try? file.close()
            try? environment.fileSystem.unlink(path)
            throw error
        }
    }
}
