/// A history that is the same at each repetition: the same calls, the same bytes.
///
/// A new operation that writes files joins every matrix by one more script, or by one more step.
package struct SimulationScript: Sendable, CustomStringConvertible {
    /// What it is about, in one or two words.
    package let name: String
    /// Its name.
    package var description: String { name }
    let body: @Sendable (ScriptRun) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (ScriptRun) throws -> Void) {
        self.name = name
        self.body = body
    }

    /// The scripts that are written by hand.
    package static let all: [SimulationScript] = [
        .everything, .cascades, .schemas, .texts, .buffered, .archives, .restores, .repairs,
        .salvages,
    ]
}
