import Testing
import TufaBytes

@testable import TufaStorage

/// Blocks by columns come back byte for byte, and whatever they hold is an error and never a trap.
@Suite struct ColumnTests {
    /// The commits of one block, one after the other, and its header.
    private struct Raw {
        var bytes: [UInt8]
        var block: ArchiveBlock

        init(_ commits: [TestCommit]) throws {
            let group = GroupBuffer()
            for commit in commits { try commit.append(to: group) }
            let frame = group.seal(salt: 1, previousChecksum: 2, durableOffset: 3)
            bytes = Array(frame.bytes.dropFirst(FrameHeader.byteCount))
            block = ArchiveBlock(
                firstPosition: commits[0].firstPosition, firstTime: commits[0].time,
                lastTime: commits[commits.count - 1].time)
            block.eventCount = group.eventCount
            block.commitCount = group.commitCount
        }

        /// What is stored of the block, and its header then.
        func stored() -> (bytes: [UInt8], block: ArchiveBlock) {
            var block = block
            var output = ByteWriter()
            var columns = ColumnWriter()
            bytes.withUnsafeBytes { block.append($0, to: &output, &columns) }
            return (output.array, block)
        }
    }

    private func unpack(_ stored: [UInt8], _ block: ArchiveBlock) throws -> [UInt8] {
        var scratch = ByteWriter()
        var target = [UInt8](repeating: 0xAA, count: Int(block.rawByteCount))
        try stored.withUnsafeBytes { stored in
            try target.withUnsafeMutableBytes {
                try block.unpack(stored, into: $0, &scratch)
            }
        }
        return target
    }

    /// Commits with chosen payloads, so that classes and lengths are many.
    private func commits(_ seed: UInt64, count: Int, classes: Int) -> [TestCommit] {
        let random = TestRandom(seed: seed)
        var position: UInt64 = 1 + random.next() % 1000
        return (0..<count).map { _ in
            var commit = TestCommit.sample(position, events: 1 + Int(random.next() % 5))
            for index in commit.events.indices {
                let own = random.next() % UInt64(classes)
                commit.events[index].header.kind = EventKind(rawValue: UInt8(1 + own % 4))!
                commit.events[index].header.table = UInt16(own)
                commit.events[index].header.schemaVersion = UInt16(own % 3)
                commit.events[index].header.previousPosition = random.next() >> 20
                let byteCount = Int(random.next() % 90)
                commit.events[index].payload = (0..<byteCount).map {
                    $0 < 20 ? UInt8($0) : UInt8(truncatingIfNeeded: random.next() % 7)
                }
            }
            position += UInt64(commit.events.count)
            return commit
        }
    }

    @Test(arguments: 0..<40)
    func commitsComeBackByteForByte(seed: UInt64) throws {
        let raw = try Raw(
            commits(seed, count: 1 + Int(seed * 3), classes: 1 + Int(seed % 9)))
        let (stored, block) = raw.stored()
        #expect(block.rawByteCount == raw.bytes.count)
        #expect(stored.count == block.storedByteCount)
        #expect(try unpack(stored, block) == raw.bytes)
        if seed > 2 { #expect(block.flags == ArchiveBlock.byColumns) }
    }

    /// Rows of one table, as a log mostly has them.
    private func rows(_ count: Int) -> [TestCommit] {
        let random = TestRandom(seed: 7)
        return (0..<count).map { index in
            var commit = TestCommit.sample(1 + UInt64(index), events: 1, byteCount: 0)
            commit.actor = ""
            commit.label = ""
            commit.key = ""
            commit.metadata = []
            commit.events[0].header.id = RowID(
                high: 0x018b_cfe5_6800_7000 + UInt64(index), low: random.next())
            // A null bitmap, a number that rises, two ends of texts, and the texts.
            var payload: [UInt8] = [0]
            let words = (0..<12).map { _ in
                ["stone", "basalt", "of", "tuff", "and", "ash"][Int(random.next() % 6)]
            }
            let text = [UInt8](words.joined(separator: " ").utf8)
            for value in [UInt64(1_700_000_000 + index), UInt64(text.count) << 32 | 4] {
                payload += (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
            }
            commit.events[0].payload = payload + text
            return commit
        }
    }

    @Test func columnsMakeBlocksSmallerThanRowsDo() throws {
        let raw = try Raw(rows(300))
        let (stored, block) = raw.stored()
        #expect(block.flags == ArchiveBlock.byColumns)
        #expect(try unpack(stored, block) == raw.bytes)
        var plain = [UInt8](repeating: 0, count: raw.bytes.count)
        let count = try #require(
            raw.bytes.withUnsafeBytes { from in
                plain.withUnsafeMutableBytes { LZ4.compress(from, into: $0) }
            })
        #expect(stored.count < count * 4 / 5)
    }

    /// Events of more classes than a byte can name are stored in rows, as before.
    @Test func moreClassesThanColumnsHave() throws {
        let raw = try Raw(commits(5, count: 400, classes: 2000))
        let (stored, block) = raw.stored()
        #expect(block.flags == 0)
        #expect(try unpack(stored, block) == raw.bytes)
    }

    /// Columns leave out what fills up to eight; where that is not zero they are of no use.
    @Test func aFillThatIsNotZeroIsKept() throws {
        var raw = try Raw(rows(200))
        let payload = GroupBuffer.commitHeaderByteCount + 12
        let count = Int(raw.bytes[payload]) | Int(raw.bytes[payload + 1]) << 8
        let end = GroupBuffer.commitHeaderByteCount + EventHeader.byteCount + count
        try #require(end % 8 != 0)
        raw.bytes[end] = 1
        let (stored, block) = raw.stored()
        #expect(block.flags == 0)
        #expect(try unpack(stored, block) == raw.bytes)
    }

    /// Columns with any byte changed give an error, or as many bytes as the header says.
    @Test(arguments: 0..<8)
    func changedColumnsNeverTrap(seed: UInt64) throws {
        let raw = try Raw(commits(seed, count: 6, classes: 3))
        var writer = ColumnWriter()
        let isWritten = raw.bytes.withUnsafeBytes { writer.write($0, of: raw.block) }
        try #require(isWritten)
        let columns = writer.output.array
        let random = TestRandom(seed: seed)
        var refusedCount = 0
        func read(_ columns: [UInt8], _ byteCount: Int) {
            var target = [UInt8](repeating: 0, count: byteCount)
            do {
                try columns.withUnsafeBytes { bytes in
                    var reader = try ColumnReader(bytes, of: raw.block)
                    try target.withUnsafeMutableBytes { try reader.read(into: $0) }
                }
            } catch {
                refusedCount += 1
            }
        }
        for at in columns.indices {
            var changed = columns
            changed[at] = UInt8(truncatingIfNeeded: random.next())
            read(changed, raw.bytes.count)
            read(Array(columns[..<at]), raw.bytes.count)
        }
        for byteCount in 0..<raw.bytes.count { read(columns, byteCount) }
        // Every one that is cut off, every target that is too short, and some of the changed.
        #expect(refusedCount > columns.count + raw.bytes.count)
        #expect(try unpack(raw.stored().bytes, raw.stored().block) == raw.bytes)
    }

    /// Two events without a byte that is not zero, each the only one of its class.
    @Test func eventsBeyondTheirClassAreRefused() throws {
        var commit = TestCommit.sample(1, events: 2)
        for index in 0..<2 {
            commit.events[index] = TestEvent(
                header: EventHeader(
                    kind: .delete, table: UInt16(index), schemaVersion: 1, id: .none,
                    previousPosition: 0, rowVersion: 0),
                payload: [])
        }
        let raw = try Raw([commit])
        var writer = ColumnWriter()
        let isWritten = raw.bytes.withUnsafeBytes { writer.write($0, of: raw.block) }
        try #require(isWritten)
        let numbers = 2 + 2 * EventClass.byteCount + EventClass.commitColumnCount
        for classes in [[0, 1], [0, 0], [1, 1], [1, 2]] as [[UInt8]] {
            var columns = writer.output.array
            columns.replaceSubrange(numbers..<numbers + 2, with: classes)
            var target = [UInt8](repeating: 0, count: raw.bytes.count)
            var problem: (any Error)?
            do {
                try columns.withUnsafeBytes { bytes in
                    var reader = try ColumnReader(bytes, of: raw.block)
                    try target.withUnsafeMutableBytes { try reader.read(into: $0) }
                }
            } catch { problem = error }
            #expect((problem == nil) == (classes == [0, 1]))
        }
    }
}
