internal import Synchronization
package import TufaBytes

/// Whether a part of a snapshot could not be loaded when it was needed.
///
/// Whoever reads rows and trees cannot be stopped in the middle; it goes on with what stands for
/// the missing part, and asks here before anything of that reaches the program.
package final class LoadFault: Sendable {
    private let flag = Atomic(false)
    private let first = Mutex<DatabaseError?>(nil)
    private let file: String
    private let onReport: @Sendable (DatabaseError) -> Void

    /// - Parameters:
    ///   - file: The snapshot, for messages.
    ///   - onReport: Is told what went wrong first.
    package init(file: String, onReport: @escaping @Sendable (DatabaseError) -> Void) {
        self.file = file
        self.onReport = onReport
    }

    /// Whether something could not be loaded.
    @inline(__always)
    package var isSet: Bool { flag.load(ordering: .acquiring) }

    /// What went wrong first.
    package var error: DatabaseError? { first.withLock { $0 } }

    /// Notes what went wrong, where nothing has before; the caller hands the result to
    /// ``tell(_:)`` when it holds no lock, for whoever is told may read.
    package func note(_ error: any Error) -> DatabaseError? {
        var own =
            error as? DatabaseError
            ?? DatabaseError(.io, "A part of the snapshot was not read.", cause: error)
        if own.file == nil { own.file = file }
        own.advice =
            "Close the database and open it again: it then does without this snapshot. Where it is "
            + "open for reading only, open it with loading = .atOnce."
        let isFirst = first.withLock { first in
            if first != nil { return false }
            first = own
            return true
        }
        flag.store(true, ordering: .releasing)
        return isFirst ? own : nil
    }

    /// Tells of what ``note(_:)`` has given back.
    package func tell(_ noted: DatabaseError?) {
        if let noted { onReport(noted) }
    }

    /// Throws what went wrong, if anything did.
    @inline(__always)
    package func check() throws {
        if isSet { try throwError() }
    }

    @inline(never)
    private func throwError() throws {
        if let error { throw error }
    }
}
