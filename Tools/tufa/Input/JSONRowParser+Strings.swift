import TufaBytes
import TufaModel

extension JSONRowParser {
    /// The string that begins after the opening quote, as the type of its field holds it.
    mutating func text(
        as type: ScalarType, of field: Int, _ start: Int, _ bytes: [UInt8]
    ) throws(InputProblem) -> Value {
        switch type {
        case .text: return .text(try string(bytes))
        case .uuid:
            // The text form has one length, so its bytes are read where they stand.
            if at + 36 < end, bytes[at + 36] == 0x22, let id = InputScalars.uuid(bytes, at) {
                at += 37
                return .uuid(id)
            }
        case .timestamp:
            if let (time, stop) = InputScalars.timestamp(bytes, at, end), stop < end,
                bytes[stop] == 0x22
            {
                at = stop + 1
                return .timestamp(time)
            }
        case .int64, .boolean: throw mismatch("a text", field, start)
        case .bytes, .double: break
        }
        let text = try string(bytes)
        if type == .double {
            switch text {
            case "NaN": return .double(.nan)
            case "Infinity": return .double(.infinity)
            case "-Infinity": return .double(-.infinity)
            default: throw mismatch("a text", field, start)
            }
        }
        do {
            return try Value(parsing: text, as: type)
        } catch {
            throw mismatch(Value.excerpt(text), field, start)
        }
    }

    /// The string that begins after the opening quote.
    mutating func string(_ bytes: [UInt8]) throws(InputProblem) -> String {
        let start = at
        try skipPlain(bytes)
        if bytes[at] == 0x22 {
            guard let text = InputScalars.text(bytes, start, at)
            else { throw InputProblem(.syntax, "The text is not valid UTF-8.", at: start) }
            at += 1
            return text
        }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: bytes[start..<at])
        while bytes[at] != 0x22 {
            try escape(bytes)
            let plain = at
            try skipPlain(bytes)
            scratch.append(contentsOf: bytes[plain..<at])
        }
        at += 1
        guard let text = InputScalars.text(scratch, 0, scratch.count)
        else { throw InputProblem(.syntax, "The text is not valid UTF-8.", at: start) }
        return text
    }

    /// Goes to the next quote or backslash.
    private mutating func skipPlain(_ bytes: [UInt8]) throws(InputProblem) {
        while at < end {
            let byte = bytes[at]
            if byte == 0x22 || byte == 0x5C { return }
            if byte < 0x20 {
                throw InputProblem(
                    .syntax, "A control character in a text must be written as an escape.", at: at)
            }
            at += 1
        }
        throw InputProblem(.syntax, "The text has no closing quote on this line.", at: at)
    }

    /// Reads the escape at the backslash into the scratch.
    private mutating func escape(_ bytes: [UInt8]) throws(InputProblem) {
        let start = at
        at += 1
        guard at < end else { throw unexpected("the rest of an escape", bytes) }
        let byte = bytes[at]
        at += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: scratch.append(byte)
        case 0x62: scratch.append(0x08)
        case 0x66: scratch.append(0x0C)
        case 0x6E: scratch.append(0x0A)
        case 0x72: scratch.append(0x0D)
        case 0x74: scratch.append(0x09)
        case 0x75:
            var code = try fourDigits(bytes)
            if code & 0xFC00 == 0xD800, at + 1 < end, bytes[at] == 0x5C, bytes[at + 1] == 0x75 {
                at += 2
                let low = try fourDigits(bytes)
                if low & 0xFC00 == 0xDC00 {
                    code = 0x10000 + ((code & 0x3FF) << 10 | low & 0x3FF)
                }
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw InputProblem(
                    .syntax, "Half a surrogate pair is no character.", at: start)
            }
            scratch.append(contentsOf: String(scalar).utf8)
        default:
            throw InputProblem(
                .syntax, "\\\(InputText.excerpt(bytes, at - 1, end)) is no escape of JSON.",
                at: start)
        }
    }

    private mutating func fourDigits(_ bytes: [UInt8]) throws(InputProblem) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard at < end, let digit = InputScalars.hexDigit(bytes[at])
            else { throw unexpected("four hexadecimal digits", bytes) }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }
}
