internal import TufaBytes

extension StorageVerifier {
    /// Walks every segment; the seal of each must be what the next one is linked to.
    mutating func checkSegments(_ files: HistoryFiles, _ manifest: Manifest) {
        let archived = files.lastArchived(base: manifest.basePosition)
        var link: (position: UInt64, checksum: UInt32)?
        for (index, position) in files.segments.enumerated() {
            let name = FileNames.segment(position)
            let isLast = index == files.segments.count - 1
            let isArchived = !isLast && files.segments[index + 1] <= archived + 1
            if isArchived {
                report.findings.append(
                    .init(
                        file: name, offset: 0, kind: "archived_segment",
                        message: "An archive holds the segment as well.", isHarmless: true))
            }
            do {
                let seal =
                    isLast
                    ? try checkLast(name, files, manifest, link)
                    : try checkSealed(name, manifest, link)
                link = seal
                if isArchived { continue }
                report.eventCount += (seal?.position ?? report.lastPosition + 1) - position
            } catch {
                // Nobody reads a segment whose events an archive gives, and opening removes it.
                note(error, name, isHarmless: isArchived && areArchivesSound)
                link = nil
            }
        }
    }

    private var areArchivesSound: Bool {
        report.findings.allSatisfy { $0.isHarmless || !$0.file.hasPrefix(FileNames.archive) }
    }

    private mutating func open(
        _ name: String, _ manifest: Manifest, _ link: (position: UInt64, checksum: UInt32)?
    ) throws -> FrameReader {
        report.fileCount += 1
        let file = try fileSystem.open(root + "/" + name, .read)
        report.byteCount += try file.byteCount()
        let segment = try SegmentHeader.read(file, name: name, forWriting: false)
        try manifest.requireOwn(segment.prologue, last: .max, file: name)
        if let link,
            link.position != segment.firstPosition || link.checksum != segment.previousChecksum
        {
            throw DatabaseError(
                .foreignFile, "The segment does not follow the one before it.", file: name,
                offset: 0)
        }
        return FrameReader(file, name: name, segment)
    }

    private mutating func checkSealed(
        _ name: String, _ manifest: Manifest, _ link: (position: UInt64, checksum: UInt32)?
    ) throws -> (position: UInt64, checksum: UInt32)? {
        let frames = try open(name, manifest, link)
        defer { report.lastPosition = max(report.lastPosition, frames.nextPosition - 1) }
        while true {
            switch try frames.next() {
            case .frame(let header):
                _ = try frames.commits(of: header) { _ in true }
            case .seal(let header):
                try checkRest(name, frames.file, frames.segment, behind: frames.frameOffset)
                return (frames.nextPosition, header.checksum)
            case .zeros:
                throw FormatProblem("the segment has no seal, yet a later one is there")
                    .damage(file: name, base: frames.frameOffset)
            case .bad(let problem):
                throw problem.damage(file: name, base: frames.frameOffset)
            }
        }
    }

    private mutating func checkLast(
        _ name: String, _ files: HistoryFiles, _ manifest: Manifest,
        _ link: (position: UInt64, checksum: UInt32)?
    ) throws -> (position: UInt64, checksum: UInt32)? {
        _ = try open(name, manifest, link)
        var found = RecoveryReport()
        // Foreign files are found where each file is looked at; here they prove nothing.
        let witness = try Witness.find(fileSystem, root: root, files, manifest) { _ in }
        let tail = try LogRecovery(
            fileSystem: fileSystem, root: root, manifest: manifest,
            witnessedPosition: witness.position, witness: witness.name, repairs: false,
            acceptsDamage: true
        ).run(lastSegment: name, &found)
        for finding in found.findings {
            let isDamage = finding.kind == .damage
            report.findings.append(
                .init(
                    file: finding.file, offset: finding.offset,
                    kind: isDamage ? DatabaseError.Code.damaged.name : finding.kind.rawValue,
                    message: finding.message, isHarmless: !isDamage))
        }
        if tail.sealChecksum != nil {
            try checkRest(name, tail.file, tail.segment, behind: tail.offset)
        }
        report.lastPosition = max(report.lastPosition, tail.nextPosition - 1)
        return (tail.nextPosition, 0)
    }

    /// Reports what stands behind a seal, where the format has zeros.
    private mutating func checkRest(
        _ name: String, _ file: any File, _ segment: SegmentHeader, behind seal: UInt64
    ) throws {
        let start = seal + UInt64(FrameHeader.byteCount)
        guard let last = try SegmentRest(file, segment, from: start).lastNonZero else { return }
        report.findings.append(
            .init(
                file: name, offset: start, kind: "stray_bytes",
                message: "Behind the seal, where zeros should be, something stands up to byte "
                    + "\(last); nothing reads it.", isHarmless: true))
    }
}
