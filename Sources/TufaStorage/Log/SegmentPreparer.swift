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
    // How much of the segment that is being made should be there by now, in bytes; the largest
    // number while somebody waits for it, until the next is begun.
    private let dueByteCount = Atomic<UInt64>(0)
    /// Whether somebody waits, or has waited, for the segment that was begun last.
    var isAwaited: Bool { dueByteCount.load(ordering: .relaxed) == .max }
    private let isClosed = Atomic(false)
    // Held while a thread starts or is waited for, and while a segment is made; never by a thread.
    private let state = Mutex<State>(.idle)

    init(_ environment: StorageEnvironment, folder: String) {
        self.environment = environment
        self.folder = folder
    }

    /// Starts making a segment of this length in the background, unless one is being made.
    ///
    /// - Parameter share: How much of it should be there by now, from 0 to 1. While there is more,
    ///   the thread rests in between, for all commits wait for the disk meanwhile.
    func request(byteCount: UInt64, due share: Double = 1) {
        state.withLock { state in
            let due = UInt64(Double(byteCount) * share)
            dueByteCount.store(due, ordering: .relaxed)
            guard case .idle = state else { return }
            let outcome = Outcome()
            // A failure is met again by whoever needs the segment, and told to them.
            let thread = BackgroundThread { [self] isAside in
                outcome.set(try? make(least: 0, usual: byteCount, isPaced: isAside))
            }
            state = .running(thread, outcome)
        }
    }

    /// Waits for a thread that is running and notes what it made; what is ready then.
    private func settle(_ state: inout State) -> Prepared? {
        if case .running(let thread, let outcome) = state {
            dueByteCount.store(.max, ordering: .relaxed)
            thread.join()
            state = outcome.get().map { .ready($0) } ?? .idle
        }
        if case .ready(let prepared) = state { return prepared }
        return nil
    }

    /// A segment of at least `least` bytes: the one made ahead, or one made now of `usual` bytes.
    ///
    /// - Parameter note: Says how long it is to whoever asks ``ensureReady(least:usual:unless:)``
    ///   meanwhile, who would else make another one.
    /// - Throws: ``DatabaseError`` `.diskFull`, with nothing left behind.
    func take(least: UInt64, usual: UInt64, _ note: (UInt64) -> Void = { _ in }) throws -> Prepared
    {
        try state.withLock { state in
            let ahead = settle(&state)
            let fitting = ahead.flatMap { $0.byteCount >= least ? $0 : nil }
            let prepared = try fitting ?? make(least: least, usual: usual)
            if fitting == nil, let ahead { discard(ahead) }
            state = .idle
            note(prepared.byteCount)
            return prepared
        }
    }

    /// Waits until a segment of at least `least` bytes is ready, and makes it where none is: twice
    /// as long, for who asks adds to a group and asks again.
    ///
    /// - Parameter isNeedless: Asked while no segment can be taken.
    /// - Throws: ``DatabaseError`` `.diskFull`; what was ready stays, and a later call tries again.
    func ensureReady(
        least: UInt64, usual: UInt64, unless isNeedless: () -> Bool = { false }
    ) throws {
        try state.withLock { state in
            if isNeedless() { return }
            let ahead = settle(&state)
            if let ahead, ahead.byteCount >= least { return }
            // The shorter one stays until then: others may have been promised room in it.
            state = .ready(try make(least: least, usual: max(usual, 2 * least)))
            if let ahead { discard(ahead) }
        }
    }

    /// Takes back a segment that did not get its name, for what was promised room in it.
    ///
    /// - Parameter note: Says to whoever asks for room that the segment before it is the last one.
    func giveBack(_ prepared: Prepared, _ note: () -> Void) {
        state.withLock { state in
            note()
            let other = settle(&state)
            if let other, other.byteCount >= prepared.byteCount { return discard(prepared) }
            state = .ready(prepared)
            if let other { discard(other) }
        }
    }

    /// Closes and removes what was made.
    private func discard(_ prepared: Prepared) {
        try? prepared.file.close()
        try? environment.fileSystem.unlink(prepared.path)
    }

    /// Ends what is being made, and removes it.
    func close() {
        isClosed.store(true, ordering: .relaxed)
        state.withLock { state in
            if let prepared = settle(&state) { discard(prepared) }
            state = .idle
        }
    }

    /// Makes a segment of the usual length, or where the disk has no room for that, a shorter one.
    private func make(
        least: UInt64, usual: UInt64, isPaced: Bool = false
    ) throws -> Prepared {
        var byteCount = max(least, usual)
        while true {
            do {
                return try make(byteCount, isPaced: isPaced)
            } catch let error as DatabaseError where error.code == .diskFull {
                let shorter = max(least, byteCount / 4)
                if shorter == byteCount || shorter < Self.shortByteCount { throw error }
                byteCount = shorter
            }
        }
    }

    /// Segments are not made shorter than this for want of room, in bytes.
    private static let shortByteCount: UInt64 = 1 << 18

    private func make(_ byteCount: UInt64, isPaced: Bool) throws -> Prepared {
        let number = madeCount.wrappingAdd(1, ordering: .relaxed).newValue
        let path = "\(folder)/next-\(number)\(FileNames.unfinished)"
        let file = try environment.fileSystem.open(path, .replace)
        do {
            var filler = SegmentFiller(file, byteCount: byteCount)
            while !filler.isDone {
                if isClosed.load(ordering: .relaxed) {
                    throw DatabaseError(.closed, "The log was closed.")
                }
                if isPaced, filler.offset >= dueByteCount.load(ordering: .relaxed) {
                    try filler.fillSlowly()
                } else {
                    try filler.fill()
                }
            }
            return Prepared(file: file, path: path, byteCount: byteCount)
        } catch {
            try? file.close()
            try? environment.fileSystem.unlink(path)
            throw error
        }
    }
}
