/// Lets a long task give way to those who do something meanwhile: it works a twentieth of the
/// time while they do, and all the time while they do not.
package final class Pace {
    private let activity: () -> UInt64
    private var seen: UInt64
    private var lastActive: ContinuousClock.Instant?
    private var start = ContinuousClock.now

    /// How many times as long as it has worked the task rests.
    private static let rest = 19
    /// How long nobody may have done anything before the task stops resting.
    private static let patience = Duration.milliseconds(20)
    private static let longestRest = Duration.milliseconds(50)

    /// - Parameter activity: A number that changes whenever others do something.
    package init(activity: @escaping () -> UInt64) {
        self.activity = activity
        seen = activity()
    }

    /// Whether others have done something lately.
    package private(set) var givesWay = false

    /// Rests, if others are at work; to be called after each small piece of work.
    package func pause() {
        let now = ContinuousClock.now
        let current = activity()
        if current != seen { lastActive = now }
        seen = current
        givesWay = lastActive.map { now - $0 < Self.patience } ?? false
        guard givesWay else {
            start = now
            return
        }
        Platform.rest(for: min((now - start) * Self.rest, Self.longestRest))
        start = ContinuousClock.now
    }
}
