internal import CTufa

/// The processors of the machine, as far as they are there for this program.
package enum Processors {
    /// How many there are for the thread that asks, and for those that it starts; at least 1.
    package static var count: Int { Int(tufa_processor_count()) }
}
