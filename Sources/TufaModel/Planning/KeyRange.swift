internal import TufaBytes

/// A run of keys of one index: from `lower` up to but without `upper`, in the order of bytes.
package struct KeyRange: Sendable, Hashable {
    /// The first bytes that belong to it; empty for the start of the index.
    package var lower: [UInt8]
    /// The first bytes that no longer do; nil for the end of the index.
    package var upper: [UInt8]?

    /// Makes a run.
    package init(lower: [UInt8] = [], upper: [UInt8]? = nil) {
        self.lower = lower
        self.upper = upper
    }

    /// The keys that begin so.
    package init(prefix: [UInt8]) {
        lower = prefix
        upper = KeyBytes.successor(ofPrefix: prefix)
    }

    /// Whether no key can be in it.
    package var isEmpty: Bool {
        guard let upper else { return false }
        return Value.order(lower, upper) >= 0
    }

    /// What is left of it behind a key, in the direction of the walk.
    package func after(_ key: [UInt8], isReversed: Bool) -> KeyRange {
        var rest = self
        if isReversed {
            if upper.map({ Value.order(key, $0) < 0 }) ?? true { rest.upper = key }
        } else {
            // No key begins with another, so one byte more is behind this one and before the next.
            let next = key + [0]
            if Value.order(next, lower) > 0 { rest.lower = next }
        }
        return rest
    }
}

/// One end of a range of values.
package struct Bound: Sendable, Hashable {
    /// The value.
    package var value: Value
    /// Whether the value itself belongs to the range.
    package var isInclusive: Bool
}

/// What a plan knows of the column after the ones that are fixed: NULLs are never in a range.
package struct ColumnRange: Sendable, Hashable {
    /// The least value.
    package var lower: Bound?
    /// The greatest value.
    package var upper: Bound?
    /// What the text begins with; then there is no bound.
    package var prefix: String?

    /// The keys whose leading columns are `fixed` and whose next column, `column`, is in the range.
    func keys(fixed: [UInt8], _ column: KeyPlan.Column) -> KeyRange {
        if let prefix {
            return KeyRange(prefix: fixed + KeyBytes.encode(prefix: prefix, column))
        }
        var present = fixed
        if column.field.isOptional {
            let marker = KeyBytes.encode([.null], [column])[0]
            // The marker of a value is one nearer to the values than that of NULL.
            present.append(column.isDescending ? marker + 1 : marker - 1)
        }
        var range = KeyRange(prefix: present)
        let (first, last) = column.isDescending ? (upper, lower) : (lower, upper)
        if let first {
            let key = fixed + KeyBytes.encode([first.value], [column])
            if first.isInclusive {
                range.lower = key
            } else if let successor = KeyBytes.successor(ofPrefix: key) {
                range.lower = successor
            } else {
                return KeyRange(lower: key, upper: key)
            }
        }
        if let last {
            let key = fixed + KeyBytes.encode([last.value], [column])
            range.upper = last.isInclusive ? KeyBytes.successor(ofPrefix: key) : key
        }
        return range
    }
}
