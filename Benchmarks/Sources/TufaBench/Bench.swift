import Foundation

/// What all suites share: what was asked for, a folder, and what is measured of the targets.
final class Bench {
    let options: Options
    let scratch: Scratch
    var figures: Figures
    let commit = ProcessInfo.processInfo.environment["TUFA_COMMIT"] ?? "unknown"
    private var folderCount = 0

    init(_ options: Options) throws {
        self.options = options
        scratch = try Scratch(in: options.folder)
        figures = try Figures(options.figures, commit: commit)
    }

    /// A folder that no store has used.
    func folder(_ store: any StoreEngine) -> String {
        folderCount += 1
        return scratch.path("\(store.name.lowercased())-\(folderCount)")
    }

    /// Opens stores in new folders.
    func open(_ stores: [any StoreEngine], _ promise: Promise) throws {
        for store in stores { try store.open(folder(store), promise) }
    }

    /// Closes stores and leaves nothing of their files, so that the next has the disk for itself.
    func close(_ stores: [any StoreEngine]) throws {
        for store in stores { try store.close() }
        scratch.empty()
    }
}
