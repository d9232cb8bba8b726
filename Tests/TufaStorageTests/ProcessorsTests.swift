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

    /// Writes a file, and the folders that it is in, below another.
    private func write(_ path: String, _ text: String, in root: TestFolder) throws {
        let whole = root.path + path
        try FileManager.default.createDirectory(
            atPath: (whole as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try text.write(toFile: whole, atomically: false, encoding: .utf8)
    }

    @Test(arguments: cases)
    func aLimitIsSeen(_ example: Case) throws {
        let root = try TestFolder()
        try write("/proc/self/cgroup", example.groups, in: root)
        for (path, text) in example.files { try write("/sys/fs/cgroup" + path, text, in: root) }
        #expect((tufa_processors_are_rationed(root.path) != 0) == example.isRationed)
    }

    @Test(arguments: [
        ("Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n", false), ("Seccomp:\t2\n", true),
        ("Seccomp:\t1\n", true), ("Seccomp_filters:\t3\n", false), ("", false),
    ])
    func aFilterIsSeen(_ status: String, _ isFiltered: Bool) throws {
        let root = try TestFolder()
        try write("/proc/self/status", status, in: root)
        #expect((tufa_calls_are_filtered(root.path) != 0) == isFiltered)
    }

    @Test func withoutTheFilesThereIsNoLimit() {
        #expect(tufa_processors_are_rationed("/nowhere") == 0)
        #expect(tufa_calls_are_filtered("/nowhere") == 0)
    }
}
