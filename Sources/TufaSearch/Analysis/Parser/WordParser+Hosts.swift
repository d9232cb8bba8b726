// Hosts, e-mail addresses and URLs.

extension WordParser {
    /// Where in a host a look begins: behind a dot, behind a hyphen, or within a label.
    enum HostPlace {
        case first, second, domain, afterHyphen, inside
    }

    /// A host and what goes with it.
    struct Host {
        var end: Int
        /// Where the URL ends that the host begins; the end of the host without one.
        var urlEnd: Int
        var isAddress = false
    }

    /// Finds the host, URL or address whose first label reached an index.
    mutating func parseHost(_ place: HostPlace, _ from: Int) -> Bool {
        guard let host = unsafe host(place, from, origin: offset, isNested: false) else {
            return false
        }
        let begin = unsafe offset
        if host.urlEnd == host.end { return unsafe accept(Found(end: host.end)) }
        _ = unsafe accept(Found(end: host.urlEnd))
        unsafe offset = begin
        unsafe mode = .host
        unsafe hostEnd = host.end
        unsafe pathEnd = host.urlEnd
        return true
    }

    /// The host that goes on at an index; its last label begins with two letters.
    ///
    /// Behind the @ of an address, `isNested`, there is neither a further address nor a path.
    private func host(
        _ place: HostPlace, _ from: Int, origin: Int, isNested: Bool
    ) -> Host? {
        var place = place
        var index = from
        // The host up to the last place where it could end.
        var best: Host?
        let limit = unsafe origin + Self.maximumHostByteCount
        while index <= limit {
            let character = unsafe byte(index)
            let isLetter = unsafe isLetter(index)
            switch place {
            case .first, .afterHyphen:
                guard unsafe isLetterOrDigit(index) else { return best }
                place = place == .first && isLetter ? .second : .inside
            case .second, .domain, .inside:
                if place == .domain, unsafe !isLetterOrDigit(index) {
                    best = Host(end: index, urlEnd: index)
                }
                if isLetter {
                    place = place == .second ? .domain : place
                } else if unsafe isDigit(index) {
                    place = .inside
                } else if character == UInt8(ascii: ".") {
                    place = .first
                } else if character == UInt8(ascii: "-") || character == UInt8(ascii: "_") {
                    place = .afterHyphen
                } else if character == UInt8(ascii: "@") && !isNested {
                    if let end = unsafe address(index + 1) {
                        return Host(end: end, urlEnd: end, isAddress: true)
                    }
                    return best
                } else {
                    guard place == .domain else { return best }
                    if !isNested { return unsafe hostAndPath(index) }
                    let end = unsafe portEnd(index)
                    return Host(end: end, urlEnd: end)
                }
            }
            index += 1
        }
        return best
    }

    /// The host that ends at an index or behind the port there, with the path that follows.
    private func hostAndPath(_ from: Int) -> Host {
        let end = unsafe portEnd(from)
        var index = end + 1
        guard unsafe byte(end) == UInt8(ascii: "/"), unsafe isPathByte(byte(index)) else {
            return Host(end: end, urlEnd: end)
        }
        while unsafe isPathByte(byte(index)) { index += 1 }
        return Host(end: end, urlEnd: index)
    }

    /// The end of the port that follows a host, or of the host without one.
    private func portEnd(_ from: Int) -> Int {
        guard unsafe byte(from) == UInt8(ascii: ":"), unsafe isDigit(from + 1) else { return from }
        return unsafe skipDigits(from + 1)
    }

    private func isPathByte(_ byte: UInt8) -> Bool {
        guard byte > 0x20 && byte < 0x7F else { return false }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"),
            UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"),
            UInt8(ascii: "}"):
            return false
        default: return true
        }
    }

    /// The end of the address whose host begins at an index, behind the @.
    func address(_ from: Int) -> Int? {
        let isDigits = unsafe isDigit(from)
        let stop = unsafe isDigits ? skipDigits(from) : skipLetters(from)
        if stop == from { return nil }
        let place: HostPlace
        switch unsafe byte(stop) {
        case UInt8(ascii: "."): place = .first
        case UInt8(ascii: "-"), UInt8(ascii: "_"): place = .afterHyphen
        default:
            guard unsafe isLetterOrDigit(stop), unsafe !isDigits || exponent(stop) == nil else {
                return nil
            }
            place = .inside
        }
        return unsafe host(place, stop + 1, origin: from, isNested: true)?.end
    }
}
