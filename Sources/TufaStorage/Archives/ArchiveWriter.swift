internal import TufaBytes

/// Writes one archive from commits in order, under a name that nobody takes for an archive until
/// it was synced, read back and found to hold the same commits.
final class ArchiveWriter {
    private let fileSystem: any FileSystem
    private let root: String
    private let manifest: Manifest
    private let range: ClosedRange<UInt64>
    private let file: any File
    private let temporary: String
    private var trailer: ArchiveTrailer
    private var offset = UInt64(FilePrologue.pageByteCount)
    private var block: ArchiveBlock?
    /// Length of the commits so far, in bytes.
    var rawByteCount: UInt64 { trailer.rawByteCount }
    private var columns = ColumnWriter()
    private var raw = ByteWriter(capacity: ArchiveBlock.rawByteCount + 4096)
    private var output = ByteWriter(capacity: 2 << 20)
    private var index = ByteWriter(capacity: 64 << 10)
    private var isFinished = false

    init(
        _ fileSystem: any FileSystem, root: String, manifest: Manifest,
        range: ClosedRange<UInt64>, previousHash: RowID
    ) throws {
        self.fileSystem = fileSystem
        self.root = root
        self.manifest = manifest
        self.range = range
        trailer = ArchiveTrailer(
            prologue: manifest.prologue, first: range.lowerBound, last: range.upperBound,
            previousHash: previousHash)
        trailer.prologue.incompatible = ArchiveTrailer.columnsFeature
        temporary =
            root + "/" + FileNames.archive(range.lowerBound, range.upperBound)
            + FileNames.unfinished
        file = try fileSystem.open(temporary, .replace)
        try file.write(trailer.encoded(), at: 0)
    }

    deinit { if !isFinished { abandon() } }

    /// Appends a commit.
    func append(_ commit: CommitReader.Commit) throws {
        let bytes = unsafe commit.bytes
        if raw.count > 0, raw.count + bytes.count > ArchiveBlock.rawByteCount { try flushBlock() }
        if trailer.rawByteCount == 0 { trailer.firstTime = commit.time }
        var block =
            self.block
            ?? ArchiveBlock(
                firstPosition: commit.firstPosition, firstTime: commit.time, lastTime: commit.time)
        block.eventCount += commit.eventCount
        block.commitCount += 1
        block.lastTime = commit.time
        self.block = block
        trailer.lastTime = commit.time
        trailer.rawByteCount += UInt64(bytes.count)
        trailer.rawChecksum = unsafe CRC32C.update(trailer.rawChecksum, bytes)
        unsafe raw.bytes(bytes)
    }

    private func flushBlock() throws {
        guard var block else { return }
        let start = output.count
        output.zeros(ArchiveBlock.byteCount)
        unsafe block.append(raw.view, to: &output, &columns)
        output.padToEight()
        var header = ByteWriter(capacity: ArchiveBlock.byteCount)
        block.append(to: &header)
        unsafe UnsafeMutableRawBufferPointer(
            rebasing: output.mutableView[start..<start + ArchiveBlock.byteCount]
        ).copyMemory(from: header.view)
        index.u64(offset + UInt64(start))
        unsafe index.bytes(header.view)
        trailer.blockCount += 1
        self.block = nil
        raw.removeAll()
        if output.count >= 1 << 20 { try flushOutput() }
    }

    private func flushOutput() throws {
        unsafe try file.write(output.view, at: offset)
        offset += UInt64(output.count)
        output.removeAll()
    }

    /// Closes the archive, verifies it from the disk and gives it its name.
    ///
    /// - Returns: the hash that the next archive carries on.
    func finish() throws -> RowID {
        try flushBlock()
        try flushOutput()
        trailer.indexOffset = offset
        trailer.indexChecksum = unsafe CRC32C.checksum(index.view)
        trailer.hash = unsafe trailer.chainHash(index: index.view)
        trailer.fileByteCount =
            offset + UInt64(index.count) + UInt64(FilePrologue.pageByteCount)
        unsafe try file.write(index.view, at: offset)
        try file.write(trailer.encoded(), at: offset + UInt64(index.count))
        try file.syncData()
        try file.close()
        let reader = try ArchiveReader(
            fileSystem, root: root, range: range, manifest: manifest,
            suffix: FileNames.unfinished)
        guard reader.trailer == trailer else {
            throw DatabaseError(
                .damaged, "The archive was not read back as it was written.", file: reader.name)
        }
        try reader.verify()
        try fileSystem.rename(temporary, to: root + "/" + reader.name)
        try fileSystem.syncDirectory(root + "/" + FileNames.archive)
        isFinished = true
        return trailer.hash
    }

    func abandon() {
        isFinished = true
        try? file.close()
        try? fileSystem.unlink(temporary)
    }
}
