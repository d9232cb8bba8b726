internal import CTufa

/// The processors of the machine, as far as they are there for this program.
package enum Processors {
    /// How many there are for the thread that asks, and for those that it starts; at least 1.
    package static var count: Int { Int(tufa_processor_count()) }

    /// Whether the program may use them for a part of the time only, as in a container with a
    /// limit: what is used for waiting is then missing for work.
    static let areRationed = unsafe tufa_processors_are_rationed("") != 0

    /// Whether a filter (seccomp) looks at the program's calls to the system, and may end it for
    /// one that is usual elsewhere.
    static let callsAreFiltered = unsafe tufa_calls_are_filtered("") != 0
}
