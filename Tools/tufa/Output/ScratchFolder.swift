import Foundation
import TufaBytes

/// A folder that a verb makes for itself, where nothing else is, and removes at its end.
struct ScratchFolder {
    let path: String

    /// Makes the folder, or takes an empty one.
    ///
    /// - Throws: `already_exists` where something is there, `io` where it cannot be made.
    init(_ path: String) throws {
        self.path = path
        if FileManager.default.fileExists(atPath: path) {
            // Of what is no folder there are no names.
            let names = try? FileManager.default.contentsOfDirectory(atPath: path)
            guard names?.isEmpty == true else {
                throw DatabaseError(
                    .alreadyExists, "There is something at \(path).",
                    advice: "Name a folder that is missing or empty; it is removed at the end.")
            }
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw DatabaseError(
                .io, "Cannot make the folder \(path): \(error.localizedDescription)",
                advice: "Name a folder on the disk that is to be tried, where you may write.")
        }
    }

    /// Removes the folder and all that was made in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
