internal import TufaBytes

/// Reads commits in order, from the archives and then from the segments.
///
/// Every checksum and link on the way is checked. It may run while the log is written and archived:
/// a segment that has become an archive in the meantime is read there.
struct HistoryReader {
    let fileSystem: any FileSystem
    let root: String
    let manifest: Manifest

    /// Hands every commit with events in `first...last` to `body`, until it answers false.
    ///
    /// A commit that begins before `first` or ends after `last` is handed over whole.
    func read(
        from first: UInt64, through last: UInt64, _ body: (CommitReader.Commit) throws -> Bool
    ) throws {
        var next = max(first, manifest.basePosition + 1)
        var seal: (position: UInt64, checksum: UInt32)?
        var before: ArchiveTrailer?
        var retries = 0
        while next <= last {
            let start = next
            let files = try HistoryFiles.list(root, fileSystem)
            do {
                if let range = files.archives.first(where: { $0.contains(next) }) {
                    let archive = try ArchiveReader(
                        fileSystem, root: root, range: range, manifest: manifest)
                    try archive.requireLink(to: before)
                    before = archive.trailer
                    guard
                        try archive.read(
                            from: next, through: last,
                            { commit in
                                next = commit.position + 1
                                return try body(commit)
                            })
                    else { return }
                    next = max(next, min(last, range.upperBound) + 1)
                    seal = nil
                } else if let index = files.segments.lastIndex(where: { $0 <= next }) {
                    let isLast = index == files.segments.count - 1
                    guard
                        try readSegment(
                            files.segments[index], isLast: isLast, &next, last, &seal, body)
                    else { return }
                    // A segment that was sealed before this position is not the one that holds it.
                    if next == start { throw missing(next) }
                } else {
                    throw missing(next)
                }
            } catch let error as DatabaseError
                where error.code == .missingFile && retries < 3 && next == start
            {
                // Archived between the listing and the opening: look again.
                retries += 1
                if retries == 3 { throw error }
                continue
            }
            retries = 0
        }
    }

    /// Reads one segment; false when `body` wants no more.
    private func readSegment(
        _ position: UInt64, isLast: Bool, _ next: inout UInt64, _ last: UInt64,
        _ seal: inout (position: UInt64, checksum: UInt32)?,
        _ body: (CommitReader.Commit) throws -> Bool
    ) throws -> Bool {
        let name = FileNames.segment(position)
        let file = try fileSystem.open(root + "/" + name, .read)
        let segment = try SegmentHeader.read(file, name: name, forWriting: false)
        try manifest.requireOwn(segment.prologue, last: .max, file: name)
        if let seal, seal.position == position, seal.checksum != segment.previousChecksum {
            throw DatabaseError(
                .foreignFile, "The segment does not follow the one before it.", file: name,
                offset: 0, advice: "Put the right file in its place.")
        }
        let frames = FrameReader(file, name: name, segment)
        frames.skipsThrough = next - 1
        while next <= last {
            switch try frames.next() {
            case .frame(let header):
                if frames.nextPosition <= next { continue }
                let goesOn = try frames.commits(of: header) { commit in
                    if commit.position < next { return true }
                    if commit.firstPosition > last { return true }
                    next = commit.position + 1
                    return try body(commit)
                }
                if !goesOn { return false }
            case .seal(let header) where !isLast:
                guard frames.nextPosition == next else {
                    throw ended(frames, FormatProblem("the segment is sealed too early"))
                }
                seal = (next, header.checksum)
                return true
            case .seal, .zeros:
                throw ended(frames, FormatProblem("the log ends before position \(last)"))
            case .bad(let problem):
                throw ended(frames, problem)
            }
        }
        return true
    }

    private func missing(_ position: UInt64) -> DatabaseError {
        DatabaseError(
            .missingFile, "No file holds position \(position).", file: FileNames.segment(position),
            advice: "Put the file back, or restore from a backup.")
    }

    private func ended(_ frames: FrameReader, _ problem: FormatProblem) -> DatabaseError {
        var error = problem.damage(file: frames.name, base: frames.frameOffset)
        error.advice = Self.advice(through: frames.nextPosition - 1)
        return error
    }

    /// What can be done about damage behind a position up to which the history is whole.
    static func advice(through position: UInt64) -> String {
        let further = "or open it for reading up to the damage (--up-to-damage)."
        return position == 0
            ? "Restore from a backup, \(further)"
            : "Restore to position \(position) or an earlier one, or from a backup, \(further)"
    }
}
