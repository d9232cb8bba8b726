internal import TufaBytes
internal import TufaStorage

/// What helps where a repair would have to guess.
enum RepairAdvice {
    static func about(_ finding: TufaStorage.VerifyReport.Finding) -> String {
        let code = DatabaseError.Code(finding.kind)
        switch code {
        case .newerFormat: return "Open it with a newer version."
        case .io: return "Find the cause on the disk; copy the folder to another one and try there."
        case .missingFile where finding.file == FileNames.manifest,
            .damaged where finding.file == FileNames.manifest:
            return "Bring the manifest back from a backup of this database, from any time; without "
                + "one, salvage reads what the other files hold."
        case .missingFile:
            return "Bring the file back from a backup; without one, salvage takes what is there."
        case .foreignFile:
            return "Give a file of this database its own name back, and put the right one in its "
                + "place, from a backup; without one, salvage takes what is there."
        case .damaged where finding.file.hasPrefix(FileNames.snapshots):
            return "Salvage, restore or a backup comes first: the history is not whole, and the "
                + "snapshot may hold what it lacks."
        case .damaged:
            return "restore --up-to-damage takes what lies before it, salvage also what lies "
                + "behind; a backup may hold all."
        default:
            return finding.isHarmless
                ? "Nothing is lost by it."
                : "restore to a position before it, or salvage, which leaves out what breaks a "
                    + "rule."
        }
    }
}

extension RepairStep.Kind {
    /// What is done, as one sentence.
    var action: String {
        switch self {
        case .unfinishedFile: "The unfinished file is moved into the quarantine."
        case .foreignFile: "The foreign file is moved into the quarantine."
        case .badSnapshot: "The snapshot is moved into the quarantine; the history gives its state."
        case .archivedSegment:
            "The archive is verified, and the segment is moved into the quarantine."
        case .strayBytes: "The bytes behind the seal are copied into the quarantine and zeroed."
        case .tornWrite: "The write that was cut off is copied into the quarantine and zeroed."
        case .manifestSlot:
            "The slot is copied into the quarantine and written anew from the other one."
        }
    }
}
