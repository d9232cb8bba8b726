/// The names of the files of a database, all relative to its folder.
package enum FileNames {
    /// The file whose lock says who writes.
    package static let lock = "LOCK"
    /// The two slots that say what the database is.
    package static let manifest = "MANIFEST"
    /// The folder of the live log.
    package static let log = "log"
    /// The folder of snapshots.
    package static let snapshots = "snapshots"
    /// The folder of archives.
    package static let archive = "archive"
    /// The folder of what recovery cut off.
    package static let quarantine = "quarantine"
    /// Every folder, in the order in which they are made.
    package static let folders = [log, snapshots, archive, quarantine]
    /// How the name of a file that is not finished ends.
    package static let unfinished = ".tmp"

    /// The log segment whose first event has this position.
    package static func segment(_ firstPosition: UInt64) -> String {
        log + "/" + padded(firstPosition) + ".log"
    }

    /// The snapshot as of a position.
    package static func snapshot(_ position: UInt64) -> String {
        snapshots + "/" + padded(position) + ".snap"
    }

    /// The archive of the events from `first` to `last`.
    package static func archive(_ first: UInt64, _ last: UInt64) -> String {
        archive + "/" + padded(first) + "-" + padded(last) + ".arc"
    }

    /// Twenty digits, so that names order like numbers.
    static func padded(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 20 - digits.utf8.count) + digits
    }

    /// The first position in the name of a segment without its folder.
    static func segmentPosition(_ name: String) -> UInt64? {
        name.hasSuffix(".log") ? number(name.dropLast(4)) : nil
    }

    /// The position in the name of a snapshot without its folder.
    static func snapshotPosition(_ name: String) -> UInt64? {
        name.hasSuffix(".snap") ? number(name.dropLast(5)) : nil
    }

    /// The range in the name of an archive without its folder.
    static func archiveRange(_ name: String) -> ClosedRange<UInt64>? {
        guard name.hasSuffix(".arc") else { return nil }
        let parts = name.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = number(parts[0]), let last = number(parts[1]),
            first <= last, first > 0
        else { return nil }
        return first...last
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.count == 20, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
            return nil
        }
        return UInt64(text)
    }
}
