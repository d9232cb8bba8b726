import Foundation
import Testing

@testable import TufaStorage

/// What the thread does that keeps a processor from halting, and what it leaves to others.
@Suite struct SyncCompanionTests {
    struct Problem: Error {}

    @Test func whatIsAccompaniedRunsAndItsErrorComesThrough() throws {
        guard let companion = SyncCompanion.shared else { return }
        var count = 0
        for _ in 0..<1000 { companion.accompany(for: 500_000) { count += 1 } }
        #expect(count == 1000)
        #expect(throws: Problem.self) { try companion.accompany(for: 500_000) { throw Problem() } }
        companion.accompany(for: 500_000) { count += 1 }
        #expect(count == 1001)
    }

    @Test func oneCompanionServesManyThreads() async throws {
        guard let companion = SyncCompanion.shared else { return }
        let total = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var count = 0
                    for _ in 0..<5000 { companion.accompany(for: 500_000) { count += 1 } }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        #expect(total == 20_000)
    }

    #if os(Linux)
        /// A companion of its own whose thread runs, or nil where the system lets none run.
        private func runningCompanion() throws -> SyncCompanion? {
            guard !Processors.callsAreFiltered else { return nil }
            let companion = try #require(SyncCompanion())
            for _ in 0..<60_000 where companion.number == 0 { usleep(1000) }
            return companion.number > 0 ? companion : nil
        }

        private func read(_ companion: SyncCompanion, _ name: String) throws -> String {
            try String(
                contentsOfFile: "/proc/self/task/\(companion.number)/\(name)", encoding: .utf8)
        }

        /// How long the thread had a processor, in nanoseconds.
        private func time(_ companion: SyncCompanion) throws -> Int {
            let fields = try read(companion, "schedstat").split(separator: " ")
            return try #require(fields.first.flatMap { Int($0) })
        }

        @Test func itIsOfTheLowestClass() throws {
            guard let companion = try runningCompanion() else { return }
            let fields = try read(companion, "stat").split(separator: ")")
            // Behind the name come the fields from the third on; the class is the 41st.
            let policy = try #require(fields.last).split(separator: " ")[38]
            #expect(policy == "5", "SCHED_IDLE is 5")
        }

        @Test func itUsesTheProcessorWhileSomebodyWaits() throws {
            guard let companion = try runningCompanion() else { return }
            let before = try time(companion)
            // Others may have all processors for a while.
            let end = ContinuousClock().now + .seconds(60)
            while try time(companion) < before + 2_000_000, ContinuousClock().now < end {
                companion.accompany(for: 500_000) { usleep(300) }
            }
            #expect(try time(companion) >= before + 2_000_000)
        }

        @Test func itGivesUpWhereASyncTakesLong() throws {
            guard let companion = try runningCompanion() else { return }
            companion.accompany(for: 500_000) { usleep(20_000) }
            let before = try time(companion)
            companion.accompany(for: 500_000) { usleep(300_000) }
            #expect(try time(companion) - before < 50_000_000)
        }

        @Test func itSleepsWhereNobodyWaits() throws {
            guard let companion = try runningCompanion() else { return }
            for _ in 0..<100 { companion.accompany(for: 500_000) { usleep(50) } }
            let end = ContinuousClock().now + .seconds(60)
            var isAsleep = false
            while !isAsleep, ContinuousClock().now < end {
                isAsleep = try read(companion, "stat").contains(") S ")
                usleep(1000)
            }
            #expect(isAsleep)
            let before = try time(companion)
            usleep(100_000)
            #expect(try time(companion) == before)
        }
    #endif
}
