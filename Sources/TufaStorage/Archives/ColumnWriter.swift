internal import TufaBytes

/// Writes the commits of a block by columns, which LZ4 shrinks further than the same bytes in rows.
///
/// Column stores have done so since C-Store (Stonebraker et al. 2005); byte by byte it is the
/// shuffle filter of HDF5. It knows nothing of schemas: which bytes of the payloads are alike from
/// event to event is counted.
struct ColumnWriter: ~Copyable {
    private var classes: [EventClass] = []
    /// Where each commit begins, in bytes.
    private var commits: [Int] = []
    /// Where each event begins.
    private var events: [Int] = []
    /// The class of each event.
    private var classNumbers: [UInt8] = []
    /// Where the events of each class begin.
    private var members: [[Int]] = []
    private(set) var output = ByteWriter(capacity: ArchiveBlock.rawByteCount)

    /// Writes the columns of `raw`, the commits of `block`, to ``output``; false where they could
    /// not be had back from columns byte for byte, as with more than 255 classes of events.
    ///
    /// - Complexity: O(bytes).
    @unsafe
    mutating func write(_ raw: UnsafeRawBufferPointer, of block: ArchiveBlock) -> Bool {
        guard let base = raw.baseAddress else { return false }
        let bytes = unsafe CommitBytes(base: base)
        guard unsafe collect(raw, bytes, block) else { return false }
        output.removeAll()
        // Columns are never longer than what they are made of.
        output.reserve(raw.count)
        output.u16(UInt16(classes.count))
        for number in classes.indices {
            classes[number].columnCount = UInt16(columnCount(members[number], bytes))
            classes[number].append(to: &output)
        }
        writeCommitColumns(bytes, from: block.firstTime)
        output.bytes(classNumbers)
        for (known, members) in zip(classes, members) {
            for column in 0..<known.stride {
                write(members, byte: EventClass.offset(ofColumn: column), bytes)
            }
        }
        writeRest(bytes)
        return true
    }

    // MARK: Collecting

    /// Notes where commits and events lie, and of which class they are.
    @unsafe
    private mutating func collect(
        _ raw: UnsafeRawBufferPointer, _ bytes: CommitBytes, _ block: ArchiveBlock
    ) -> Bool {
        classes.removeAll(keepingCapacity: true)
        commits.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        classNumbers.removeAll(keepingCapacity: true)
        for number in members.indices { members[number].removeAll(keepingCapacity: true) }
        var reader = unsafe CommitReader(raw, firstPosition: block.firstPosition, after: .min)
        var at = 0
        while let commit = try? reader.next() {
            commits.append(at)
            var event = at + commit.byteCountOfHead
            guard bytes.isPadZero(from: bytes.endOfHead(at), in: at) else { return false }
            for _ in 0..<commit.eventCount {
                guard bytes.isPadZero(from: bytes.endOfPayload(event), in: event),
                    note(event, bytes)
                else { return false }
                event += bytes.eventByteCount(event)
            }
            at += commit.byteCount
        }
        return reader.isAtEnd && commits.count == Int(block.commitCount)
            && events.count == Int(block.eventCount)
    }

    private mutating func note(_ event: Int, _ bytes: CommitBytes) -> Bool {
        let own = bytes.eventClass(event)
        // Neighbours are mostly of one class, and there are few.
        var number = classNumbers.last.map { Int($0) } ?? 0
        if number >= classes.count || !classes[number].isLike(own) {
            number = classes.firstIndex { $0.isLike(own) } ?? classes.count
        }
        if number == classes.count {
            guard number < EventClass.maximumCount else { return false }
            classes.append(own)
            if members.count < classes.count { members.append([]) }
        }
        classes[number].eventCount += 1
        classNumbers.append(UInt8(number))
        events.append(event)
        members[number].append(event)
        return true
    }

    // MARK: Columns

    /// The most bytes of a payload that stand in columns.
    private static let maximumColumnCount = 256

    /// How many of the first bytes of the payloads go into columns: those up to which the bytes
    /// that are the same as in the event before outweigh the others.
    ///
    /// The letters of a text are the same one time in fifteen, and better left together; a fixed
    /// field has bytes that hardly ever change.
    private func columnCount(_ members: [Int], _ bytes: CommitBytes) -> Int {
        let shortest = members.reduce(Self.maximumColumnCount) {
            min($0, bytes.payloadByteCount($1))
        }
        var best = 0
        var bestSum = 0
        var sum = 0
        for byte in 0..<shortest {
            let at = EventHeader.byteCount + byte
            var equal = 0
            for index in members.indices.dropFirst() {
                equal += bytes[members[index - 1] + at] == bytes[members[index] + at] ? 1 : 0
            }
            sum += 8 * equal - members.count
            if sum > bestSum {
                bestSum = sum
                best = byte + 1
            }
        }
        return best
    }

    /// Appends one byte of every event.
    private mutating func write(_ members: [Int], byte: Int, _ bytes: CommitBytes) {
        let target = unsafe output.extend(members.count)
        for index in members.indices {
            unsafe target.storeBytes(
                of: bytes[members[index] + byte], toByteOffset: index, as: UInt8.self)
        }
    }

    private mutating func writeCommitColumns(_ bytes: CommitBytes, from firstTime: Int64) {
        let count = commits.count
        let target = unsafe output.extend(EventClass.commitColumnCount * count)
        var before = firstTime
        for (index, commit) in commits.enumerated() {
            var column = 0
            func put(_ value: UInt64, _ byteCount: Int) {
                for byte in 0..<byteCount {
                    unsafe target.storeBytes(
                        of: UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)),
                        toByteOffset: column * count + index, as: UInt8.self)
                    column += 1
                }
            }
            let time = bytes.word(Int64.self, commit + 16)
            put(UInt64(bytes.word(UInt32.self, commit + 4)), 4)
            put(UInt64(bitPattern: time &- before), 8)
            put(bytes.word(UInt64.self, commit + 24), 6)
            put(UInt64(bytes.word(UInt32.self, commit + 32)), 4)
            before = time
        }
    }

    /// What is not in columns, in the order of the commits.
    private mutating func writeRest(_ bytes: CommitBytes) {
        var next = 0
        for commit in commits {
            let head = commit + GroupBuffer.commitHeaderByteCount
            unsafe output.bytes(bytes.slice(head, bytes.endOfHead(commit) - head))
            for _ in 0..<bytes.word(UInt32.self, commit + 4) {
                let columns = Int(classes[Int(classNumbers[next])].columnCount)
                let payload = events[next] + EventHeader.byteCount + columns
                unsafe output.bytes(
                    bytes.slice(payload, bytes.endOfPayload(events[next]) - payload))
                next += 1
            }
        }
    }
}

/// Commits that a reader has found whole, by offsets.
@safe
private struct CommitBytes {
    let base: UnsafeRawPointer

    @unsafe
    init(base: UnsafeRawPointer) { unsafe self.base = base }

    // Safe, here and below: only offsets of whole commits and events are asked for.
    subscript(at: Int) -> UInt8 { unsafe base.load(fromByteOffset: at, as: UInt8.self) }

    func word<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, _ at: Int) -> T {
        unsafe T(littleEndian: base.loadUnaligned(fromByteOffset: at, as: T.self))
    }

    @unsafe
    func slice(_ at: Int, _ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + at, count: count)
    }

    /// Where actor, label, key and metadata of a commit end.
    func endOfHead(_ commit: Int) -> Int {
        commit + GroupBuffer.commitHeaderByteCount + Int(word(UInt16.self, commit + 24))
            + Int(word(UInt16.self, commit + 26)) + Int(word(UInt16.self, commit + 28))
            + Int(word(UInt32.self, commit + 32))
    }

    func eventByteCount(_ event: Int) -> Int { Int(word(UInt32.self, event)) }

    func payloadByteCount(_ event: Int) -> Int { Int(word(UInt32.self, event + 12)) }

    func endOfPayload(_ event: Int) -> Int {
        event + EventHeader.byteCount + payloadByteCount(event)
    }

    func eventClass(_ event: Int) -> EventClass {
        EventClass(
            kind: word(UInt16.self, event + 4), table: word(UInt16.self, event + 6),
            schemaVersion: word(UInt16.self, event + 8))
    }

    /// Whether what fills up to a multiple of eight is zero, since it is not written.
    func isPadZero(from end: Int, in start: Int) -> Bool {
        unsafe ZeroScan.isZero(slice(end, (start - end) & 7))
    }
}
