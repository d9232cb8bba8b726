package import TufaBytes

/// Reads one snapshot; several threads may read from it at once.
package final class SnapshotReader: Sendable {
    /// The name, relative to the folder of the database.
    package let name: String
    /// The position as of which the state is.
    package let position: UInt64
    /// The time of the commit at that position.
    package let time: Int64
    /// The hash of the state.
    package let stateHash: RowID
    /// What the writer wanted to be kept with it.
    package let metadata: [UInt8]
    /// Length of the file, in bytes.
    package let byteCount: UInt64

    private let file: any File
    private let extents: [SnapshotSection: SnapshotExtent]
    private let order: [SnapshotSection]
    private let checksums: [UInt32]
    private let indexOffset: UInt64
    private let indexByteCount: Int

    init(
        _ fileSystem: any FileSystem, root: String, position: UInt64, manifest: Manifest,
        suffix: String = ""
    ) throws {
        let name = FileNames.snapshot(position)
        let file = try fileSystem.open(root + "/" + name + suffix, .read)
        let size = try file.byteCount()
        let (first, last) = try FilePrologue.ends(of: file, size, .snapshot, name: name)
        let head = try SnapshotTrailer.decode(first, file: name)
        let trailer = try SnapshotTrailer.decode(last, file: name)
        guard trailer.prologue == head.prologue, trailer.position == head.position,
            trailer.time == head.time
        else { throw Self.damaged(name, "its first and last page do not agree", 0) }
        try manifest.requireOwn(trailer.prologue, last: trailer.position, file: name)
        try trailer.requirePosition(position, file: name)
        try Self.checkLengths(trailer, size, name)
        let index = try file.bytes(count: Int(trailer.indexByteCount), at: trailer.indexOffset)
        guard index.count == Int(trailer.indexByteCount),
            CRC32C.checksum(index) == trailer.indexChecksum
        else {
            throw Self.damaged(
                name, "the checksum of its index does not match", trailer.indexOffset)
        }
        let parts = try Self.parse(index, trailer, name)
        self.name = name
        self.position = position
        self.time = trailer.time
        stateHash = trailer.stateHash
        byteCount = size
        self.file = file
        metadata = parts.metadata
        extents = parts.extents
        order = parts.order
        checksums = parts.checksums
        indexOffset = trailer.indexOffset
        indexByteCount = index.count
    }

    private struct Index {
        var extents: [SnapshotSection: SnapshotExtent] = [:]
        var order: [SnapshotSection] = []
        var checksums: [UInt32] = []
        var metadata: [UInt8] = []
    }

    private static func parse(
        _ bytes: [UInt8], _ trailer: SnapshotTrailer, _ name: String
    ) throws -> Index {
        var index = Index()
        unsafe try bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            var nextPage: UInt64 = 0
            for _ in 0..<trailer.sectionCount {
                let section = SnapshotSection(
                    kind: try reader.u32(), a: try reader.u32(), b: try reader.u32())
                try reader.skip(4)
                let extent = SnapshotExtent(
                    section: section, firstPage: try reader.u64(), byteCount: try reader.u64())
                guard extent.firstPage == nextPage, index.extents[section] == nil,
                    extent.pageCount <= trailer.pageCount - nextPage
                else {
                    throw damaged(name, "its sections overlap", trailer.indexOffset)
                }
                nextPage += extent.pageCount
                index.extents[section] = extent
                index.order.append(section)
            }
            index.checksums.reserveCapacity(Int(trailer.pageCount))
            for _ in 0..<trailer.pageCount { index.checksums.append(try reader.u32()) }
            index.metadata = unsafe Array(try reader.bytes(reader.remaining))
        }
        return index
    }

    private static func checkLengths(
        _ trailer: SnapshotTrailer, _ size: UInt64, _ name: String
    ) throws {
        let pages = size / UInt64(SnapshotFormat.pageByteCount)
        let least =
            UInt64(trailer.sectionCount) * UInt64(SnapshotExtent.byteCount)
            + UInt64(trailer.metadataByteCount)
        guard trailer.fileByteCount == size, trailer.pageCount < pages,
            trailer.indexByteCount <= SnapshotFormat.maximumIndexByteCount,
            trailer.indexByteCount == least + trailer.pageCount * 4,
            trailer.indexOffset == SnapshotFormat.offset(ofPage: trailer.pageCount),
            trailer.indexByteCount <= size - trailer.indexOffset,
            size - trailer.indexOffset - trailer.indexByteCount
                < UInt64(2 * FilePrologue.pageByteCount)
        else { throw damaged(name, "its lengths do not agree", size) }
    }

    private static func damaged(_ name: String, _ why: String, _ offset: UInt64) -> DatabaseError {
        DatabaseError(
            .damaged, "The snapshot is damaged: \(why).", file: name, offset: offset,
            advice: "It can be deleted while the log and the archives are whole.")
    }

    /// The sections, in the order in which they were written.
    package var sections: [SnapshotSection] { order }

    /// How many bytes a section holds; nil where there is none of that name.
    package func byteCount(of section: SnapshotSection) -> Int? {
        extents[section].map { Int($0.byteCount) }
    }

    /// Reads `target.count` bytes of a section from `offset` on, checking the pages they lie in.
    ///
    /// - Complexity: O(bytes); whole pages are read straight into the target, 4 MiB at a time.
    /// - Throws: ``DatabaseError`` `.damaged` with the offset of the page that is.
    @unsafe
    package func read(
        _ section: SnapshotSection, at offset: Int = 0, into target: UnsafeMutableRawBufferPointer
    ) throws {
        guard let extent = extents[section], offset >= 0,
            UInt64(offset) + UInt64(target.count) <= extent.byteCount
        else {
            throw DatabaseError(
                .damaged, "The snapshot lacks a part that is expected in it.", file: name)
        }
        let size = SnapshotFormat.pageByteCount
        var done = 0
        while done < target.count {
            let at = offset + done
            let page = extent.firstPage + UInt64(at / size)
            let start = at % size
            let rest = target.count - done
            if start == 0, rest >= size {
                let count = min(rest - rest % size, 4 << 20)
                unsafe try readPages(
                    page, UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count]))
                done += count
            } else {
                let count = min(size - start, rest)
                unsafe try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { whole in
                    unsafe try readPages(page, whole)
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[done..<done + count])
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: whole[start..<start + count]))
                }
                done += count
            }
        }
    }

    @unsafe
    private func readPages(_ first: UInt64, _ target: UnsafeMutableRawBufferPointer) throws {
        let size = SnapshotFormat.pageByteCount
        let offset = SnapshotFormat.offset(ofPage: first)
        guard unsafe try file.read(into: target, at: offset) == target.count else {
            throw Self.damaged(name, "it is cut off", offset)
        }
        for index in 0..<target.count / size {
            let page = unsafe UnsafeRawBufferPointer(
                rebasing: target[index * size..<(index + 1) * size])
            guard unsafe CRC32C.checksum(page) == checksums[Int(first) + index] else {
                throw Self.damaged(
                    name, "the checksum of a page does not match",
                    offset + UInt64(index * size))
            }
        }
    }

    /// A whole section.
    package func contents(of section: SnapshotSection) throws -> [UInt8] {
        unsafe try [UInt8](unsafeUninitializedCapacity: byteCount(of: section) ?? 0) {
            target, count in
            unsafe try read(section, into: UnsafeMutableRawBufferPointer(target))
            count = target.count
        }
    }

    /// Reads every page and checks it.
    ///
    /// - Parameter pace: How it gives way to others.
    package func verify(pace: Pace? = nil) throws {
        let size = SnapshotFormat.pageByteCount
        let pagesPerPiece = pace == nil ? 256 : 8
        let pieceByteCount = pagesPerPiece * size
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(pieceByteCount, max(checksums.count, 1) * size), alignment: 64)
        defer { unsafe buffer.deallocate() }
        var page = 0
        while page < checksums.count {
            let count = min(pagesPerPiece, checksums.count - page)
            unsafe try readPages(
                UInt64(page), UnsafeMutableRawBufferPointer(rebasing: buffer[..<(count * size)]))
            page += count
            pace?.pause()
        }
        let pageByteCount = FilePrologue.pageByteCount
        let indexEnd = indexOffset + UInt64(indexByteCount)
        for (start, end) in [
            (UInt64(pageByteCount), UInt64(size)), (indexEnd, byteCount - UInt64(pageByteCount)),
        ] where start < end {
            let fill = try file.bytes(count: Int(min(end - start, UInt64(size))), at: start)
            guard fill.allSatisfy({ $0 == 0 }) else {
                throw Self.damaged(name, "there is something where nothing should be", start)
            }
        }
    }
}
