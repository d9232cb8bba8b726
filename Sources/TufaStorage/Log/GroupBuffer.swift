package import TufaBytes

/// The commits of one group, in the bytes that the log will hold.
///
/// Room for the frame header stands in front, so that a group is written with one call and never
/// copied. A buffer is kept and reset; once grown, it allocates nothing. One thread at a time.
package final class GroupBuffer: @unchecked Sendable {  // handed over whole, never shared
    /// Length of a commit's fixed part, in bytes.
    @usableFromInline static let commitHeaderByteCount = 40

    // Used for every commit, by one thread: not checked for overlapping accesses.
    @exclusivity(unchecked) @usableFromInline var writer: ByteWriter
    @exclusivity(unchecked) @usableFromInline var commitStart = -1
    @exclusivity(unchecked) @usableFromInline var eventsStart = 0
    @exclusivity(unchecked) @usableFromInline var openEventCount: UInt32 = 0
    @exclusivity(unchecked) private var counts = Counts()

    /// What the finished commits are.
    private struct Counts {
        var commitCount: UInt32 = 0
        var eventCount: UInt32 = 0
        var firstPosition: UInt64 = 0
        var lastTime: Int64 = 0
    }

    /// How many commits the group holds.
    package var commitCount: UInt32 { unsafe counts.commitCount }
    /// How many events the finished commits hold.
    package var eventCount: UInt32 { unsafe counts.eventCount }
    /// The position of the first event; 0 while the group is empty.
    package var firstPosition: UInt64 { unsafe counts.firstPosition }
    /// The time of the last commit.
    package var lastTime: Int64 { unsafe counts.lastTime }

    /// Makes an empty group with room for `capacity` bytes.
    package init(capacity: Int = usualByteCount) {
        unsafe writer = ByteWriter(capacity: capacity)
        unsafe writer.zeros(FrameHeader.byteCount)
    }

    /// Whether the group holds no commit.
    package var isEmpty: Bool { commitCount == 0 }

    /// Length of the frame, in bytes.
    package var byteCount: Int { unsafe writer.count }

    /// The position of the last event of the finished commits.
    package var lastPosition: UInt64 { firstPosition + UInt64(eventCount) - 1 }

    /// Begins a commit; its first event has the position after the last one's.
    ///
    /// - Throws: ``DatabaseError`` `.valueTooLong` for an actor, label or key over 65,535 bytes.
    @unsafe
    package func beginCommit(
        firstPosition position: UInt64, actor: String, label: String, key: String,
        metadata: UnsafeRawBufferPointer
    ) throws(DatabaseError) {
        precondition(unsafe commitStart < 0, "The commit before was not ended.")
        try Self.checkLength(actor, "actor")
        try Self.checkLength(label, "label")
        try Self.checkLength(key, "idempotency key")
        guard metadata.count <= FrameHeader.maximumPayloadByteCount else {
            throw DatabaseError(
                .valueTooLong, "The metadata of a commit has \(metadata.count) bytes.")
        }
        if isEmpty { unsafe counts.firstPosition = position }
        precondition(position == firstPosition + UInt64(eventCount), "Positions must be dense.")
        unsafe commitStart = writer.count
        unsafe openEventCount = 0
        let base = unsafe writer.extend(Self.commitHeaderByteCount)
        // Lengths and time stand in the words that are zero; the end of the commit tells them.
        unsafe base.storeBytes(of: 0, as: UInt64.self)
        unsafe base.storeBytes(of: position.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe base.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
        let lengths =
            UInt64(actor.utf8.count) | UInt64(label.utf8.count) << 16
            | UInt64(key.utf8.count) << 32
        unsafe base.storeBytes(of: lengths.littleEndian, toByteOffset: 24, as: UInt64.self)
        unsafe base.storeBytes(
            of: UInt64(metadata.count).littleEndian, toByteOffset: 32, as: UInt64.self)
        if lengths != 0 || metadata.count > 0 {
            unsafe writer.text(actor)
            unsafe writer.text(label)
            unsafe writer.text(key)
            unsafe writer.bytes(metadata)
            unsafe writer.padToEight()
        }
        unsafe eventsStart = writer.count
    }

    @inline(__always)
    private static func checkLength(_ text: String, _ name: StaticString) throws(DatabaseError) {
        if text.utf8.count <= Int(UInt16.max) { return }
        throw DatabaseError(
            .valueTooLong, "The \(name) of a commit has \(text.utf8.count) bytes.",
            advice: "Use at most 65,535 bytes.")
    }

    /// Appends an event to the open commit.
    @inlinable @unsafe
    package func append(_ header: EventHeader, payload: UnsafeRawBufferPointer) {
        unsafe append(header, payload: payload, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Appends an event whose payload stands in two pieces.
    @inlinable @unsafe
    package func append(
        _ header: EventHeader, payload first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer
    ) {
        let payloadByteCount = first.count + second.count
        let byteCount = EventHeader.eventByteCount(payload: payloadByteCount)
        let base = unsafe writer.extend(byteCount)
        // The last word first: what the payload leaves of it stays zero.
        if byteCount > EventHeader.byteCount {
            unsafe base.storeBytes(of: 0, toByteOffset: byteCount - 8, as: UInt64.self)
        }
        unsafe header.store(to: base, payloadByteCount: payloadByteCount)
        if let from = first.baseAddress {
            unsafe (base + EventHeader.byteCount).copyMemory(from: from, byteCount: first.count)
        }
        if let from = second.baseAddress {
            unsafe (base + EventHeader.byteCount + first.count).copyMemory(
                from: from, byteCount: second.count)
        }
        unsafe openEventCount += 1
    }

    /// How many events the open commit holds.
    package var openCommitEventCount: Int { unsafe Int(openEventCount) }

    /// Ends the open commit, which holds at least one event.
    ///
    /// - Throws: ``DatabaseError`` `.limitExceeded` when the frame would pass 1 GiB; the commit is
    ///   then taken back.
    package func endCommit(time: Int64) throws(DatabaseError) {
        precondition(unsafe commitStart >= 0 && openEventCount > 0, "There is no commit to end.")
        guard unsafe writer.count <= FrameHeader.maximumPayloadByteCount else {
            let byteCount = unsafe writer.count - commitStart
            cancelCommit()
            throw DatabaseError(
                .limitExceeded,
                "A commit of \(byteCount) bytes does not fit into a frame of 1 GiB.",
                advice: "Write it in several commits.")
        }
        unsafe writer.patch(u32: UInt32(writer.count - commitStart), at: commitStart)
        unsafe writer.patch(u32: openEventCount, at: commitStart + 4)
        unsafe writer.patch(u64: UInt64(bitPattern: time), at: commitStart + 16)
        unsafe writer.patch(u32: UInt32(writer.count - eventsStart), at: commitStart + 36)
        unsafe counts.commitCount += 1
        unsafe counts.eventCount += openEventCount
        unsafe counts.lastTime = time
        unsafe commitStart = -1
    }

    /// Appends a commit as it stands in another file.
    package func append(copying commit: CommitReader.Commit) {
        precondition(unsafe commitStart < 0, "A commit is open.")
        if isEmpty { unsafe counts.firstPosition = commit.firstPosition }
        precondition(
            commit.firstPosition == firstPosition + UInt64(eventCount), "Positions must be dense.")
        unsafe writer.bytes(commit.bytes)
        unsafe counts.commitCount += 1
        unsafe counts.eventCount += commit.eventCount
        unsafe counts.lastTime = commit.time
    }

    /// Takes the open commit back.
    package func cancelCommit() {
        precondition(unsafe commitStart >= 0, "There is no commit to cancel.")
        unsafe writer.truncate(to: commitStart)
        unsafe commitStart = -1
        if isEmpty { unsafe counts.firstPosition = 0 }
    }

    /// Forgets every commit and keeps the memory.
    package func reset() {
        precondition(unsafe commitStart < 0, "A commit is open.")
        unsafe writer.truncate(to: FrameHeader.byteCount)
        unsafe counts.commitCount = 0
        unsafe counts.eventCount = 0
        unsafe counts.firstPosition = 0
        unsafe counts.lastTime = 0
    }

    /// Gives the memory back that a long group has taken, where the group is empty.
    package func trim() {
        guard isEmpty, unsafe commitStart < 0, unsafe writer.room > Self.keptByteCount else {
            return
        }
        unsafe writer = ByteWriter(capacity: Self.usualByteCount)
        unsafe writer.zeros(FrameHeader.byteCount)
    }

    /// The room of a new group, in bytes.
    package static let usualByteCount = 256 * 1024
    /// A group that is used again keeps so much room.
    private static let keptByteCount = 1 << 20

    /// Fills the header in and gives the whole frame, valid until the next change.
    @unsafe
    func seal(salt: UInt64, previousChecksum: UInt32, durableOffset: UInt64)
        -> (header: FrameHeader, bytes: UnsafeRawBufferPointer)
    {
        let payload = unsafe UnsafeRawBufferPointer(
            rebasing: writer.view[FrameHeader.byteCount...])
        var header = FrameHeader(
            kind: .batch, payloadByteCount: UInt32(payload.count), commitCount: commitCount,
            eventCount: eventCount, firstPosition: firstPosition, salt: salt,
            durableOffset: durableOffset, lastTime: lastTime, previousChecksum: previousChecksum,
            payloadChecksum: unsafe CRC32C.checksum(payload))
        if let base = unsafe writer.mutableView.baseAddress { unsafe header.store(to: base) }
        return unsafe (header, writer.view)
    }

    /// Whether appending to this group could pass the largest frame.
    package var isFull: Bool { unsafe writer.count >= FrameHeader.maximumPayloadByteCount / 2 }
}
