@testable import TufaBytes
@testable import TufaStorage

/// The frames of a segment, behind a header page that fits the first of them; and commits alone.
enum LogInput {
    /// Feeds the frames as they are, and once more with every checksum made right, so that what is
    /// behind the checksums is reached too.
    static func feedFrames(_ bytes: [UInt8]) throws {
        try feed(bytes)
        let mended = mended(bytes)
        if mended != bytes { try feed(mended) }
    }

    static func feedCommits(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { payload in
            var reader = CommitReader(
                payload, firstPosition: bytes.number(UInt64.self, at: 8), after: .min)
            do {
                while let commit = try reader.next() { try walk(commit) }
                try BrokenPromise.unless(reader.isAtEnd, "Commits end before their bytes")
                try ColumnInput.checkRoundTrip(of: bytes)
            } catch let problem as FormatProblem {
                try BrokenPromise.unless(
                    problem.offset >= 0 && problem.offset <= bytes.count,
                    "A problem at \(problem.offset) lies outside of the bytes")
            }
        }
    }

    private static func feed(_ frames: [UInt8]) throws {
        var header = SegmentHeader(
            prologue: FilePrologue(databaseID: .none, lineage: .none),
            firstPosition: frames.number(UInt64.self, at: 16),
            salt: frames.number(UInt64.self, at: 24), byteCount: 0,
            previousChecksum: frames.number(UInt32.self, at: 52), previousTime: .min)
        header.byteCount = UInt64(SegmentHeader.byteCount + frames.count)
        let name = FileNames.segment(header.firstPosition)
        let file = try MemoryInput.file(name, header.encoded() + frames)
        _ = try BrokenPromise.expecting([.damaged], file: name) {
            let read = try SegmentHeader.read(file, name: name, forWriting: true)
            try BrokenPromise.unless(read == header, "A header that was written reads otherwise")
            let reader = FrameReader(file, name: name, read)
            while case .frame(let frame) = try reader.next() {
                try checkRoundTrip(of: frame)
                _ = try reader.commits(of: frame) { commit in
                    try walk(commit)
                    return true
                }
            }
        }
    }

    private static func checkRoundTrip(of frame: FrameHeader) throws {
        var copy = frame
        try withUnsafeTemporaryAllocation(byteCount: FrameHeader.byteCount, alignment: 8) {
            guard let base = $0.baseAddress else { return }
            copy.store(to: base)
            guard case .success(frame) = FrameHeader.load(base) else {
                throw BrokenPromise("A frame header that was written reads otherwise")
            }
        }
    }

    /// Reads all of a commit, and writes its events' headers again.
    static func walk(_ commit: CommitReader.Commit) throws {
        let texts = commit.actor.utf8.count + commit.label.utf8.count + commit.key.utf8.count
        var sum = commit.metadata.reduce(texts) { $0 &+ Int($1) }
        sum = commit.bytes.reduce(sum) { $0 &+ Int($1) }
        var count: UInt32 = 0
        for event in commit.events {
            sum = event.payload.reduce(sum) { $0 &+ Int($1) }
            count += 1
            let copied = withUnsafeTemporaryAllocation(
                byteCount: EventHeader.byteCount, alignment: 8
            ) { target -> Bool in
                guard let base = target.baseAddress else { return false }
                event.header.store(to: base, payloadByteCount: event.payload.count)
                let original = UnsafeRawBufferPointer(
                    start: event.base, count: EventHeader.byteCount)
                return original.elementsEqual(target)
            }
            try BrokenPromise.unless(copied, "The header of an event is written otherwise")
        }
        try BrokenPromise.unless(
            count == commit.eventCount && commit.position >= commit.firstPosition && sum >= 0,
            "A commit of \(commit.eventCount) events has \(count)")
    }

    /// The frames with their checksums and links made right.
    private static func mended(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var at = 0
        var previous = bytes.number(UInt32.self, at: 52)
        while at + FrameHeader.byteCount <= bytes.count {
            let start = at + FrameHeader.byteCount
            let end = start + Int(bytes.number(UInt32.self, at: at + 4))
            bytes.put(FrameHeader.magic, at: at)
            bytes.put(bytes.number(UInt64.self, at: 24), at: at + 24)
            bytes.put(previous, at: at + 52)
            if end <= bytes.count {
                bytes.put(CRC32C.checksum(Array(bytes[start..<end])), at: at + 56)
            }
            previous = CRC32C.checksum(Array(bytes[at..<at + 60]))
            bytes.put(previous, at: at + 60)
            at = end
        }
        return bytes
    }
}

/// Files in memory.
enum MemoryInput {
    /// A file with these bytes, whose name is that of a file of a database.
    static func file(_ name: String, _ bytes: [UInt8]) throws -> any File {
        try system(name, bytes).open("db/" + name, .read)
    }

    /// A file system with the folder `db` and one file in it.
    static func system(_ name: String, _ bytes: [UInt8]) throws -> MemoryFileSystem {
        let system = MemoryFileSystem()
        try system.createDirectory("db")
        let parts = name.split(separator: "/")
        if parts.count == 2 { try system.createDirectory("db/" + parts[0]) }
        try system.open("db/" + name, .create).write(bytes, at: 0)
        return system
    }
}
