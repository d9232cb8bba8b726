import TufaBytes

/// What goes to standard error beside the results: for people, or as one JSON object a line.
struct Remarks: Sendable {
    /// Whether programs read it.
    let isJSON: Bool

    /// Tells something: `tufa: …`, or `{"note": …}` for programs.
    func note(_ text: String) {
        guard isJSON else { return Console.status("tufa: \(text)\n") }
        var json = JSONWriter()
        json.object { $0.member("note", text) }
        json.endLine()
        Console.status(String(decoding: json.bytes, as: UTF8.self))
    }

    /// Tells that a row was left out: its message, or `{"skipped": …}` like an error for programs.
    func skipped(_ error: DatabaseError) {
        Console.status(
            isJSON
                ? Failure.json(error, named: "skipped") + "\n"
                : "tufa: skipped: \(error.message)\n")
    }
}
