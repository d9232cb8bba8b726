internal import Foundation

/// A value that several threads, or a hook and its test, work on.
///
/// ThreadSanitizer understands this lock, and not the one of the standard library.
package final class Shared<Value: Sendable>: @unchecked Sendable {  // The lock guards the value.
    private let lock = NSLock()
    private var guarded: Value

    /// Wraps a value.
    package init(_ value: Value) { guarded = value }

    /// The value now.
    package var value: Value { lock.withLock { guarded } }

    /// Works on the value, with the lock held.
    package func withLock<Result: Sendable>(_ body: (inout Value) throws -> Result) rethrows
        -> Result
    {
        try lock.withLock { try body(&guarded) }
    }
}
