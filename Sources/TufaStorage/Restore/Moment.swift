internal import TufaBytes

/// How a caller names a moment of the past.
package enum MomentTarget: Sendable, Equatable {
    /// The last commit at or before a position.
    case position(UInt64)
    /// The last commit at or before a time, in microseconds since 1970, UTC.
    case time(Int64)
    /// The newest commit of a label.
    case label(String)
}

/// One commit, as a moment of the history.
package struct Moment: Sendable, Equatable {
    /// The position of the commit's last event.
    package var position: UInt64
    /// The time of the commit, in microseconds since 1970, UTC.
    package var time: Int64

    /// Makes a moment.
    package init(position: UInt64, time: Int64) {
        self.position = position
        self.time = time
    }
}

extension DatabaseDirectory {
    /// Finds the commit that a target names, from the files alone.
    ///
    /// - Complexity: one segment or a few archive blocks for a position or a time; the whole
    ///   history for a label.
    /// - Throws: ``DatabaseError`` `.noSuchMoment`.
    package func resolve(_ target: MomentTarget) throws -> Moment {
        switch target {
        case .position(let position): try resolve(position: position)
        case .time(let time): try resolve(time: time)
        case .label(let label): try resolve(label: label)
        }
    }

    private func noMoment(_ what: String) -> DatabaseError {
        let base = manifest.basePosition
        return DatabaseError(
            .noSuchMoment,
            "\(what); the history holds the positions \(base + 1) to \(lastPosition).",
            advice: "Name a moment inside the history.")
    }

    private func resolve(position: UInt64) throws -> Moment {
        guard position > manifest.basePosition, position <= lastPosition else {
            throw noMoment("There is no position \(position)")
        }
        var found: Moment?
        var start: UInt64 = 0
        try history.read(from: position, through: position) { commit in
            start = commit.firstPosition
            if commit.position == position {
                found = Moment(position: position, time: commit.time)
            }
            return false
        }
        if let found { return found }
        // The position is inside a commit: the moment is the commit before that one.
        guard start > manifest.basePosition + 1 else {
            throw noMoment("No commit ends at or before position \(position)")
        }
        return try resolve(position: start - 1)
    }

    private func resolve(time: Int64) throws -> Moment {
        var found: Moment?
        try history.read(from: try history.position(near: time), through: lastPosition) { commit in
            guard commit.time <= time else { return false }
            found = Moment(position: commit.position, time: commit.time)
            return true
        }
        guard let found else {
            throw noMoment("No commit was made at or before \(Timestamp(microseconds: time))")
        }
        return found
    }

    private func resolve(label: String) throws -> Moment {
        var label = label
        var found: Moment?
        let end = lastPosition
        try label.withUTF8 { wanted in
            try history.read(from: 1, through: end) { commit in
                if unsafe commit.labelBytes.elementsEqual(wanted) {
                    found = Moment(position: commit.position, time: commit.time)
                }
                return true
            }
        }
        guard let found, !label.isEmpty else {
            throw noMoment("No commit has the label \"\(label)\"")
        }
        return found
    }
}

extension HistoryReader {
    /// A position at or before the last commit of a time, in the same file or right behind it.
    func position(near time: Int64) throws -> UInt64 {
        let files = try HistoryFiles.list(root, fileSystem)
        let archived = files.lastArchived(base: manifest.basePosition)
        for position in files.segments.reversed() where position > archived {
            let name = FileNames.segment(position)
            do {
                let file = try fileSystem.open(root + "/" + name, .read)
                let header = try SegmentHeader.read(file, name: name, forWriting: false)
                if header.previousTime <= time { return max(1, position - 1) }
            } catch let error as DatabaseError where error.code == .missingFile {
                // Archived in the meantime: the archives will answer.
                return try self.position(near: time)
            } catch let error as DatabaseError where error.code == .damaged {
                // An earlier file begins before the time too, and only costs more reading.
            }
        }
        for range in files.archives.reversed() {
            let archive = try ArchiveReader(
                fileSystem, root: root, range: range, manifest: manifest)
            if archive.trailer.firstTime <= time { return archive.position(near: time) }
        }
        return manifest.basePosition + 1
    }
}
