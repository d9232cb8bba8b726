internal import TufaBytes

extension Value: Comparable {
    /// Orders values as ascending indexes do: by value, and NULL after every value.
    ///
    /// Texts and bytes order by their bytes, false before true, NaN after every number. Values of
    /// different types have an order too, by type, so that sorting any values is well defined.
    public static func < (left: Value, right: Value) -> Bool { left.order(against: right) < 0 }

    /// Whether an index would take the two for equal; NULL equals NULL here, unlike in SQL.
    public static func == (left: Value, right: Value) -> Bool { left.order(against: right) == 0 }

    /// Negative, zero or positive, as this value stands before, at or after the other.
    package func order(against other: Value) -> Int {
        switch (self, other) {
        case (.null, .null): 0
        case (.null, _): 1
        case (_, .null): -1
        case (.uuid(let left), .uuid(let right)): Value.order(left, right)
        case (.text(let left), .text(let right)): Value.order(left.utf8, right.utf8)
        case (.int64(let left), .int64(let right)): Value.order(left, right)
        case (.double(let left), .double(let right)): Value.order(left, right)
        case (.boolean(let left), .boolean(let right)):
            Value.order(left ? 1 : 0, right ? 1 : 0)
        case (.timestamp(let left), .timestamp(let right)): Value.order(left, right)
        case (.bytes(let left), .bytes(let right)): Value.order(left, right)
        default: Value.order(typeRank, other.typeRank)
        }
    }

    private var typeRank: UInt8 { type?.rawValue ?? .max }

    static func order<T: Comparable>(_ left: T, _ right: T) -> Int {
        left < right ? -1 : left == right ? 0 : 1
    }

    static func order(_ left: Double, _ right: Double) -> Int {
        if left.isNaN || right.isNaN {
            return order(left.isNaN ? 1 : 0, right.isNaN ? 1 : 0)
        }
        return left < right ? -1 : left == right ? 0 : 1
    }

    static func order(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
        var others = right.makeIterator()
        for byte in left {
            guard let other = others.next() else { return 1 }
            if byte != other { return byte < other ? -1 : 1 }
        }
        return others.next() == nil ? 0 : -1
    }
}

extension Value: Hashable {
    /// Feeds what `==` looks at.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(typeRank)
        switch self {
        case .null: break
        case .uuid(let id): hasher.combine(id)
        case .text(let text):
            for byte in text.utf8 { hasher.combine(byte) }
        case .int64(let number): hasher.combine(number)
        case .double(let number):
            hasher.combine(number.isNaN ? Double.nan.bitPattern : (number + 0).bitPattern)
        case .boolean(let flag): hasher.combine(flag)
        case .timestamp(let time): hasher.combine(time)
        case .bytes(let bytes): hasher.combine(bytes)
        }
    }
}
