internal import TufaBytes

/// What the files of a database held at one reading, as a checksum for each piece of each, so that
/// another reading can be compared: a disk that gives two answers has one of them wrong.
///
/// Only bytes that no writer changes are looked at: whole archives, snapshots and sealed segments,
/// of the last segment what lies before its end, and the manifest's slots that are not rewritten
/// meanwhile. An operating system may answer the second reading from memory, and then nothing is
/// seen.
package struct FileDigests {
    private struct Digest {
        var byteCount: UInt64
        var checksums: [UInt32]
    }

    static let pieceByteCount = 1 << 20

    private let fileSystem: any FileSystem
    private let root: String
    private var files: [(name: String, digest: Digest)] = []
    private var manifest: [UInt8]?

    /// Reads every file once; what cannot be read is left to whoever checks it.
    ///
    /// - Complexity: O(bytes of the database).
    package init(_ fileSystem: any FileSystem, root: String) {
        self.fileSystem = fileSystem
        self.root = root
        manifest = readManifest()
        for folder in [FileNames.archive, FileNames.snapshots, FileNames.log] {
            let names = ((try? fileSystem.list(root + "/" + folder)) ?? [])
                .filter { !$0.hasSuffix(FileNames.unfinished) }
            for name in names {
                let path = folder + "/" + name
                let isLive = folder == FileNames.log && name == names.last
                let limit = isLive ? endOfFrames(path) : .max
                if let limit, let digest = try? digest(path, upTo: limit) {
                    files.append((path, digest))
                }
            }
        }
    }

    /// Reads every file again, and tells of each that is not what it was.
    ///
    /// - Complexity: O(bytes of the database).
    package func compareAgain() -> [VerifyReport.Finding] {
        var findings: [VerifyReport.Finding] = []
        func add(_ name: String, _ offset: UInt64, _ what: String) {
            findings.append(
                .init(
                    file: name, offset: offset, kind: "second_reading",
                    message: "\(what) The disk, its cable or the memory cannot be trusted.",
                    isHarmless: false))
        }
        if let offset = changeOfManifest() {
            add(FileNames.manifest, offset, "Read twice, the slot was not the same.")
        }
        for (name, first) in files {
            do {
                let second = try digest(name, upTo: first.byteCount)
                let size = UInt64(Self.pieceByteCount)
                let pairs = zip(first.checksums, second.checksums).enumerated()
                if let piece = pairs.first(where: { $1.0 != $1.1 })?.offset {
                    add(
                        name, UInt64(piece) * size,
                        "Read twice, the \(min(size, first.byteCount)) bytes from here on were not "
                            + "the same.")
                } else if second.byteCount != first.byteCount {
                    add(
                        name, min(first.byteCount, second.byteCount),
                        "Read twice, the file had \(first.byteCount) and \(second.byteCount) bytes."
                    )
                }
            } catch let error as DatabaseError where error.code == .missingFile {
                // A writer has archived or replaced it in the meantime.
            } catch {
                add(name, 0, "The file could be read once and not a second time: \(error).")
            }
        }
        return findings
    }

    private func digest(_ name: String, upTo limit: UInt64) throws -> Digest {
        let file = try fileSystem.open(root + "/" + name, .read)
        var digest = Digest(byteCount: 0, checksums: [])
        while digest.byteCount < limit {
            let count = Int(min(UInt64(Self.pieceByteCount), limit - digest.byteCount))
            let piece = try file.bytes(count: count, at: digest.byteCount)
            if piece.isEmpty { break }
            digest.checksums.append(CRC32C.checksum(piece))
            digest.byteCount += UInt64(piece.count)
        }
        return digest
    }

    /// Where the whole frames of a segment end: what stands before is never written again.
    private func endOfFrames(_ name: String) -> UInt64? {
        do {
            let file = try fileSystem.open(root + "/" + name, .read)
            let segment = try SegmentHeader.read(file, name: name, forWriting: false)
            let frames = FrameReader(file, name: name, segment)
            while case .frame = try frames.next() {}
            return frames.frameOffset
        } catch {
            return nil
        }
    }

    private func readManifest() -> [UInt8]? {
        try? fileSystem.contents(
            of: root + "/" + FileNames.manifest, limit: 2 * FilePrologue.pageByteCount)
    }

    /// The slot that is another than before, unless a writer has put a later version there.
    private func changeOfManifest() -> UInt64? {
        guard let manifest, let again = readManifest(), manifest != again else { return nil }
        let size = FilePrologue.pageByteCount
        for slot in 0..<2 {
            let old = Array(manifest.dropFirst(slot * size).prefix(size))
            let new = Array(again.dropFirst(slot * size).prefix(size))
            if old == new { continue }
            let before = (try? Manifest.decode(old, forWriting: false))?.generation ?? 0
            let after = (try? Manifest.decode(new, forWriting: false))?.generation ?? 0
            if after <= before { return UInt64(slot * size) }
        }
        return nil
    }
}
