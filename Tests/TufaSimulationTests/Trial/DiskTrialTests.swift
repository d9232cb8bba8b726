import Testing
import TufaSimulation
import TufaStorage

/// The trial of somebody's own disk tells a good disk from a bad one.
@Suite(.timeLimit(.minutes(5)))
struct DiskTrialTests {
    /// A disk that does not do what it is told.
    private final class BadDisk: FileSystem {
        enum Fault {
            case none
            case keepsNoLocks
            case forgetsRenames
        }
        private final class NoLock: FileLock { func release() {} }
        private let base = MemoryFileSystem()
        private let fault: Fault
        init(_ fault: Fault) { self.fault = fault }

        func open(_ path: String, _ mode: FileMode) throws -> any File {
            try base.open(path, mode)
        }
        func status(of path: String) throws -> FileStatus? { try base.status(of: path) }
        func canonicalPath(of path: String) throws -> String { path }
        func list(_ path: String) throws -> [String] { try base.list(path) }
        func createDirectory(_ path: String) throws { try base.createDirectory(path) }
        func unlink(_ path: String) throws { try base.unlink(path) }
        func removeDirectory(_ path: String) throws { try base.removeDirectory(path) }
        func syncDirectory(_ path: String) throws { try base.syncDirectory(path) }
        func rename(_ path: String, to target: String) throws {
            if fault == .forgetsRenames, path.hasSuffix(".arc.tmp") { return }
            try base.rename(path, to: target)
        }
        func lock(_ path: String, holder: String) throws -> any FileLock {
            fault == .keepsNoLocks ? NoLock() : try base.lock(path, holder: holder)
        }
    }

    private func trial(_ fault: BadDisk.Fault) throws -> DiskTrial {
        let disk = BadDisk(fault)
        try disk.createDirectory("scratch")
        return DiskTrial(in: DiskFolder("scratch", on: disk))
    }

    @Test(arguments: DiskTrial.Part.allCases)
    func `a good disk passes`(part: DiskTrial.Part) throws {
        var trial = try trial(.none)
        trial.stride = part == .failures ? 150 : 500
        let report = trial.run(part)
        #expect(report.isSound && report.counts.values.reduce(0, +) > 0, "\(report.failures)")
        #expect(try trial.syncFloor() > 0)
    }

    @Test func `a disk that keeps no locks is found out`() throws {
        #expect(try trial(.keepsNoLocks).run(.lock).failureCount == 1)
    }

    @Test func `a disk that forgets a rename is found out`() throws {
        #expect(try !trial(.forgetsRenames).run(.operations).isSound)
    }
}
