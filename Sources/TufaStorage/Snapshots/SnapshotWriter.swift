package import TufaBytes

/// Writes one snapshot, section after section, under a name that nobody takes for a snapshot until
/// it was synced, read back and found good.
package final class SnapshotWriter {
    private let fileSystem: any FileSystem
    private let root: String
    private let manifest: Manifest
    private let temporary: String
    private let file: any File
    private var trailer: SnapshotTrailer
    private var extents: [SnapshotExtent] = []
    private var checksums: [UInt32] = []
    private var isOpen = false
    private let pace: Pace?
    // The part of a page that the pieces so far have not filled.
    private var page: ByteWriter
    private var isFinished = false

    /// Begins a snapshot of the state as of the commit at `position`, which is on the disk.
    ///
    /// - Parameter pace: How it gives way to others, on the processors and on the disk.
    package init(
        _ directory: DatabaseDirectory, position: UInt64, time: Int64, pace: Pace? = nil
    ) throws {
        self.pace = pace
        _ = try directory.writable()
        fileSystem = directory.fileSystem
        root = directory.root
        manifest = directory.manifest
        page = ByteWriter(capacity: SnapshotFormat.pageByteCount)
        trailer = SnapshotTrailer(prologue: manifest.prologue, position: position, time: time)
        temporary = root + "/" + FileNames.snapshot(position) + FileNames.unfinished
        file = try fileSystem.open(temporary, .replace)
        try file.write(trailer.encoded(), at: 0)
        try file.write(
            [UInt8](
                repeating: 0, count: SnapshotFormat.pageByteCount - FilePrologue.pageByteCount),
            at: UInt64(FilePrologue.pageByteCount))
    }

    deinit { if !isFinished { abandon() } }

    /// Begins a section, whose name no other section of the snapshot has.
    package func begin(_ section: SnapshotSection) {
        precondition(!isOpen, "The section before was not ended.")
        precondition(
            !extents.contains { $0.section == section }, "A section of that name is there already.")
        isOpen = true
        extents.append(
            SnapshotExtent(section: section, firstPage: UInt64(checksums.count), byteCount: 0))
    }

    /// Appends bytes to the open section.
    ///
    /// - Complexity: O(bytes); whole pages are written straight from the caller's memory.
    @unsafe
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        precondition(isOpen, "There is no open section.")
        extents[extents.count - 1].byteCount += UInt64(bytes.count)
        let size = SnapshotFormat.pageByteCount
        var rest = unsafe bytes
        if page.count > 0 {
            let count = min(size - page.count, rest.count)
            unsafe page.bytes(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            if page.count == size { try flushPage() }
        }
        let whole = rest.count - rest.count % size
        if whole > 0 {
            unsafe try writePages(UnsafeRawBufferPointer(rebasing: rest[..<whole]))
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[whole...])
        }
        unsafe page.bytes(rest)
    }

    /// Ends the open section.
    package func endSection() throws {
        precondition(isOpen, "There is no open section.")
        isOpen = false
        if page.count > 0 {
            page.zeros(SnapshotFormat.pageByteCount - page.count)
            try flushPage()
        }
    }

    private func flushPage() throws {
        unsafe try writePages(page.view)
        page.removeAll()
    }

    /// Writes whole pages: at once, or one by one while others want processors and disk.
    @unsafe
    private func writePages(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = unsafe bytes
        while rest.count > 0 {
            let givesWay = pace?.givesWay ?? false
            let count = givesWay ? SnapshotFormat.pageByteCount : rest.count
            let offset = SnapshotFormat.offset(ofPage: UInt64(checksums.count))
            let piece = unsafe UnsafeRawBufferPointer(rebasing: rest[..<count])
            unsafe try file.write(piece, at: offset)
            unsafe noteChecksums(of: piece)
            // Else all of it would leave at once, and a sync of the log wait behind it.
            if givesWay { try file.writeOut(from: offset, count: count) }
            pace?.pause()
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    @unsafe
    private func noteChecksums(of pages: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: pages.count, by: SnapshotFormat.pageByteCount) {
            let end = start + SnapshotFormat.pageByteCount
            checksums.append(
                unsafe CRC32C.checksum(UnsafeRawBufferPointer(rebasing: pages[start..<end])))
        }
    }

    /// Closes the snapshot, verifies it from the disk and gives it its name.
    ///
    /// - Returns: the name, relative to the folder of the database.
    @discardableResult
    package func finish(metadata: [UInt8], stateHash: RowID) throws -> String {
        precondition(!isOpen, "A section was not ended.")
        var index = ByteWriter(capacity: 4 * checksums.count + 64 * extents.count + 64)
        for extent in extents {
            index.u32(extent.section.kind)
            index.u32(extent.section.a)
            index.u32(extent.section.b)
            index.u32(0)
            index.u64(extent.firstPage)
            index.u64(extent.byteCount)
        }
        for checksum in checksums { index.u32(checksum) }
        index.bytes(metadata)
        trailer.pageCount = UInt64(checksums.count)
        trailer.sectionCount = UInt32(extents.count)
        trailer.metadataByteCount = UInt32(metadata.count)
        trailer.indexOffset = SnapshotFormat.offset(ofPage: trailer.pageCount)
        trailer.indexByteCount = UInt64(index.count)
        trailer.indexChecksum = unsafe CRC32C.checksum(index.view)
        trailer.stateHash = stateHash
        index.zeros(-index.count & (FilePrologue.pageByteCount - 1))
        let end = trailer.indexOffset + UInt64(index.count)
        trailer.fileByteCount = end + UInt64(FilePrologue.pageByteCount)
        unsafe try file.write(index.view, at: trailer.indexOffset)
        try file.write(trailer.encoded(), at: end)
        try file.syncData()
        try file.close()
        let name = FileNames.snapshot(trailer.position)
        try SnapshotReader(
            fileSystem, root: root, position: trailer.position, manifest: manifest,
            suffix: FileNames.unfinished
        ).verify(pace: pace)
        try fileSystem.rename(temporary, to: root + "/" + name)
        try fileSystem.syncDirectory(root + "/" + FileNames.snapshots)
        isFinished = true
        return name
    }

    /// Gives the snapshot up and removes its file.
    package func abandon() {
        isFinished = true
        try? file.close()
        try? fileSystem.unlink(temporary)
    }
}
