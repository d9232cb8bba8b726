internal import Synchronization
package import TufaBytes

/// The live log, open for writing: frames go to the last segment, one after the other.
///
/// One thread at a time appends, syncs, rotates and closes; ``checkRoom(for:)``,
/// ``durablePosition`` and ``poison`` may be asked from any.
package final class Log: @unchecked Sendable {  // the sentence above; the rest is atomic or locked
    let environment: StorageEnvironment
    let root: String
    let manifest: ManifestStore
    /// The sizes of the log and whether threads of its own may work for it.
    package let options: LogOptions
    let preparer: SegmentPreparer

    var segment: SegmentHeader
    var file: any File
    var name: String
    var offset: UInt64
    var durableOffset: UInt64
    var previousChecksum: UInt32
    /// The checksum of the seal at ``offset``, if one is there.
    var sealChecksum: UInt32 = 0
    /// Whether the bytes at ``offset`` are a seal.
    var isSealed: Bool
    /// The position of the next event.
    package var nextPosition: UInt64
    /// The time of the last commit, in microseconds since 1970, or the least number.
    package var lastTime: Int64

    /// How the disk is waited for.
    private var wait = SyncWait()
    private let staysAwake: Bool

    // What of the last segment is neither written nor about to be, in bytes.
    private let room = Atomic<UInt64>(0)
    // What of the next segment is about to be written, in bytes: a group that the last one is too
    // short for.
    private let spokenFor = Atomic<UInt64>(0)
    private let segmentByteCount = Atomic<UInt64>(0)
    private let durable: Atomic<UInt64>
    private let failure = Mutex<DatabaseError?>(nil)
    private var isClosed = false

    init(
        _ environment: StorageEnvironment, root: String, manifest: ManifestStore,
        options: LogOptions, tail: LogTail
    ) {
        self.environment = environment
        self.root = root
        self.manifest = manifest
        self.options = options
        preparer = SegmentPreparer(environment, folder: root + "/" + FileNames.log)
        segment = tail.segment
        file = tail.file
        name = tail.name
        offset = tail.offset
        durableOffset = tail.offset
        previousChecksum = tail.previousChecksum
        isSealed = tail.sealChecksum != nil
        sealChecksum = tail.sealChecksum ?? 0
        nextPosition = tail.nextPosition
        lastTime = tail.lastTime
        staysAwake = options.staysAwake && options.worksInBackground && Processors.count > 1
        durable = Atomic(tail.nextPosition - 1)
        noteRoom()
    }

    /// The last position that survives a power cut.
    package var durablePosition: UInt64 { durable.load(ordering: .acquiring) }

    /// Why nothing more is written, if an earlier write or sync failed.
    package var poison: DatabaseError? { failure.withLock { $0 } }

    // Room for a seal is always kept.
    private var usable: UInt64 {
        let taken = offset + UInt64(FrameHeader.byteCount)
        return segment.byteCount > taken ? segment.byteCount - taken : 0
    }

    func noteRoom() {
        room.store(usable, ordering: .relaxed)
        spokenFor.store(0, ordering: .relaxed)
        segmentByteCount.store(segment.byteCount, ordering: .relaxed)
    }

    /// Has whoever commits ask for room in the next segment.
    func noteNoRoom() { room.store(0, ordering: .relaxed) }

    /// Tells whoever commits what the next segment has room for, behind a frame of `least` bytes,
    /// before it is the last one: that takes a few syncs.
    func noteRoom(inNext byteCount: UInt64, behind least: UInt64) {
        room.store(byteCount - min(byteCount, Self.overhead + least), ordering: .relaxed)
        spokenFor.store(0, ordering: .relaxed)
        segmentByteCount.store(byteCount, ordering: .relaxed)
    }

    private func hasRoom(for byteCount: Int) -> Bool {
        UInt64(byteCount) <= room.load(ordering: .relaxed) / 2
    }

    /// Notes that a group is about to be appended, and its room is no longer that of the next one.
    ///
    /// Called before anybody asks for the room of that one, by the thread that appends.
    /// - Complexity: O(1).
    package func reserve(_ group: GroupBuffer) {
        let byteCount = UInt64(group.byteCount)
        let left = usable
        room.store(left - min(left, byteCount), ordering: .relaxed)
        spokenFor.store(byteCount > left ? byteCount : 0, ordering: .relaxed)
    }

    /// Throws when a group of `byteCount` bytes might not find room because the disk is full.
    ///
    /// Asked before a commit is applied, it refuses one while nothing depends on it yet. Any thread
    /// may ask for the group that is open while one more is being appended, for which there was
    /// ``reserve(_:)``. Past half of what is left in the segment, the next one must be there.
    /// - Complexity: O(1), or that of making the next segment where it is not there in time.
    package func checkRoom(for byteCount: Int) throws {
        if hasRoom(for: byteCount) { return }
        try preparer.ensureReady(
            least: UInt64(byteCount) + Self.overhead + spokenFor.load(ordering: .relaxed),
            usual: options.following(segmentByteCount.load(ordering: .relaxed)),
            unless: { hasRoom(for: byteCount) })
    }

    /// From so many bytes on a group is better written than added to: 4 MiB, and less where the
    /// segments are still short, so that the next one is made while this one is written.
    ///
    /// - Complexity: O(1), from any thread.
    package var largeGroupByteCount: Int {
        Int(min(4 << 20, segmentByteCount.load(ordering: .relaxed) / 4))
    }

    /// What a segment holds beside its frames: its header and a seal.
    static let overhead = UInt64(SegmentHeader.byteCount + FrameHeader.byteCount)

    func checkUsable() throws {
        if let poison {
            throw DatabaseError(
                .poisoned, "An earlier write to the log failed, so nothing more is written.",
                file: poison.file, advice: "Close the database and open it again.", cause: poison)
        }
        if isClosed { throw DatabaseError(.closed, "The log was closed.") }
    }

    /// Runs a write or sync after whose failure nobody knows what the disk holds.
    func poisoning<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            let cause =
                error as? DatabaseError
                ?? DatabaseError(.io, "A write to the log failed.", file: name, cause: error)
            failure.withLock { $0 = $0 ?? cause }
            throw cause
        }
    }

    /// Writes a group at the end of the log, and syncs it when asked.
    ///
    /// After `.diskFull` nothing was written and a later call may succeed. After any other error
    /// the group may or may not be found when the log is opened again, and the log is poisoned.
    /// - Parameter meanwhile: What may be done while the disk works, and who waits for it; called
    ///   at most once, not after an error, nor without a sync.
    /// - Complexity: one write and at most one sync; at the end of a segment, a few more syncs.
    package func append(
        _ group: GroupBuffer, sync: Bool, meanwhile: () -> SyncAudience = { .one }
    ) throws {
        try checkUsable()
        if group.isEmpty { return }
        precondition(group.firstPosition == nextPosition, "The group does not follow the log.")
        let byteCount = UInt64(group.byteCount)
        let isLonger = byteCount > usable || isSealed
        // A change of segments may take long, and nobody is to wait for it who does not have to.
        let audience = sync && isLonger ? meanwhile() : nil
        if byteCount > usable {
            try rotate(least: byteCount)
        } else if isSealed {
            try poisoning { try unseal() }
        }
        let (header, bytes) = unsafe group.seal(
            salt: segment.salt, previousChecksum: previousChecksum, durableOffset: durableOffset)
        try poisoning { unsafe try file.write(bytes, at: offset) }
        offset += byteCount
        previousChecksum = header.checksum
        nextPosition += UInt64(header.eventCount)
        lastTime = header.lastTime
        noteRoom()
        if sync { try self.sync(group) { audience ?? meanwhile() } }
        if options.worksInBackground, let due = Self.due(usable, of: segment.byteCount) {
            preparer.request(byteCount: options.following(segment.byteCount), due: due)
        }
    }

    /// How much of the next segment is due, from 0 to 1, with so much of the last one left.
    ///
    /// None before half of that is full, and all from three quarters on.
    static func due(_ left: UInt64, of byteCount: UInt64) -> Double? {
        let half = byteCount / 2
        return left < half ? min(1, 2 * Double(half - left) / Double(half)) : nil
    }

    /// Syncs what was just appended, which the disk begins to write before anything else is done.
    private func sync(_ group: GroupBuffer, _ meanwhile: () -> SyncAudience) throws {
        let count = group.byteCount
        try poisoning { try file.startWriting(from: offset - UInt64(count), count: count) }
        var audience = meanwhile()
        if audience == .one, group.commitCount > 1 { audience = .several }
        if staysAwake, audience != .nobody, count <= SyncWait.largestByteCount {
            try wait.run(isAlone: audience == .one, sync)
        } else {
            try sync()
        }
    }

    /// Makes every group that was appended survive a power cut.
    package func sync() throws {
        try checkUsable()
        try poisoning { try file.syncData() }
        durableOffset = offset
        durable.store(nextPosition - 1, ordering: .releasing)
    }

    /// Writes into the manifest how far the log is known to reach, for a reader who finds less.
    ///
    /// Called when there is nothing to do, it protects the last groups as later ones would. On a
    /// disk that is full it leaves the manifest as it is, which knows less and is true.
    package func noteDurable() throws {
        try checkUsable()
        let known = manifest.current
        if known.durableSegment == segment.firstPosition, known.durableOffset == durableOffset {
            return
        }
        do {
            try manifest.update {
                $0.durableSegment = segment.firstPosition
                $0.durableOffset = durableOffset
                $0.durablePosition = durablePosition
            }
        } catch let error as DatabaseError where error.code == .diskFull {
            return
        } catch {
            try poisoning { throw error }
        }
    }

    /// Seals the log and closes its file; a poisoned log is closed as it is.
    package func close() throws {
        if isClosed { return }
        preparer.close()
        defer {
            isClosed = true
            try? file.close()
        }
        guard poison == nil else { return }
        try poisoning {
            if !isSealed { try seal() }
            let durableEnd = offset
            try manifest.update {
                $0.durableSegment = segment.firstPosition
                $0.durableOffset = durableEnd
                $0.durablePosition = nextPosition - 1
            }
        }
    }

    /// Takes over a new last segment, whose room was told when it was taken.
    func adopt(_ segment: SegmentHeader, _ file: any File) {
        self.segment = segment
        self.file = file
        name = FileNames.segment(segment.firstPosition)
        offset = UInt64(SegmentHeader.byteCount)
        durableOffset = offset
        isSealed = false
    }
}
