import Foundation

/// What the environment of a test run asks for.
enum Settings {
    static func number(_ name: String, or usual: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? usual
    }

    /// Crashes and failures come at every so-manieth call; 0 asks for every one in every way.
    static var crashStride: Int { max(1, number("TUFA_CRASH_STRIDE", or: 1)) }
    /// Whether every call is tried in every way, which takes minutes.
    static var isThorough: Bool { number("TUFA_CRASH_STRIDE", or: 1) == 0 }
    /// How many minutes the random programs run; 0 for a short run.
    static var soakMinutes: Int { number("TUFA_SOAK", or: 0) }
    /// How often a writing process is killed.
    static var killCount: Int { max(1, number("TUFA_KILLS", or: 25)) }
    /// A seed to repeat; 0 for the usual ones.
    static var seed: Int { number("TUFA_SEED", or: 0) }
}
