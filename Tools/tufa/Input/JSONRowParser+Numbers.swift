import TufaBytes
import TufaModel

extension JSONRowParser {
    /// The number at this place, as the type of its field holds it.
    mutating func number(
        as type: ScalarType, of field: Int, _ bytes: [UInt8]
    ) throws(InputProblem) -> Value {
        let start = at
        let isNegative = take(0x2D, bytes)
        let first = at
        var magnitude: UInt64 = 0
        var isExact = true
        try digits(bytes, into: &magnitude, &isExact)
        if bytes[first] == 0x30, at - first > 1 {
            throw InputProblem(.syntax, "A number does not begin with 0.", at: first)
        }
        var scale = 0
        var isWhole = true
        if take(0x2E, bytes) {
            let fraction = at
            try digits(bytes, into: &magnitude, &isExact)
            scale = fraction - at
            isWhole = false
        }
        if at < end, bytes[at] | 0x20 == 0x65 {
            at += 1
            let isSmall = at < end && bytes[at] == 0x2D
            if at < end, bytes[at] == 0x2D || bytes[at] == 0x2B { at += 1 }
            var exponent: UInt64 = 0
            var isInReach = true
            try digits(bytes, into: &exponent, &isInReach)
            if !isInReach || exponent > 400 { isExact = false }
            scale += isSmall ? -Int(exponent & 0xFFF) : Int(exponent & 0xFFF)
            isWhole = false
        }
        switch type {
        case .int64, .double: break
        default: throw mismatch("a number", field, start)
        }
        if type == .int64, isWhole {
            guard isExact, magnitude <= UInt64(Int64.max) + (isNegative ? 1 : 0)
            else { throw outside(field, start, bytes) }
            return .int64(
                isNegative
                    ? Int64(truncatingIfNeeded: 0 &- magnitude)
                    : Int64(truncatingIfNeeded: magnitude))
        }
        // Exact operands and one rounding give the nearest double.
        let value: Double
        if isExact, magnitude <= 1 << 53, scale >= -22, scale <= 22 {
            let power = JSONRowParser.powersOfTen[abs(scale)]
            let absolute = scale < 0 ? Double(magnitude) / power : Double(magnitude) * power
            value = isNegative ? -absolute : absolute
        } else {
            value = Double(String(decoding: bytes[start..<at], as: UTF8.self)) ?? .nan
        }
        guard value.isFinite else { throw outside(field, start, bytes) }
        if type == .double { return .double(value) }
        guard let whole = Int64(exactly: value) else {
            throw mismatch(InputText.excerpt(bytes, start, at), field, start)
        }
        return .int64(whole)
    }

    private mutating func digits(
        _ bytes: [UInt8], into number: inout UInt64, _ isExact: inout Bool
    ) throws(InputProblem) {
        let start = at
        while at < end, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            let (product, high) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[at] - 0x30))
            if high || carry { isExact = false }
            number = sum
            at += 1
        }
        guard at > start else { throw unexpected("a digit", bytes) }
    }

    private func outside(_ field: Int, _ start: Int, _ bytes: [UInt8]) -> InputProblem {
        problem(
            .typeMismatch,
            "\(fields.name(field)) is \(InputText.excerpt(bytes, start, at)), which is outside of "
                + "what \(fields.typeName(field)) holds.",
            field, start)
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}
