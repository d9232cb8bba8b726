internal import TufaBytes

/// Puts the commits of a block together again that were written by columns.
///
/// Every length is compared with what is left before it is followed; what comes out is as unchecked
/// as what LZ4 gives, and goes through ``CommitReader`` like it.
@safe
struct ColumnReader {
    /// A class of events and how many of them were taken.
    private struct Source {
        var known: EventClass
        /// Where its columns begin.
        var start: Int
        var taken = 0
    }

    private let bytes: UnsafeRawBufferPointer
    private let byteCount: Int
    private let block: ArchiveBlock
    private var sources: [Source] = []
    private var commitColumns = 0
    private var classNumbers = 0
    /// Where the next bytes lie that are in no column.
    private var rest = 0

    /// Reads the head of the columns of `block`.
    @unsafe
    init(_ bytes: UnsafeRawBufferPointer, of block: ArchiveBlock) throws {
        unsafe self.bytes = bytes
        byteCount = bytes.count
        self.block = block
        var reader = unsafe ByteReader(bytes)
        let classCount = Int(try reader.u16())
        guard classCount <= EventClass.maximumCount else { throw Self.problem }
        sources.reserveCapacity(classCount)
        for _ in 0..<classCount {
            sources.append(Source(known: try EventClass.read(&reader), start: 0))
        }
        let counted = sources.reduce(0) { $0 + Int($1.known.eventCount) }
        guard counted == Int(block.eventCount) else { throw Self.problem }
        // No sum here comes near 2^63: counts have 32 bits and strides 17.
        commitColumns = reader.offset
        classNumbers = commitColumns + EventClass.commitColumnCount * Int(block.commitCount)
        rest = classNumbers + counted
        for index in sources.indices {
            sources[index].start = rest
            rest += sources[index].known.stride * Int(sources[index].known.eventCount)
        }
        guard rest <= bytes.count else { throw Self.problem }
    }

    private static let problem = FormatProblem("the columns of a block do not agree")

    /// Fills `target`, which has the length of the commits, with them.
    ///
    /// - Complexity: O(bytes).
    @unsafe
    mutating func read(into target: UnsafeMutableRawBufferPointer) throws(FormatProblem) {
        guard let from = unsafe bytes.baseAddress, let to = target.baseAddress else {
            throw Self.problem
        }
        var at = 0
        var event = 0
        var position = block.firstPosition
        var time = block.firstTime
        for commit in 0..<Int(block.commitCount) {
            let start = at
            let head = commitHead(commit)
            let headByteCount = (GroupBuffer.commitHeaderByteCount + head.textByteCount + 7) & ~7
            guard headByteCount <= target.count - at, head.textByteCount <= byteCount - rest,
                head.eventCount <= Int(block.eventCount) - event
            else { throw Self.problem }
            time &+= head.step
            unsafe (to + at).initializeMemory(as: UInt8.self, repeating: 0, count: headByteCount)
            unsafe store(UInt32(head.eventCount), to + at + 4)
            unsafe store(position, to + at + 8)
            unsafe store(UInt64(bitPattern: time), to + at + 16)
            unsafe store(head.lengths, to + at + 24)
            unsafe store(head.metadataByteCount, to + at + 32)
            unsafe (to + at + GroupBuffer.commitHeaderByteCount).copyMemory(
                from: from + rest, byteCount: head.textByteCount)
            rest += head.textByteCount
            at += headByteCount
            for _ in 0..<head.eventCount {
                at += unsafe try readEvent(event, from, to + at, room: target.count - at)
                event += 1
            }
            let whole = at - start
            guard whole <= Int(UInt32.max) else { throw Self.problem }
            unsafe store(UInt32(whole), to + start)
            unsafe store(UInt32(whole - headByteCount), to + start + 36)
            position &+= UInt64(head.eventCount)
        }
        guard at == target.count, rest == byteCount, event == Int(block.eventCount) else {
            throw Self.problem
        }
    }

    // MARK: Commits

    private struct CommitHead {
        var eventCount = 0
        /// Microseconds since the commit before.
        var step: Int64 = 0
        /// The lengths of actor, label and key, sixteen bits each.
        var lengths: UInt64 = 0
        var metadataByteCount: UInt32 = 0

        /// Bytes of actor, label, key and metadata.
        var textByteCount: Int {
            Int(lengths & 0xFFFF) + Int(lengths >> 16 & 0xFFFF) + Int(lengths >> 32)
                + Int(metadataByteCount)
        }
    }

    private func commitHead(_ commit: Int) -> CommitHead {
        let count = Int(block.commitCount)
        var at = commitColumns + commit
        func take(_ byteCount: Int) -> UInt64 {
            var value: UInt64 = 0
            for byte in 0..<byteCount {
                // Safe: the columns of all commits lie before the rest.
                value |= UInt64(unsafe bytes[at]) << UInt64(8 * byte)
                at += count
            }
            return value
        }
        var head = CommitHead()
        head.eventCount = Int(take(4))
        head.step = Int64(bitPattern: take(8))
        head.lengths = take(6)
        head.metadataByteCount = UInt32(take(4))
        return head
    }

    // MARK: Events

    /// Writes an event and gives its length.
    @inline(__always) @unsafe
    private mutating func readEvent(
        _ event: Int, _ from: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, room: Int
    ) throws(FormatProblem) -> Int {
        // Safe: the classes of all events lie before the rest.
        let number = unsafe Int((from + classNumbers + event).load(as: UInt8.self))
        guard number < sources.count, room >= EventHeader.byteCount else { throw Self.problem }
        let source = sources[number]
        let count = Int(source.known.eventCount)
        let columnCount = Int(source.known.columnCount)
        guard source.taken < count else { throw Self.problem }
        sources[number].taken = source.taken &+ 1
        // Safe: the columns of all classes lie before the rest.
        var column = unsafe from + (source.start &+ source.taken)
        let columns = unsafe target + EventClass.headerColumnsOffset
        for index in 0..<EventClass.headerColumnCount {
            unsafe columns.storeBytes(
                of: column.load(as: UInt8.self), toByteOffset: index, as: UInt8.self)
            unsafe column += count
        }
        let payload = unsafe Int(
            UInt32(
                littleEndian: target.loadUnaligned(
                    fromByteOffset: EventClass.headerColumnsOffset, as: UInt32.self)))
        let whole = EventHeader.eventByteCount(payload: payload)
        let tail = payload &- columnCount
        guard tail >= 0, whole <= room, tail <= byteCount &- rest, whole <= Int(UInt32.max)
        else { throw Self.problem }
        unsafe store(UInt32(whole), target)
        unsafe store(
            UInt32(source.known.kind) | UInt32(source.known.table) << 16, target + 4)
        unsafe store(UInt32(source.known.schemaVersion), target + 8)
        unsafe store(UInt32(0), target + 44)
        // The last word first: what the payload leaves of it stays zero.
        if whole > EventHeader.byteCount { unsafe store(UInt64(0), target + (whole &- 8)) }
        let body = unsafe target + EventHeader.byteCount
        for index in 0..<columnCount {
            unsafe body.storeBytes(
                of: column.load(as: UInt8.self), toByteOffset: index, as: UInt8.self)
            unsafe column += count
        }
        unsafe (body + columnCount).copyMemory(from: from + rest, byteCount: tail)
        rest &+= tail
        return whole
    }

    @inline(__always) @unsafe
    private func store<T: FixedWidthInteger & BitwiseCopyable>(
        _ value: T, _ target: UnsafeMutableRawPointer
    ) {
        unsafe target.storeBytes(of: value.littleEndian, as: T.self)
    }
}
