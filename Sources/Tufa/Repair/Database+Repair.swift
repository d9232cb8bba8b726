internal import TufaBytes
package import TufaStorage

extension Database {
    /// Puts right what can be put right without a guess, or says what that would be.
    ///
    /// It moves aside a snapshot that cannot be used while the history is whole, files that were
    /// not finished or do not belong here, and a segment that a verified archive holds; it clears
    /// a write that a crash cut off and what stands behind a seal; it writes a slot of the manifest
    /// anew from the other one. Whatever it removes or overwrites is first copied into
    /// `quarantine/` and synced there. Damage of the log or of an archive, a missing file and a
    /// lost manifest are left alone, and ``RepairReport/unmended`` says what helps.
    /// - Parameters:
    ///   - path: The database. To apply a repair nobody may have it open for writing.
    ///   - apply: Whether to do it. Without, nothing is written and no lock is taken.
    ///   - analyzers: The program's own analyzers; text indexes of others are not checked.
    /// - Throws: ``DatabaseError``: `not_a_database`, `locked`, `disk_full`, `io`. An error or a
    ///   crash on the way leaves the database no worse than before, and a second repair finishes.
    /// - Complexity: O(bytes of all files) for each look: one to plan, at least two to apply.
    public static func repair(
        _ path: String, apply: Bool, analyzers: [any TextAnalyzer] = []
    ) throws -> RepairReport {
        try repair(path, apply: apply, .system, LogOptions(), analyzers: analyzers)
    }

    package static func repair(
        _ path: String, apply: Bool, _ environment: StorageEnvironment, _ logOptions: LogOptions,
        analyzers: [any TextAnalyzer] = []
    ) throws -> RepairReport {
        func look() throws -> (VerifyReport, RepairPlanner) {
            let report = try verify(path, environment, logOptions, analyzers: analyzers)
            var planner = RepairPlanner(
                environment.fileSystem, root: path,
                report.findings.map(TufaStorage.VerifyReport.Finding.init))
            try planner.run()
            return (report, planner)
        }
        guard apply else {
            let (report, planner) = try look()
            return RepairReport(report, planner.steps, planner.unmended, isApplied: false)
        }
        let repairer = try DirectoryRepairer(environment, root: path)
        defer { repairer.release() }
        var done: [RepairStep] = []
        // What is put right may uncover more, as a file that kept the others from being looked at.
        for _ in 0..<maximumRepairRounds {
            let (report, planner) = try look()
            if planner.steps.isEmpty {
                return RepairReport(report, done, planner.unmended, isApplied: true)
            }
            for step in planner.steps { done.append(try repairer.apply(step)) }
        }
        let (report, _) = try look()
        return RepairReport(
            report, done, report.findings.map(TufaStorage.VerifyReport.Finding.init),
            isApplied: true)
    }

    private static let maximumRepairRounds = 8
}

extension TufaStorage.VerifyReport.Finding {
    init(_ finding: Tufa.Finding) {
        self.init(
            file: finding.file, offset: finding.offset ?? 0, kind: finding.kind,
            message: finding.message, isHarmless: finding.isHarmless)
    }
}

extension RepairReport {
    init(
        _ report: VerifyReport, _ steps: [RepairStep],
        _ unmended: [TufaStorage.VerifyReport.Finding], isApplied: Bool
    ) {
        self.init(
            isApplied: isApplied,
            steps: steps.map {
                Step(
                    kind: $0.kind.rawValue, file: $0.file, offset: $0.offset,
                    action: $0.kind.action,
                    reason: $0.message, copy: $0.copy)
            },
            unmended: unmended.map { finding in
                Unmended(finding: Finding(finding), advice: RepairAdvice.about(finding))
            },
            notChecked: report.notChecked, position: report.position, stateHash: report.stateHash)
    }
}
