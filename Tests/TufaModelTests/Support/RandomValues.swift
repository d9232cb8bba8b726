import TufaBytes
import TufaModel

extension SeededGenerator {
    /// A value of a type, often one of the few that collide, touch or border on a limit.
    mutating func value(_ type: ScalarType) -> Value {
        switch type {
        case .uuid:
            chance(50)
                ? .uuid(RowID(high: UInt64(below(3)), low: UInt64(below(3))))
                : .uuid(RowID(high: next(), low: next()))
        case .text: .text(text())
        case .int64:
            .int64(
                chance(60) ? Int64(below(7)) - 3 : pick([.min, .max, 0, -1, 1 << 40, -(1 << 33)]))
        case .double:
            .double(
                chance(50)
                    ? Double(below(9)) / 2 - 2
                    : pick([
                        0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -1e300, 1e300,
                        .greatestFiniteMagnitude,
                    ]))
        case .boolean: .boolean(chance(50))
        case .timestamp:
            .timestamp(
                Timestamp(
                    microseconds: chance(60)
                        ? Int64(below(5)) - 2
                        : Int64.random(
                            in: -60_000_000_000_000_000...250_000_000_000_000_000, using: &self)))
        case .bytes:
            .bytes((0..<below(6)).map { _ in pick([0, 1, 2, 0x7F, 0xFE, 0xFF]) })
        }
    }

    /// A text of few letters, so that texts often are equal or begin with each other.
    mutating func text(upTo length: Int = 6) -> String {
        let letters = ["a", "b", "\0", "é", "e\u{301}", "😀", "\u{1}", "ÿ", "'", "\"", " ", "%"]
        return (0..<below(length + 1)).map { _ in chance(60) ? "a" : pick(letters) }.joined()
    }

    mutating func optionalValue(_ type: ScalarType) -> Value { chance(25) ? .null : value(type) }
}
