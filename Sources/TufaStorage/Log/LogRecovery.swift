internal import TufaBytes

/// Where the log ends.
struct LogTail {
    var segment: SegmentHeader
    var file: any File
    var name: String
    var offset: UInt64
    var previousChecksum: UInt32
    /// The checksum of the seal at ``offset``, if one is there.
    var sealChecksum: UInt32?
    var nextPosition: UInt64
    var lastTime: Int64
}

/// Finds the end of the log by the table in `Docs/Format/Log.md`, "Recovery".
///
/// Zeros to the end or a seal: open. A bad frame that nothing proves to have been synced: a torn
/// write, which is kept aside and zeroed. A bad frame that something proves to have been synced:
/// damage, which is refused. An error of the disk: thrown on, never taken for an end.
struct LogRecovery {
    let fileSystem: any FileSystem
    let root: String
    let manifest: Manifest
    /// The last position of which a snapshot or an archive tells.
    let witnessedPosition: UInt64
    /// What tells of it.
    let witness: String
    /// Whether torn writes are to be cut off.
    let repairs: Bool
    /// Whether damage is reported and the log taken up to it, instead of refused.
    let acceptsDamage: Bool
    /// Whether a seal where the manifest has one is the end, without a look at what it vouches for.
    var trustsSeal = false

    /// Reads the last segment.
    func run(lastSegment name: String, _ report: inout RecoveryReport) throws -> LogTail {
        let file = try fileSystem.open(root + "/" + name, repairs ? .readWrite : .read)
        let segment = try SegmentHeader.read(file, name: name, forWriting: repairs)
        try manifest.requireOwn(segment.prologue, last: .max, file: name)
        if trustsSeal, let tail = try sealedTail(file, segment, name) {
            report.wasSealed = true
            report.uncheckedPosition = segment.firstPosition
            return tail
        }
        let frames = FrameReader(file, name: name, segment)
        while true {
            switch try frames.next() {
            case .frame(let header):
                _ = try frames.commits(of: header) { _ in true }
            case .seal(let header):
                report.wasSealed = true
                return try finish(frames, sealChecksum: header.checksum, &report)
            case .zeros:
                let rest = try SegmentRest(frames.file, frames.segment, from: frames.frameOffset)
                if rest.lastNonZero != nil {
                    return try judge(frames, rest, FormatProblem("no frame begins here"), &report)
                }
                return try finish(frames, sealChecksum: nil, &report)
            case .bad(let problem):
                let rest = try SegmentRest(frames.file, frames.segment, from: frames.frameOffset)
                return try judge(frames, rest, problem, &report)
            }
        }
    }

    /// The end of a log that was closed, if manifest, seal and witness agree on it.
    private func sealedTail(
        _ file: any File, _ segment: SegmentHeader, _ name: String
    ) throws -> LogTail? {
        let offset = manifest.durableOffset
        guard manifest.durableSegment == segment.firstPosition,
            offset >= UInt64(SegmentHeader.byteCount),
            offset < segment.byteCount,
            segment.byteCount - offset >= UInt64(FrameHeader.byteCount)
        else { return nil }
        let bytes = try file.bytes(count: FrameHeader.byteCount, at: offset)
        guard bytes.count == FrameHeader.byteCount,
            case .success(let seal) = unsafe bytes.withUnsafeBytes({
                unsafe FrameHeader.load($0.baseAddress.unsafelyUnwrapped)
            }),
            seal.kind == .seal, seal.salt == segment.salt, seal.payloadByteCount == 0,
            seal.firstPosition == manifest.durablePosition &+ 1,
            witnessedPosition < seal.firstPosition
        else { return nil }
        return LogTail(
            segment: segment, file: file, name: name, offset: offset,
            previousChecksum: seal.previousChecksum, sealChecksum: seal.checksum,
            nextPosition: seal.firstPosition, lastTime: seal.lastTime)
    }

    private func tail(_ frames: FrameReader, sealChecksum: UInt32?) -> LogTail {
        LogTail(
            segment: frames.segment, file: frames.file, name: frames.name,
            offset: frames.frameOffset, previousChecksum: frames.previousChecksum,
            sealChecksum: sealChecksum, nextPosition: frames.nextPosition,
            lastTime: frames.lastTime)
    }

    /// A clean end, unless something proves that there was more.
    private func finish(
        _ frames: FrameReader, sealChecksum: UInt32?, _ report: inout RecoveryReport
    ) throws -> LogTail {
        if let proof = proof(frames, nil) {
            try refuse(frames, FormatProblem("the log ends here"), proof, &report)
        } else if sealChecksum == nil, frames.frameOffset > UInt64(SegmentHeader.byteCount) {
            report.note(
                .uncleanEnd, frames.name, frames.frameOffset,
                "The log was not closed; every group in it is whole.")
        }
        return tail(frames, sealChecksum: sealChecksum)
    }

    /// A torn write, or damage.
    private func judge(
        _ frames: FrameReader, _ rest: SegmentRest, _ problem: FormatProblem,
        _ report: inout RecoveryReport
    ) throws -> LogTail {
        if let proof = proof(frames, rest) {
            try refuse(frames, problem, proof, &report)
        } else if repairs {
            try cutOff(frames, rest, problem, &report)
        } else {
            report.note(
                .tornWrite, frames.name, frames.frameOffset,
                "The last write is not whole: \(problem.reason).")
        }
        return tail(frames, sealChecksum: nil)
    }

    /// What shows that the bytes at the end found were once acknowledged.
    private func proof(_ frames: FrameReader, _ rest: SegmentRest?) -> String? {
        let offset = frames.frameOffset
        if let promise = rest?.promise, promise.durableOffset > offset {
            return "the frame at byte \(promise.offset) was written when they were synced"
        }
        if manifest.durableSegment > frames.segment.firstPosition {
            return "the manifest knows of a later segment, "
                + FileNames.segment(manifest.durableSegment)
        }
        if manifest.durableSegment == frames.segment.firstPosition,
            manifest.durableOffset > offset
        {
            return "the manifest knows that the log was synced up to byte "
                + "\(manifest.durableOffset)"
        }
        if witnessedPosition >= frames.nextPosition {
            return "\(witness) reaches to position \(witnessedPosition)"
        }
        return nil
    }

    private func refuse(
        _ frames: FrameReader, _ problem: FormatProblem, _ proof: String,
        _ report: inout RecoveryReport
    ) throws {
        let message =
            "Acknowledged data is damaged: \(problem.reason), yet \(proof). "
            + "The log is whole up to position \(frames.nextPosition - 1)."
        guard acceptsDamage else {
            throw DatabaseError(
                .damaged, message, file: frames.name, offset: frames.frameOffset,
                advice: HistoryReader.advice(through: frames.nextPosition - 1))
        }
        report.note(.damage, frames.name, frames.frameOffset, message)
    }

    /// Keeps a copy of what is cut off, then zeroes it; a crash in between only repeats it.
    private func cutOff(
        _ frames: FrameReader, _ rest: SegmentRest, _ problem: FormatProblem,
        _ report: inout RecoveryReport
    ) throws {
        let offset = frames.frameOffset
        guard let last = rest.lastNonZero else { return }
        let end = last + 1
        let quarantine = Quarantine(fileSystem: fileSystem, root: root)
        let name = try quarantine.keep(
            frames.file, from: offset, to: end,
            as: FileNames.padded(frames.segment.firstPosition) + "-" + String(offset), ".torn")
        try quarantine.clear(frames.file, from: offset, to: end)
        report.note(
            .tornWrite, frames.name, offset,
            "The last write was not whole (\(problem.reason)); its \(end - offset) bytes are kept "
                + "in \(name).", copy: name)
    }
}

/// What stands behind the last whole frame of a segment.
struct SegmentRest {
    /// The last byte that is not zero.
    private(set) var lastNonZero: UInt64?
    /// The later frame header that promises most.
    private(set) var promise: (offset: UInt64, durableOffset: UInt64)?

    init(_ file: any File, _ segment: SegmentHeader, from start: UInt64) throws {
        let pieceByteCount = FrameReader.pieceByteCount
        let overlap = FrameHeader.byteCount - 8
        var at = start
        while at < segment.byteCount {
            // Pieces overlap, so that a header across their border is seen.
            let piece = try file.bytes(count: pieceByteCount + overlap, at: at)
            if piece.isEmpty { break }
            unsafe piece.withUnsafeBytes {
                unsafe scan($0, at: at, from: start, salt: segment.salt)
            }
            at += UInt64(pieceByteCount)
        }
    }

    @unsafe
    private mutating func scan(
        _ bytes: UnsafeRawBufferPointer, at base: UInt64, from start: UInt64, salt: UInt64
    ) {
        guard let last = unsafe ZeroScan.lastNonZero(bytes), let address = bytes.baseAddress
        else { return }
        lastNonZero = base + UInt64(last)
        var offset = 0
        while offset <= min(last, bytes.count - FrameHeader.byteCount) {
            // Safe: a whole header fits behind the offset.
            let word = unsafe address.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            if UInt32(littleEndian: word) == FrameHeader.magic,
                case .success(let header) = unsafe FrameHeader.load(address + offset),
                header.salt == salt, base + UInt64(offset) > start,
                header.durableOffset > promise?.durableOffset ?? 0
            {
                promise = (base + UInt64(offset), header.durableOffset)
            }
            offset += 8
        }
    }
}
