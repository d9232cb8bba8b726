import Foundation
import Testing
import Tufa

@testable import TufaVictim

/// The real thing: a process with several writers, snapshots and archives, killed again and again,
/// and what it leaves on a real disk.
@Suite(.serialized)
struct KillTests {
    private static let writerCount = 4

    /// A database is killed so often and then another one is begun, so that opening stays short.
    private static let killsPerDatabase = 50

    @Test func `a process that is killed loses nothing that it was told is safe`() throws {
        var commitCount: Int64 = 0
        var round = 0
        while round < Settings.killCount {
            let end = min(round + Self.killsPerDatabase, Settings.killCount)
            commitCount += try kill(rounds: round + 1...end)
            round = end
        }
        print("\(Settings.killCount) kills, \(commitCount) commits of \(Self.writerCount) writers")
    }

    /// Kills the process of a new database in each round; gives how many commits it has then.
    private func kill(rounds: ClosedRange<Int>) throws -> Int64 {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tufa-kills-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("deeds.tufa").path
        try Database.openBlocking(path, Deed.self, Count.self).closeBlocking()

        var acknowledged: [Int64: Int64] = [:]
        var commitCount: Int64 = 0
        for round in rounds {
            let victim = try VictimProcess(
                path, writers: Self.writerCount, after: UInt32.random(in: 1_000...120_000),
                from: round % 4 == 0 ? .start : .commit)
            for (writer, count) in victim.acknowledged {
                // Counts go on where the last life ended, and never back.
                #expect(count > acknowledged[writer] ?? 0, "round \(round)")
                acknowledged[writer] = count
            }
            commitCount = try VictimState.check(
                path, acknowledged, writers: Self.writerCount, "round \(round)")
            if round % 20 == 0 || round == rounds.upperBound {
                let report = try Database.verify(path)
                #expect(report.isOK, "round \(round): \(report.findings)")
            }
        }
        // A few lives may all end before a writer has been answered.
        #expect(
            commitCount > 0 && (acknowledged.count == Self.writerCount || rounds.count < 20))
        return commitCount
    }
}
