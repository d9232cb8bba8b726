import CTufa
import Foundation
import Testing

/// Whether a limit of processor time and a filter of calls are seen, by files like the system's.
@Suite struct ProcessorsTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let groups: String
        var files: [String: String] = [:]
        let isRationed: Bool
    }

    static let cases = [
        Case(
            testDescription: "no limit", groups: "0::/a/b\n",
            files: ["/a/b/cpu.max": "max 100000\n", "/a/cpu.max": "max 100000\n"],
            isRationed: false),
        Case(
            testDescription: "a limit", groups: "0::/a/b\n",
            files: ["/a/b/cpu.max": "50000 100000\n"], isRationed: true),
        Case(
            testDescription: "a limit further up", groups: "0::/a/b\n",
            files: ["/a/b/cpu.max": "max 100000\n", "/a/cpu.max": "200000 100000\n"],
            isRationed: true),
        Case(
            testDescription: "a limit of a container, that sees itself as the root",
            groups: "0::/\n", files: ["/cpu.max": "150000 100000\n"], isRationed: true),
        Case(
            testDescription: "a limit of somebody else", groups: "0::/a/b\n",
            files: ["/a/c/cpu.max": "50000 100000\n"], isRationed: false),
        Case(
            testDescription: "version 1, no limit", groups: "2:cpuset:/x\n1:cpu,cpuacct:/a\n0::/\n",
            files: ["/cpu/a/cpu.cfs_quota_us": "-1\n", "/cpu/x/cpu.cfs_quota_us": "5000\n"],
            isRationed: false),
        Case(
            testDescription: "version 1, a limit", groups: "2:cpuset:/x\n1:cpuacct,cpu:/a\n0::/\n",
            files: ["/cpu/a/cpu.cfs_quota_us": "50000\n"], isRationed: true),
        Case(
            testDescription: "lines of another kind", groups: "\n:\n::\nx\n0:cpu\n:::::\n",
            isRationed: false),
        Case(testDescription: "nothing", groups: "", isRationed: false),
    ]

    @Test(arguments: cases)
    func aLimitIsSeen(_ example: Case) throws {
        let root = FileManager.default.temporaryDirectory.path + "/tufa-ration-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        func write(_ path: String, _ text: String) throws {
            let folder = (root + path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: root + path, atomically: false, encoding: .utf8)
        }
        try write("/proc/self/cgroup", example.groups)
        for (path, text) in example.files { try write("/sys/fs/cgroup" + path, text) }
        #expect((tufa_processors_are_rationed(root) != 0) == example.isRationed)
    }

    @Test(arguments: [
        ("Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n", false), ("Seccomp:\t2\n", true),
        ("Seccomp:\t1\n", true), ("Seccomp_filters:\t3\n", false), ("", false),
    ])
    func aFilterIsSeen(_ status: String, _ isFiltered: Bool) throws {
        let root = FileManager.default.temporaryDirectory.path + "/tufa-filter-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(
            atPath: root + "/proc/self", withIntermediateDirectories: true)
        try status.write(toFile: root + "/proc/self/status", atomically: false, encoding: .utf8)
        #expect((tufa_calls_are_filtered(root) != 0) == isFiltered)
    }

    @Test func withoutTheFilesThereIsNoLimit() {
        #expect(tufa_processors_are_rationed("/nowhere") == 0)
        #expect(tufa_calls_are_filtered("/nowhere") == 0)
    }
}
