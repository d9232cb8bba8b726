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
        case running(BackgroundThread, Outcome)
        case ready(Prepared)
    }

    /// What a thread leaves behind.
    private final class Outcome: Sendable {
        private let prepared = Mutex<Prepared?>(nil)
        func set(_ value: Prepared?) { prepared.withLock { $0 = value } }
        func get() -> Prepared? { prepared.withLock { $0 } }
    }

    private let environment: StorageEnvironment
    private let folder: String
    // A segment that was taken keeps its file until it gets its name, and the next one may be made
    // before that, so no two share a path.
    private let madeCount = Atomic<UInt64>(0)
    // Held while a thread starts or is waited for, and while a segment is made; never by a thread.
    private let state = Mutex<State>(.idle)

    init(_ environment: StorageEnvironment, folder: String) {
        self.environment = environment
        self.folder = folder
    }

    /// Starts making a segment of this length in the background, unless one is being made.
    func request(byteCount: UInt64) {
        state.withLock { state in
            guard case .idle = state else { return }
            let outcome = Outcome()
            // A failure is met again by whoever needs the segment, and told to them.
            let thread = BackgroundThread { [self] in
                outcome.set(try? make(least: 0, usual: byteCount))
            }
            state = .running(thread, outcome)
        }
    }

    /// Waits for a thread that is running and notes what it made.
    private func settle(_ state: inout State) {
        guard case .running(let thread, let outcome) = state else { return }
        thread.join()
        state = outcome.get().map { .ready($0) } ?? .idle
    }

    /// A segment of at least `least` bytes: the one made ahead, or one made now of `usual` bytes.
    ///
    /// - Throws: ``DatabaseError`` `.diskFull`, with nothing left behind.
    func take(least: UInt64, usual: UInt64) throws -> Prepared {
        try state.withLock { state in
            let prepared = try ready(&state, least: least, usual: usual)
            state = .idle
            return prepared
        }
    }

    /// Waits until a segment of at least `least` bytes is ready, and makes it where none is: twice
    /// as long, for who asks adds to a group and asks again.
    ///
    /// - Throws: ``DatabaseError`` `.diskFull` with nothing left behind; the next call tries again.
    func ensureReady(least: UInt64, usual: UInt64) throws {
        try state.withLock { state in
            state = .ready(try ready(&state, least: least, usual: max(usual, 2 * least)))
        }
    }

    private func ready(_ state: inout State, least: UInt64, usual: UInt64) throws -> Prepared {
        settle(&state)
        if case .ready(let prepared) = state {
            if prepared.byteCount >= least { return prepared }
            state = .idle
            discard(prepared)
        }
        return try make(least: least, usual: usual)
    }

    /// Closes and removes what was made.
    func discard(_ prepared: Prepared) {
        try? prepared.file.close()
        try? environment.fileSystem.unlink(prepared.path)
    }

    /// Waits for what is being made and removes it.
    func close() {
        state.withLock { state in
            settle(&state)
            if case .ready(let prepared) = state { discard(prepared) }
            state = .idle
        }
    }

    /// Makes a segment of the usual length, or where the disk has no room for that, a shorter one.
    private func make(least: UInt64, usual: UInt64) throws -> Prepared {
        var byteCount = max(least, usual)
        while true {
            do {
                return try make(byteCount)
            } catch let error as DatabaseError where error.code == .diskFull {
                let shorter = max(least, byteCount / 4)
                if shorter == byteCount || shorter < Self.shortByteCount { throw error }
                byteCount = shorter
            }
        }
    }

    /// Segments are not made shorter than this for want of room, in bytes.
    private static let shortByteCount: UInt64 = 1 << 18

    private func make(_ byteCount: UInt64) throws -> Prepared {
        let number = madeCount.wrappingAdd(1, ordering: .relaxed).newValue
        let path = "\(folder)/next-\(number)\(FileNames.unfinished)"
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
