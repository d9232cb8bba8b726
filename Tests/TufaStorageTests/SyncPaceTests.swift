import Testing

@testable import TufaStorage

/// Which length of staying awake is chosen for disks that are told how long they take.
@Suite struct SyncPaceTests {
    /// Syncs a few rounds on a disk that takes so many microseconds for each length; gives the
    /// length that is used in the end, in microseconds.
    private func settle(
        _ pace: inout SyncPace, rounds: Int = 4, _ disk: (_ sync: Int, _ length: Int64) -> Double
    ) -> Int64 {
        for sync in 0..<rounds * SyncPace.period {
            let length = SyncPace.lengths[pace.current]
            pace.note(.microseconds(disk(sync, length / 1000)))
        }
        return SyncPace.lengths[pace.best] / 1000
    }

    /// What a sync takes whose write takes `write` microseconds, and each waking 20.
    private func sync(write: Int64, _ length: Int64) -> Double {
        Double(length >= write ? length + 60 : write + 80)
    }

    @Test(arguments: [(11, 12), (12, 12), (13, 16), (21, 24), (30, 32)])
    func theShortestLengthThatSparesAWakingIsUsed(_ write: Int64, _ length: Int64) {
        var pace = SyncPace()
        #expect(settle(&pace) { self.sync(write: write, $1) } == length)
    }

    @Test func nobodyStaysAwakeWhereThatSparesNothing() {
        var pace = SyncPace()
        #expect(settle(&pace) { sync, length in 100 + Double((sync * 7 + Int(length)) % 4) } == 0)
        var slow = SyncPace()
        #expect(settle(&slow) { self.sync(write: 5000, $1) } == 0)
    }

    @Test func whatTheDiskDoesBesideIsNotTakenForTheLength() {
        var pace = SyncPace()
        // It gets slower and faster by half, and now and then does something else altogether.
        let used = settle(&pace, rounds: 12) { sync, length in
            let mood = sync / 3000 % 2 == 0 ? 1.0 : 1.5
            return sync % 29 == 0 ? 4000 : mood * self.sync(write: 15, length)
        }
        #expect(used == 16)
    }

    @Test(arguments: 0..<7)
    func aRhythmOfTheCommitsIsNotTakenForTheLength(_ place: Int) {
        var pace = SyncPace()
        // Every seventh commit takes five times as long, whatever its length.
        let used = settle(&pace) { sync, _ in sync % 7 == place ? 500 : 100 }
        #expect(used == 0)
    }

    @Test func anotherDiskIsNoticed() {
        var pace = SyncPace()
        #expect(settle(&pace) { self.sync(write: 15, $1) } == 16)
        #expect(settle(&pace, rounds: 20) { self.sync(write: 5000, $1) } == 0)
    }

    @Test func mostSyncsAreNoTrials() {
        #expect(SyncPace.roundLength * 10 <= SyncPace.period)
        #expect(SyncPace.lengths.first == 0 && SyncPace.lengths.max().map { $0 <= 32_000 } == true)
    }
}
