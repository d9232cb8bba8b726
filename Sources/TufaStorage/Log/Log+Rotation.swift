internal import TufaBytes

extension Log {
    /// Goes on in a new segment, so that every event so far can be archived.
    ///
    /// Does nothing while the last segment is empty.
    /// - Parameter openByteCount: How long the group is that was promised room in the old segment
    ///   and finds it in the new one; asked when nobody is promised any in the old one.
    package func rotate(holding openByteCount: () -> Int = { 0 }) throws {
        try checkUsable()
        guard offset > UInt64(SegmentHeader.byteCount) else { return }
        // Made while commits still find room in the old one, so that they need not wait for it.
        try preparer.ensureReady(
            least: Self.overhead, usual: options.following(segment.byteCount))
        noteNoRoom()
        do {
            try rotate(least: 0, holding: UInt64(openByteCount()))
        } catch {
            noteRoom()
            throw error
        }
    }

    /// Seals the last segment and makes the next one, with room for a frame of `least` bytes, or
    /// for one of `open` bytes.
    func rotate(least: UInt64, holding open: UInt64 = 0) throws {
        // Asked for first: a full disk is then refused before anything was changed.
        let prepared = try preparer.take(
            least: max(least, open) + Self.overhead, usual: options.following(segment.byteCount)
        ) { noteRoom(inNext: $0, behind: least) }
        if offset == UInt64(SegmentHeader.byteCount) {
            // An empty segment that is too short for the frame would leave its name taken.
            try replaceEmpty(with: prepared)
            return
        }
        try poisoning { if !isSealed { try seal() } }
        let next = SegmentHeader(
            prologue: manifest.current.prologue, firstPosition: nextPosition,
            salt: environment.random(), byteCount: prepared.byteCount,
            previousChecksum: sealChecksum, previousTime: lastTime)
        try install(next, prepared)
    }

    private func replaceEmpty(with prepared: SegmentPreparer.Prepared) throws {
        var next = segment
        next.salt = environment.random()
        next.byteCount = prepared.byteCount
        try install(next, prepared)
    }

    /// A disk that is full before the rename leaves the log as it is, so that is no poison.
    private func install(_ next: SegmentHeader, _ prepared: SegmentPreparer.Prepared) throws {
        let name = FileNames.segment(next.firstPosition)
        do {
            try prepared.file.write(next.encoded(), at: 0)
            try prepared.file.syncData()
            try environment.fileSystem.rename(prepared.path, to: root + "/" + name)
        } catch let error as DatabaseError where error.code == .diskFull {
            preparer.giveBack(prepared, noteRoom)
            throw error
        } catch {
            try poisoning { throw error }
        }
        try poisoning {
            try environment.fileSystem.syncDirectory(root + "/" + FileNames.log)
            try file.close()
            try prepared.file.close()
            // Opened anew, so that errors name it as it is called now.
            let file = try environment.fileSystem.open(root + "/" + name, .readWrite)
            // The frames of the new segment are linked to its header through the seal before it.
            previousChecksum = next.previousChecksum
            adopt(next, file)
        }
        try noteDurable()
    }

    /// Writes a seal behind the last frame and syncs it.
    func seal() throws {
        var header = FrameHeader(
            kind: .seal, firstPosition: nextPosition, salt: segment.salt,
            durableOffset: offset, lastTime: lastTime, previousChecksum: previousChecksum)
        // The seal vouches for everything before it, so that must be on the disk first.
        if durableOffset != offset { try sync() }
        var bytes = [UInt8](repeating: 0, count: FrameHeader.byteCount)
        unsafe bytes.withUnsafeMutableBytes {
            if let base = $0.baseAddress { unsafe header.store(to: base) }
        }
        try file.write(bytes, at: offset)
        try file.syncData()
        sealChecksum = header.checksum
        isSealed = true
    }

    /// Takes the seal away before the first frame that takes its place is written.
    ///
    /// Were both written at once, a power cut could keep the seal and parts of the frame.
    func unseal() throws {
        try file.write([UInt8](repeating: 0, count: FrameHeader.byteCount), at: offset)
        try file.syncData()
        isSealed = false
    }
}
