/// Runs blocking work on a thread of its own, so that it holds up no task.
func offThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let thread = startThread(named: "tufa.work") {
            continuation.resume(with: Swift.Result { try body() })
        }
        detachThread(thread)
    }
}
