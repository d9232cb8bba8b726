import Foundation
import Testing
import Tufa

@testable import TufaVictim

/// A real disk of a few megabytes, written until it is full, and then given some room.
@Suite(.serialized, .enabled(if: SmallDisk.isAvailable, "no small disk can be mounted here"))
struct FullDiskTests {
    @Test func `a disk that is full refuses, loses nothing, and goes on when there is room`() throws
    {
        let disk = try SmallDisk()
        defer { disk.unmount() }
        let ballast = disk.path + "/ballast"
        let path = disk.path + "/deeds.tufa"
        #expect(FileManager.default.createFile(atPath: ballast, contents: Data(count: 56 << 20)))
        try Database.openBlocking(path, Deed.self, Count.self).closeBlocking()
        let first = try VictimProcess(path, writers: 4, after: nil)
        #expect(first.acknowledged.count == 4)
        // While it is full, what is there can be read, by those who only read.
        let count = try VictimState.check(
            path, first.acknowledged, writers: 4, isReadOnly: true, "while the disk is full")
        #expect(count > 100)
        try FileManager.default.removeItem(atPath: ballast)
        let again = try VictimState.check(path, first.acknowledged, writers: 4, "with room")
        #expect(again == count)
        let second = try VictimProcess(path, writers: 4, after: 300_000, from: .commit)
        for (writer, number) in second.acknowledged {
            #expect(number > first.acknowledged[writer] ?? 0)
        }
        let last = try VictimState.check(path, second.acknowledged, writers: 4, "at the end")
        #expect(last > count)
        let report = try Database.verify(path)
        #expect(report.isOK, "\(report.findings)")
    }
}

/// A file system in memory of 64 MB, where this process may mount one.
struct SmallDisk {
    let path: String

    static let isAvailable: Bool = {
        guard let disk = try? SmallDisk() else { return false }
        disk.unmount()
        return true
    }()

    init() throws {
        #if os(Linux)
            path =
                FileManager.default.temporaryDirectory
                .appendingPathComponent("tufa-small-disk-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            guard mount("tmpfs", path, "tmpfs", 0, "size=64m") == 0 else {
                try FileManager.default.removeItem(atPath: path)
                throw CocoaError(.featureUnsupported)
            }
        #else
            throw CocoaError(.featureUnsupported)
        #endif
    }

    func unmount() {
        #if os(Linux)
            // Whatever still holds a file of it keeps it until that is closed.
            umount2(path, Int32(MNT_DETACH))
            try? FileManager.default.removeItem(atPath: path)
        #endif
    }
}
