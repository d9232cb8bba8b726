public import TufaBytes
internal import TufaStorage

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// A moment in the history of a database.
public enum Moment: Sendable, Hashable {
    /// The last commit.
    case now
    /// The last commit at or before a position.
    case position(UInt64)
    /// The last commit at or before a time.
    case timestamp(Timestamp)
    /// The last commit with a label.
    case label(String)

    /// The last commit at or before a date.
    public static func time(_ date: Date) -> Moment { .timestamp(Timestamp(date)) }

    /// Reads a moment as people write it: a position, a time by RFC 3339, else a label.
    public init(_ text: String) {
        if let position = UInt64(text) {
            self = .position(position)
        } else if let time = Timestamp(text) {
            self = .timestamp(time)
        } else {
            self = .label(text)
        }
    }

    /// The moment as the files are asked for it; nil for now.
    var target: MomentTarget? {
        switch self {
        case .now: nil
        case .position(let position): .position(position)
        case .timestamp(let time): .time(time.microseconds)
        case .label(let label): .label(label)
        }
    }
}
