import Testing
import TufaSimulation
import TufaStorage

/// The trial of somebody's own disk tells a good disk from a bad one.
@Suite(.timeLimit(.minutes(5)))
struct DiskTrialTests {
    /// A disk that does not do what it is told.
    private final class BadDisk: FileSystem {
        enum Fault: Equatable {
            case none
            case keepsNoLocks
            case forgetsRenames(String)
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
            if case .forgetsRenames(let ending) = fault, path.hasSuffix(ending) { return }
            try base.rename(path, to: target)
        }
        func lock(_ path: String, holder: String) throws -> any FileLock {
            fault == .keepsNoLocks ? NoLock() : try base.lock(path, holder: holder)
        }
    }

    private func trial(_ fault: BadDisk.Fault) throws -> DiskTrial {
        let disk = BadDisk(fault)
        try disk.createDirectory("scratch")
        var trial = DiskTrial(in: DiskFolder("scratch", on: disk))
        trial.scripts = [.cascades, .archives]
        trial.stride = 150
        return trial
    }

    @Test(arguments: DiskTrial.Part.allCases)
    func `a good disk passes`(part: DiskTrial.Part) throws {
        let trial = try trial(.none)
        let report = trial.run(part)
        #expect(report.isSound && report.counts.values.reduce(0, +) > 0, "\(report.failures)")
        #expect(try trial.syncFloor() > 0)
    }

    @Test func `a disk that keeps no locks is found out`() throws {
        #expect(try trial(.keepsNoLocks).run(.lock).failureCount == 1)
    }

    @Test(arguments: [".arc.tmp", ".snap.tmp"])
    func `a disk that forgets a rename is found out`(ending: String) throws {
        let report = try trial(.forgetsRenames(ending)).run(.operations)
        #expect(report.failures.contains { $0.contains("is not there") }, "\(report.failures)")
    }
}
