import Foundation
import Testing
import Tufa

@testable import TufaVictim

/// The real thing: a process with several writers, snapshots and archives, killed again and again,
/// and what it leaves on a real disk.
@Suite(.serialized)
struct KillTests {
    private static let writerCount = 4

    @Test func `a process that is killed loses nothing that it was told is safe`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tufa-kills-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("deeds.tufa").path
        try Database.openBlocking(path, Deed.self, Count.self).closeBlocking()

        var acknowledged: [Int64: Int64] = [:]
        var commitCount: Int64 = 0
        for round in 1...Settings.killCount {
            let victim = try VictimProcess(
                path, writers: Self.writerCount, after: UInt32.random(in: 1_000...120_000),
                from: round % 4 == 0 ? .start : .commit)
            for (writer, count) in victim.acknowledged {
                // Counts go on where the last life ended, and never back.
                #expect(count > acknowledged[writer] ?? 0, "round \(round)")
                acknowledged[writer] = count
            }
            commitCount = try Self.check(path, acknowledged, round: round)
            if round % 20 == 0 || round == Settings.killCount {
                let report = try Database.verify(path)
                #expect(report.isOK, "round \(round): \(report.findings)")
            }
        }
        print("\(Settings.killCount) kills, \(commitCount) commits of \(Self.writerCount) writers")
        #expect(acknowledged.count == Self.writerCount && commitCount > 0)
    }

    /// Opens what was left, and looks for every commit that was acknowledged, whole; gives how many
    /// commits there are in all.
    private static func check(
        _ path: String, _ acknowledged: [Int64: Int64], round: Int
    ) throws -> Int64 {
        let db = try Database.openBlocking(path, Deed.self, Count.self)
        defer { #expect(throws: Never.self) { try db.closeBlocking() } }
        let view = db.view()
        var total: Int64 = 0
        for writer in 1...Int64(writerCount) {
            let count = try view.first(Count.where { $0.writer == writer })?.number ?? 0
            #expect(count >= acknowledged[writer] ?? 0, "round \(round), writer \(writer)")
            total += count
            let deeds = try view.fetch(
                Deed.where { $0.writer == writer }.order { $0.number.ascending })
            let kept = max(1, count - Writer.keptCount + 1)
            // The commits that stay are there without a gap, each with all of its rows.
            let byNumber = Dictionary(grouping: deeds, by: \.number)
            let numbers = count == 0 ? [] : Array(kept...count)
            #expect(byNumber.keys.sorted() == numbers, "round \(round), writer \(writer)")
            for (number, parts) in byNumber {
                let isWhole =
                    parts.map(\.part).sorted() == Array(1...Int64(parts.count))
                    && parts.allSatisfy { $0.partCount == Int64(parts.count) }
                #expect(isWhole, "round \(round), writer \(writer), commit \(number)")
            }
            // The texts are found as the rows are.
            let found = try view.search(Deed.search("by\(writer)").limit(1).counted()).total
            #expect(found == deeds.count, "round \(round), writer \(writer)")
        }
        return total
    }
}
