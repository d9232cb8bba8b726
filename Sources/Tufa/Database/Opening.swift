internal import Logging
internal import TufaBytes
internal import TufaStorage

/// What opening a database has found, in sentences.
struct Opening {
    /// Everything that people should know.
    let recovery: [String]
    /// What does not come from another process that writes at the same time: damage, and snapshots
    /// that are not used.
    let warnings: [String]

    init(
        _ directory: DatabaseDirectory, _ loader: EngineLoader, at position: UInt64,
        _ logger: Logger
    ) {
        let damage = loader.damage ?? directory.damage
        var sentences: [String] = []
        if let damage {
            let sentence =
                "The database is damaged and is shown only as of position \(position), the last "
                + "whole commit before the damage: \(damage)"
            sentences.append(sentence)
            logger.error("\(sentence)")
        }
        var others: [String] = []
        for finding in directory.report.findings {
            let sentence = "\(finding.file) at byte \(finding.offset): \(finding.message)"
            switch finding.kind {
            case .damage: if damage?.file != finding.file { sentences.append(sentence) }
            case .badSnapshot: sentences.append(sentence)
            default: others.append(sentence)
            }
        }
        sentences += loader.notes
        warnings = sentences
        recovery = sentences + others
        for sentence in recovery.dropFirst(damage == nil ? 0 : 1) { logger.notice("\(sentence)") }
    }
}
