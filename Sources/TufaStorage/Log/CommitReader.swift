internal import TufaBytes

/// Walks the commits of one frame or archive block, checking every count and length first.
///
/// Nothing is copied and nothing is allocated: commits and events are addresses in the bytes that
/// the reader was given, which outlive neither the reader nor the call that hands them out.
@safe package struct CommitReader {
    @usableFromInline let base: UnsafeRawPointer
    let byteCount: Int
    private var offset = 0
    /// The position that the next commit must begin with.
    package private(set) var nextPosition: UInt64
    /// The time of the commit before; the next one must be later.
    package private(set) var lastTime: Int64

    /// Reads commits from `payload`.
    @unsafe
    init(_ payload: UnsafeRawBufferPointer, firstPosition: UInt64, after time: Int64) {
        // Safe: an empty payload is never read, so any address will do.
        unsafe base = payload.baseAddress ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
        byteCount = payload.count
        nextPosition = firstPosition
        lastTime = time
    }

    /// Whether every commit was read.
    var isAtEnd: Bool { offset == byteCount }

    @inline(__always)
    private func word<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ at: Int) -> T {
        // Safe: callers have compared `at` with the length.
        unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: at, as: T.self))
    }

    /// The next commit, or nil behind the last one.
    mutating func next() throws(FormatProblem) -> Commit? {
        guard offset < byteCount else { return nil }
        let start = offset
        let room = byteCount - start
        guard room >= GroupBuffer.commitHeaderByteCount else {
            throw FormatProblem("a commit is cut off", at: start)
        }
        let whole = Int(word(UInt32.self, start))
        let eventCount = word(UInt32.self, start + 4)
        let firstPosition = word(UInt64.self, start + 8)
        let time = word(Int64.self, start + 16)
        let texts =
            Int(word(UInt16.self, start + 24)) + Int(word(UInt16.self, start + 26))
            + Int(word(UInt16.self, start + 28)) + Int(word(UInt32.self, start + 32))
        let eventsByteCount = Int(word(UInt32.self, start + 36))
        guard whole <= room, whole & 7 == 0,
            (GroupBuffer.commitHeaderByteCount + texts + 7) & ~7 + eventsByteCount == whole
        else { throw FormatProblem("the lengths of a commit do not agree", at: start) }
        guard word(UInt16.self, start + 30) == 0 else {
            throw FormatProblem("a commit has unknown flags", at: start)
        }
        guard firstPosition == nextPosition else {
            throw FormatProblem(
                "position \(nextPosition) is expected and \(firstPosition) found", at: start)
        }
        guard time > lastTime else {
            throw FormatProblem("the time of a commit is not after the one before", at: start)
        }
        try checkEvents(start + whole - eventsByteCount, eventsByteCount, eventCount)
        let (next, overflow) = nextPosition.addingReportingOverflow(UInt64(eventCount))
        guard !overflow else { throw FormatProblem("positions overflow", at: start) }
        offset = start + whole
        nextPosition = next
        lastTime = time
        return unsafe Commit(
            base: base + start, firstPosition: firstPosition, eventCount: eventCount,
            time: time, byteCount: whole, eventsByteCount: eventsByteCount)
    }

    private func checkEvents(_ start: Int, _ count: Int, _ expected: UInt32) throws(FormatProblem) {
        var at = start
        let end = start + count
        var seen: UInt32 = 0
        while at < end {
            guard end - at >= EventHeader.byteCount else {
                throw FormatProblem("an event is cut off", at: at)
            }
            let whole = Int(word(UInt32.self, at))
            let payload = Int(word(UInt32.self, at + 12))
            guard whole <= end - at, EventHeader.eventByteCount(payload: payload) == whole else {
                throw FormatProblem("the lengths of an event do not agree", at: at)
            }
            let kind = word(UInt16.self, at + 4)
            guard kind >= 1, kind <= 4, word(UInt16.self, at + 10) == 0,
                word(UInt32.self, at + 44) == 0
            else { throw FormatProblem("an event is of an unknown kind", at: at) }
            at += whole
            seen &+= 1
        }
        guard seen == expected, seen > 0 else {
            throw FormatProblem("a commit of \(expected) events holds \(seen)", at: start)
        }
    }
}

extension CommitReader {
    /// One commit, as it stands in the bytes of the reader.
    @safe package struct Commit {
        @usableFromInline let base: UnsafeRawPointer
        /// The position of the first event.
        package let firstPosition: UInt64
        /// How many events there are.
        package let eventCount: UInt32
        /// Microseconds since 1970, UTC.
        package let time: Int64
        /// Length of the whole commit, in bytes.
        let byteCount: Int
        @usableFromInline let eventsByteCount: Int

        /// The position of the last event, which names the commit.
        @inlinable
        package var position: UInt64 { firstPosition + UInt64(eventCount) - 1 }

        private func length(_ offset: Int) -> Int {
            unsafe Int(
                UInt16(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        }

        @unsafe
        private func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
            unsafe UnsafeRawBufferPointer(
                start: base + GroupBuffer.commitHeaderByteCount + offset, count: count)
        }

        /// Who committed, in UTF-8.
        @unsafe package var actorBytes: UnsafeRawBufferPointer { unsafe slice(0, length(24)) }

        /// The label, in UTF-8.
        @unsafe package var labelBytes: UnsafeRawBufferPointer {
            unsafe slice(length(24), length(26))
        }

        /// The idempotency key, in UTF-8.
        @unsafe package var keyBytes: UnsafeRawBufferPointer {
            unsafe slice(length(24) + length(26), length(28))
        }

        /// The metadata, as the caller gave them.
        @unsafe package var metadata: UnsafeRawBufferPointer {
            let count = unsafe UInt32(
                littleEndian: base.loadUnaligned(fromByteOffset: 32, as: UInt32.self))
            return unsafe slice(length(24) + length(26) + length(28), Int(count))
        }

        /// Who committed.
        package var actor: String { unsafe String(decoding: actorBytes, as: UTF8.self) }

        /// The label.
        package var label: String { unsafe String(decoding: labelBytes, as: UTF8.self) }

        /// The idempotency key.
        package var key: String { unsafe String(decoding: keyBytes, as: UTF8.self) }

        /// The whole commit, to copy it elsewhere.
        @unsafe package var bytes: UnsafeRawBufferPointer {
            unsafe UnsafeRawBufferPointer(start: base, count: byteCount)
        }

        /// The same commit at another address, to which its bytes are copied.
        @unsafe
        func copied(to target: UnsafeMutableRawPointer) -> Commit {
            unsafe target.copyMemory(from: base, byteCount: byteCount)
            return unsafe Commit(
                base: UnsafeRawPointer(target), firstPosition: firstPosition,
                eventCount: eventCount, time: time, byteCount: byteCount,
                eventsByteCount: eventsByteCount)
        }

        /// The events, in order.
        @inlinable
        package var events: Events {
            unsafe Events(
                next: base + (byteCountOfHead), position: firstPosition, remaining: eventCount)
        }

        @usableFromInline var byteCountOfHead: Int { byteCount - eventsByteCount }
    }

    /// One event, as it stands in the bytes of the reader.
    @safe package struct Event {
        @usableFromInline let base: UnsafeRawPointer
        /// The position of the event.
        package let position: UInt64

        @inlinable @inline(__always)
        init(base: UnsafeRawPointer, position: UInt64) {
            unsafe self.base = base
            self.position = position
        }

        /// What the event says of itself.
        @inlinable @inline(__always)
        package var header: EventHeader { unsafe EventHeader(checked: base) }

        /// The payload, whose meaning is the kind's.
        @inlinable @inline(__always) @unsafe
        package var payload: UnsafeRawBufferPointer {
            let count = unsafe UInt32(
                littleEndian: base.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
            return unsafe UnsafeRawBufferPointer(
                start: base + EventHeader.byteCount, count: Int(count))
        }
    }

    /// The events of a commit, one after the other.
    @safe package struct Events: Sequence, IteratorProtocol {
        @usableFromInline var address: UnsafeRawPointer
        @usableFromInline var position: UInt64
        @usableFromInline var remaining: UInt32

        @inlinable
        init(next: UnsafeRawPointer, position: UInt64, remaining: UInt32) {
            unsafe address = next
            self.position = position
            self.remaining = remaining
        }

        /// The next event.
        @inlinable
        package mutating func next() -> Event? {
            guard remaining > 0 else { return nil }
            let event = unsafe Event(base: address, position: position)
            let whole = unsafe UInt32(littleEndian: address.loadUnaligned(as: UInt32.self))
            unsafe address += Int(whole)
            position &+= 1
            remaining -= 1
            return event
        }
    }
}
