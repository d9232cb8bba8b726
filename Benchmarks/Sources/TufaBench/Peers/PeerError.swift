/// A peer that did not do what it was asked.
struct PeerError: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
