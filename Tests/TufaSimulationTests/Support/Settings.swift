import Foundation

/// What the environment of a test run asks for.
enum Settings {
    static func number(_ name: String, or usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
    }

    /// By how much crashes, failures and damage are rarer than usual.
    static var crashStride: Int { max(1, number("TUFA_CRASH_STRIDE", or: 1)) }
    /// How many minutes the random programs run; 0 for a short run.
    static var soakMinutes: Int { number("TUFA_SOAK", or: 0) }
    /// How often a writing process is killed.
    static var killCount: Int { max(1, number("TUFA_KILLS", or: 25)) }
    /// The operations of a random program to repeat; none for all.
    static var operations: [Int] {
        ProcessInfo.processInfo.environment["TUFA_OPERATIONS"]?
            .split(separator: ",").compactMap { Int($0) } ?? []
    }
    /// A seed to repeat; 0 for the usual ones.
    static var seed: Int { number("TUFA_SEED", or: 0) }
}
