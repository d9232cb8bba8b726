import Foundation
import TufaStorage
import TufaTesting

/// How much of damage and repair is tried; `TUFA_SALVAGE_SEEDS` asks for more.
enum RescueDepth {
    /// How many seeds of damage a salvage is held against; 0 to 2 are of each kind.
    static let seedCount =
        ProcessInfo.processInfo.environment["TUFA_SALVAGE_SEEDS"].flatMap(Int.init) ?? 3
    /// How often each of them damages a copy.
    static let roundCount = isFull ? 12 : 8
    /// Whether every call is tried in every way.
    static let isFull = seedCount >= 12

    /// What a crash at a call leaves: one of three ways, or all of them.
    static func survivors(of call: Int) -> [MemoryFileSystem.Survivors] {
        let all: [MemoryFileSystem.Survivors] = [
            .synced, .all, .random(seed: UInt64(call)),
        ]
        return isFull ? all : [all[call % 3]]
    }

    /// Which calls fail: each, or every third from the first or the second one on.
    static func failing(_ count: Int, _ isOdd: Bool) -> [Int] {
        Array(stride(from: !isFull && isOdd ? 2 : 1, through: count, by: isFull ? 1 : 3))
    }
}
