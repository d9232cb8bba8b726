internal import TufaBytes

/// Reads one archive: its index when it is opened, its blocks when they are asked for.
final class ArchiveReader: Sendable {
    let name: String
    let trailer: ArchiveTrailer
    let entries: [ArchiveIndexEntry]
    private let file: any File

    init(
        _ fileSystem: any FileSystem, root: String, range: ClosedRange<UInt64>, manifest: Manifest,
        suffix: String = ""
    ) throws {
        let name = FileNames.archive(range.lowerBound, range.upperBound)
        let file = try fileSystem.open(root + "/" + name + suffix, .read)
        let size = try file.byteCount()
        let pageByteCount = UInt64(FilePrologue.pageByteCount)
        let (first, last) = try FilePrologue.ends(of: file, size, .archive, name: name)
        let head = try ArchiveTrailer.decode(first, file: name)
        let trailer = try ArchiveTrailer.decode(last, file: name)
        guard head.prologue == trailer.prologue, head.first == trailer.first,
            head.last == trailer.last, head.previousHash == trailer.previousHash
        else { throw Self.damaged(name, "its first and last page do not agree", 0) }
        try manifest.requireOwn(trailer.prologue, last: trailer.last, file: name)
        guard trailer.first...max(trailer.first, trailer.last) == range else {
            throw DatabaseError(
                .foreignFile,
                "The archive holds positions \(trailer.first) to \(trailer.last), "
                    + "against its name.", file: name, advice: "Give the file its own name back.")
        }
        let lineByteCount = UInt64(ArchiveIndexEntry.byteCount)
        guard trailer.fileByteCount == size, trailer.indexOffset >= pageByteCount,
            trailer.indexOffset <= size - pageByteCount,
            trailer.blockCount <= (size - pageByteCount - trailer.indexOffset) / lineByteCount,
            trailer.blockCount > 0,
            size == trailer.indexOffset + trailer.blockCount * lineByteCount + pageByteCount
        else { throw Self.damaged(name, "its lengths do not agree", size) }
        let index = try file.bytes(
            count: Int(trailer.blockCount * lineByteCount), at: trailer.indexOffset)
        guard CRC32C.checksum(index) == trailer.indexChecksum else {
            throw Self.damaged(
                name, "the checksum of its index does not match", trailer.indexOffset)
        }
        guard unsafe index.withUnsafeBytes({ unsafe trailer.chainHash(index: $0) }) == trailer.hash
        else { throw Self.damaged(name, "its hash does not match", size - pageByteCount) }
        self.name = name
        self.file = file
        self.trailer = trailer
        entries = try Self.parse(index, trailer, name)
    }

    /// Throws unless the first page of an archive is of a history.
    static func requireOwn(
        _ fileSystem: any FileSystem, root: String, _ range: ClosedRange<UInt64>,
        _ manifest: Manifest
    ) throws {
        let name = FileNames.archive(range.lowerBound, range.upperBound)
        let file = try fileSystem.open(root + "/" + name, .read)
        let head = try ArchiveTrailer.decode(
            try file.bytes(count: FilePrologue.pageByteCount, at: 0), file: name)
        try manifest.requireOwn(head.prologue, last: head.last, file: name)
    }

    /// The range that an archive of a history has by its first page, under whatever name it stands;
    /// nil where the page is not whole or is of another history.
    static func ownRange(
        _ file: any File, name: String, _ manifest: Manifest
    ) -> ClosedRange<UInt64>? {
        guard let page = try? file.bytes(count: FilePrologue.pageByteCount, at: 0),
            let head = try? ArchiveTrailer.decode(page, file: name), head.first <= head.last,
            manifest.accepts(head.prologue, last: head.last)
        else { return nil }
        return head.first...head.last
    }

    /// Throws where this archive follows another one and names the hash of a third.
    func requireLink(to before: ArchiveTrailer?) throws {
        guard let before, before.last &+ 1 == trailer.first, before.hash != trailer.previousHash
        else { return }
        throw DatabaseError(
            .foreignFile, "The archive does not follow the one before it.", file: name, offset: 0,
            advice: "Put the right file in its place.")
    }

    private static func parse(
        _ index: [UInt8], _ trailer: ArchiveTrailer, _ name: String
    ) throws -> [ArchiveIndexEntry] {
        unsafe try index.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            var entries: [ArchiveIndexEntry] = []
            var offset = UInt64(FilePrologue.pageByteCount)
            var position = trailer.first
            do {
                for _ in 0..<trailer.blockCount {
                    let entry = ArchiveIndexEntry(
                        offset: try reader.u64(), block: try ArchiveBlock.read(&reader))
                    guard entry.offset == offset, entry.block.firstPosition == position else {
                        throw FormatProblem("its blocks do not follow each other")
                    }
                    guard entry.block.flags != ArchiveBlock.byColumns || trailer.hasColumns else {
                        throw FormatProblem("a block is by columns, and the archive has none")
                    }
                    offset &+= entry.block.wholeByteCount
                    guard offset <= trailer.indexOffset else {
                        throw FormatProblem("its blocks reach into its index")
                    }
                    position &+= UInt64(entry.block.eventCount)
                    entries.append(entry)
                }
                guard offset == trailer.indexOffset, position &- 1 == trailer.last else {
                    throw FormatProblem("its blocks do not fill it")
                }
            } catch let problem as FormatProblem {
                throw problem.damage(file: name, base: trailer.indexOffset)
            }
            return entries
        }
    }

    private static func damaged(_ name: String, _ why: String, _ offset: UInt64) -> DatabaseError {
        DatabaseError(
            .damaged, "The archive is damaged: \(why).", file: name, offset: offset,
            advice: "Restore it from a backup.")
    }

    /// The first position of the block in which the last commit at or before `time` stands, or the
    /// first of all.
    func position(near time: Int64) -> UInt64 {
        entries.last { $0.block.firstTime <= time }?.block.firstPosition ?? trailer.first
    }

    /// The number of the block that holds a position.
    private func block(holding position: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if entries[middle].block.firstPosition <= position {
                low = middle
            } else {
                high = middle
            }
        }
        return low
    }

    /// Hands every commit with events in `first...last` to `body`; false when that wants no more.
    ///
    /// - Complexity: O(bytes of the blocks that hold them).
    func read(
        from first: UInt64, through last: UInt64, _ body: (CommitReader.Commit) throws -> Bool
    ) throws -> Bool {
        unsafe try readBlocks(from: block(holding: first), while: { $0.firstPosition <= last }) {
            commits in
            while let commit = try commits.next() {
                if commit.position < first || commit.firstPosition > last { continue }
                if try !body(commit) { return false }
            }
            return true
        }
    }

    /// Reads every block and checks it all the way down to its events.
    func verify() throws {
        var checksum: UInt32 = 0
        var rawByteCount: UInt64 = 0
        _ = unsafe try readBlocks(
            from: 0, while: { _ in true },
            raw: { bytes in
                checksum = unsafe CRC32C.update(checksum, bytes)
                rawByteCount += UInt64(bytes.count)
            },
            { commits in
                while try commits.next() != nil {}
                return true
            })
        guard checksum == trailer.rawChecksum, rawByteCount == trailer.rawByteCount else {
            throw Self.damaged(name, "the checksum of its content does not match", 0)
        }
    }

    @unsafe
    private func readBlocks(
        from start: Int, while isWanted: (ArchiveBlock) -> Bool,
        raw: ((UnsafeRawBufferPointer) -> Void)? = nil,
        _ body: (inout CommitReader) throws -> Bool
    ) throws -> Bool {
        var stored = ByteWriter(capacity: 2 << 20)
        var memory = BlockMemory()
        var index = start
        while index < entries.count, isWanted(entries[index].block) {
            // As many blocks as fit into one large read, and at least one.
            var end = index
            var byteCount: UInt64 = 0
            while end < entries.count, end == index || byteCount < 1 << 20 {
                byteCount += entries[end].block.wholeByteCount
                end += 1
            }
            stored.removeAll()
            _ = unsafe stored.extend(Int(byteCount))
            let base = entries[index].offset
            guard unsafe try file.read(into: stored.mutableView, at: base) == Int(byteCount) else {
                throw Self.damaged(name, "it is cut off", base)
            }
            for entry in entries[index..<end] {
                if !isWanted(entry.block) { return true }
                do {
                    let at = Int(entry.offset - base)
                    let bytes = unsafe UnsafeRawBufferPointer(
                        rebasing: stored.view[at..<at + Int(entry.block.wholeByteCount)])
                    guard unsafe try visit(entry.block, bytes, &memory, raw, body) else {
                        return false
                    }
                } catch let problem as FormatProblem {
                    throw Self.damaged(name, problem.reason, entry.offset)
                }
            }
            index = end
        }
        return true
    }

    /// Memory for a block that is unpacked, used again for the next.
    private struct BlockMemory: ~Copyable {
        var commits = ByteWriter(capacity: ArchiveBlock.rawByteCount + 4096)
        var columns = ByteWriter(capacity: ArchiveBlock.rawByteCount)
    }

    /// Checks one block, unpacks it and hands its commits over.
    @unsafe
    private func visit(
        _ block: ArchiveBlock, _ bytes: UnsafeRawBufferPointer, _ memory: inout BlockMemory,
        _ raw: ((UnsafeRawBufferPointer) -> Void)?, _ body: (inout CommitReader) throws -> Bool
    ) throws -> Bool {
        var header = unsafe ByteReader(bytes)
        guard try ArchiveBlock.read(&header) == block else {
            throw FormatProblem("a block is not the one that the index names")
        }
        let payload = unsafe try header.bytes(Int(block.storedByteCount))
        let fill = unsafe try header.bytes(header.remaining)
        guard unsafe CRC32C.checksum(payload) == block.checksum, unsafe ZeroScan.isZero(fill) else {
            throw FormatProblem("the checksum of a block does not match")
        }
        var content = unsafe payload
        if block.flags & ArchiveBlock.storedRaw == 0 {
            memory.commits.removeAll()
            _ = unsafe memory.commits.extend(Int(block.rawByteCount))
            unsafe try block.unpack(payload, into: memory.commits.mutableView, &memory.columns)
            unsafe content = memory.commits.view
        }
        unsafe raw?(content)
        let (before, isFirst) = block.firstTime.subtractingReportingOverflow(1)
        var commits = unsafe CommitReader(
            content, firstPosition: block.firstPosition, after: isFirst ? .min : before)
        guard try body(&commits) else { return false }
        guard commits.isAtEnd, commits.nextPosition == block.lastPosition &+ 1,
            commits.lastTime == block.lastTime
        else { throw FormatProblem("a block does not hold what its header says") }
        return true
    }
}
