import Testing

@testable import TufaStorage

/// Which way to wait is chosen for disks that are told how long they take.
@Suite struct SyncPaceTests {
    /// Syncs a few rounds on a disk that takes so many microseconds for each way; gives the way
    /// that is used in the end.
    private func settle(
        _ pace: inout SyncPace, rounds: Int = 4,
        _ disk: (_ sync: Int, _ way: SyncPace.Way) -> Double
    ) -> SyncPace.Way {
        for sync in 0..<rounds * pace.period {
            pace.note(.microseconds(disk(sync, pace.current)))
        }
        return pace.best
    }

    /// What a sync takes whose write takes `write` microseconds, and each waking 20; a companion
    /// spares nothing unless told.
    private func sync(
        write: Int64, _ way: SyncPace.Way, accompanied: Double? = nil
    ) -> Double {
        switch way {
        case .asleep: Double(write + 80)
        case .awake(let length):
            length >= write * 1000 ? Double(length) / 1000 + 60 : Double(write + 80)
        case .accompanied: accompanied ?? Double(write + 80)
        }
    }

    @Test(arguments: [(11, 12), (12, 12), (13, 16), (21, 24), (30, 32)])
    func theShortestLengthThatSparesAWakingIsUsed(_ write: Int64, _ length: Int64) {
        var pace = SyncPace(SyncPace.waysAlone)
        #expect(settle(&pace) { self.sync(write: write, $1) } == .awake(length * 1000))
    }

    @Test func nobodyStaysAwakeWhereThatSparesNothing() {
        var pace = SyncPace(SyncPace.waysAlone)
        let used = settle(&pace) { sync, way in
            let number = SyncPace.waysAlone.firstIndex(of: way) ?? 0
            return 100 + Double((sync * 7 + number * 4) % 4)
        }
        #expect(used == .asleep)
        var slow = SyncPace(SyncPace.waysAlone)
        #expect(settle(&slow) { self.sync(write: 5000, $1) } == .asleep)
    }

    @Test(arguments: [(60.0, SyncPace.Way.accompanied), (70, .awake(12_000)), (76, .awake(12_000))])
    func aCompanionHasToSpareMoreThanStayingAwake(_ accompanied: Double, _ way: SyncPace.Way) {
        var pace = SyncPace(SyncPace.waysAlone)
        #expect(settle(&pace) { self.sync(write: 12, $1, accompanied: accompanied) } == way)
    }

    @Test(arguments: [(100.0, SyncPace.Way.accompanied), (125, .asleep), (128, .asleep)])
    func aCompanionIsUsedForManyWhereItSparesSomething(
        _ accompanied: Double, _ way: SyncPace.Way
    ) {
        var pace = SyncPace(SyncPace.waysTogether)
        #expect(settle(&pace) { self.sync(write: 48, $1, accompanied: accompanied) } == way)
    }

    @Test func whatTheDiskDoesBesideIsNotTakenForTheWay() {
        var pace = SyncPace(SyncPace.waysAlone)
        // It gets slower and faster by half, and now and then does something else altogether.
        let used = settle(&pace, rounds: 12) { sync, way in
            let mood = sync / 3000 % 2 == 0 ? 1.0 : 1.5
            return sync % 29 == 0 ? 4000 : mood * self.sync(write: 15, way)
        }
        #expect(used == .awake(16_000))
    }

    @Test(arguments: [false, true])
    func aCompanionIsNotUsedWhereSyncsTakeLonger(_ isAlone: Bool) {
        var pace = SyncPace(isAlone ? SyncPace.waysAlone : SyncPace.waysTogether)
        // By chance, for the companion is gone when they are done.
        #expect(settle(&pace) { $1 == .accompanied ? 2700 : 3000 } == .asleep)
    }

    @Test(arguments: [SyncPace.waysAlone, SyncPace.waysTogether], [2, 4, 8])
    func aRhythmOfTheCommitsIsNotTakenForTheWay(_ ways: [SyncPace.Way], _ rhythm: Int) {
        for place in 0..<rhythm {
            var pace = SyncPace(ways)
            // One commit in a few takes five times as long, whatever its way.
            let used = settle(&pace) { sync, _ in sync % rhythm == place ? 500 : 100 }
            #expect(used == .asleep, "every commit of \(rhythm), from \(place)")
        }
    }

    @Test func anotherDiskIsNoticed() {
        var pace = SyncPace(SyncPace.waysAlone)
        #expect(settle(&pace) { self.sync(write: 15, $1) } == .awake(16_000))
        #expect(settle(&pace, rounds: 20) { self.sync(write: 5000, $1) } == .asleep)
    }

    @Test(arguments: [SyncPace.waysAlone, SyncPace.waysTogether])
    func mostSyncsAreNoTrials(_ ways: [SyncPace.Way]) {
        let pace = SyncPace(ways)
        #expect(pace.roundLength * 10 <= pace.period)
        #expect(ways.first == .asleep)
        for case .awake(let length) in ways { #expect(length <= 32_000) }
    }
}
