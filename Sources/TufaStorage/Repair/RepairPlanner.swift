internal import TufaBytes

/// Decides which findings can be put right without a guess; reads only, and takes no lock.
package struct RepairPlanner {
    /// What can be done, in order.
    package private(set) var steps: [RepairStep] = []
    /// What cannot.
    package private(set) var unmended: [VerifyReport.Finding] = []

    private let fileSystem: any FileSystem
    private let root: String
    private let findings: [VerifyReport.Finding]
    private var manifest: Manifest?

    /// Prepares a plan for what a check has found.
    package init(_ fileSystem: any FileSystem, root: String, _ findings: [VerifyReport.Finding]) {
        self.fileSystem = fileSystem
        self.root = root
        self.findings = findings
    }

    /// Makes the plan.
    ///
    /// - Complexity: a page of each file that is found to be foreign.
    package mutating func run() throws {
        manifest = try? ManifestStore.open(in: root, fileSystem, forWriting: false).current
        for finding in findings {
            if finding.kind == "unclean_end" { continue }
            if let kind = kind(of: finding) {
                steps.append(
                    RepairStep(
                        kind: kind, file: finding.file, offset: finding.offset,
                        message: finding.message))
            } else {
                unmended.append(finding)
            }
        }
        dropRepeats()
        // What does not belong here, or is known by one slot only, may be in the way of the rest.
        let isFirst: (RepairStep) -> Bool = {
            [.unfinishedFile, .foreignFile, .manifestSlot].contains($0.kind)
        }
        steps = steps.filter(isFirst) + steps.filter { !isFirst($0) }
    }

    /// A file that is moved aside needs nothing else.
    private mutating func dropRepeats() {
        let moves: Set<RepairStep.Kind> = [
            .unfinishedFile, .foreignFile, .badSnapshot, .archivedSegment,
        ]
        let moved = Set(steps.filter { moves.contains($0.kind) }.map(\.file))
        unmended.removeAll { $0.isHarmless && moved.contains($0.file) }
        var seen: Set<String> = []
        steps.removeAll { step in
            moved.contains(step.file)
                && (!moves.contains(step.kind) || !seen.insert(step.file).inserted)
        }
    }

    private func kind(of finding: VerifyReport.Finding) -> RepairStep.Kind? {
        let isSnapshot = finding.file.hasPrefix(FileNames.snapshots + "/")
        switch finding.kind {
        case "unfinished_file": return isFile(finding.file) ? .unfinishedFile : nil
        case "torn_write": return finding.file == FileNames.manifest ? .manifestSlot : .tornWrite
        case "stray_bytes": return .strayBytes
        case "archived_segment": return isHistoryWhole ? .archivedSegment : nil
        case DatabaseError.Code.damaged.name, "wrong_index", "wrong_state":
            return isSnapshot && isHistoryWhole && isFile(finding.file) ? .badSnapshot : nil
        case DatabaseError.Code.foreignFile.name:
            return isForeign(finding.file) && isFile(finding.file) ? .foreignFile : nil
        default: return nil
        }
    }

    private func isFile(_ name: String) -> Bool {
        (try? fileSystem.status(of: root + "/" + name))?.isDirectory == false
    }

    /// Whether all that is found concerns snapshots, or can be put right or done without.
    private var isHistoryWhole: Bool {
        findings.allSatisfy {
            $0.isHarmless || $0.file.hasPrefix(FileNames.snapshots + "/")
        }
    }

    /// Whether a file has nothing to do with this history: by its name, or by a whole first page
    /// of another database or history, where everything is there without it.
    private func isForeign(_ name: String) -> Bool {
        let parts = name.split(separator: "/").map(String.init)
        guard parts.count == 2, let manifest, var files = try? list() else { return false }
        let (folder, inner) = (parts[0], parts[1])
        switch folder {
        case FileNames.snapshots:
            guard FileNames.snapshotPosition(inner) != nil else { return true }
            // A cache under another name than its own is of no use either.
            return isOfAnother(name, .snapshot, manifest) || isHistoryWhole
        case FileNames.archive:
            guard let range = FileNames.archiveRange(inner) else { return true }
            files.archives.removeAll { $0 == range }
            guard isOfAnother(name, .archive, manifest) else { return false }
        case FileNames.log:
            guard let position = FileNames.segmentPosition(inner) else { return true }
            files.segments.removeAll { $0 == position }
            guard isOfAnother(name, .segment, manifest) else { return false }
        default: return false
        }
        return (try? files.checkComplete(manifest)) != nil
    }

    private func list() throws -> HistoryFiles {
        try HistoryFiles.list(root, fileSystem) { _ in }
    }

    private func isOfAnother(
        _ name: String, _ magic: FilePrologue.Magic, _ manifest: Manifest
    ) -> Bool {
        guard let file = try? fileSystem.open(root + "/" + name, .read),
            let page = try? file.bytes(count: FilePrologue.pageByteCount, at: 0),
            let prologue = try? FilePrologue.read(
                magic, page, file: name, forWriting: false, { prologue, _ in prologue })
        else { return false }
        let histories = [manifest.lineage] + manifest.ancestors.map(\.lineage)
        return prologue.databaseID != manifest.databaseID || !histories.contains(prologue.lineage)
    }
}
