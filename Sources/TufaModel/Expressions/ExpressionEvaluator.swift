internal import TufaBytes

/// Works out checked expressions; the depth of recursion was bounded when they were read.
enum ExpressionEvaluator {
    static func value(
        of node: ExpressionNode, _ row: (Int) -> Value
    ) throws(DatabaseError) -> Value {
        switch node {
        case .literal(let value): return value
        case .field(let index): return row(index)
        case .compare(let comparison, let left, let right):
            return boolean(compare(comparison, try value(of: left, row), try value(of: right, row)))
        case .and(let parts):
            return try combine(parts, row, decisive: false)
        case .or(let parts):
            return try combine(parts, row, decisive: true)
        case .not(let operand):
            guard case .boolean(let flag) = try value(of: operand, row) else { return .null }
            return .boolean(!flag)
        case .isNull(let operand):
            return .boolean(try value(of: operand, row).isNull)
        case .isIn(let operand, let parts):
            return try isIn(try value(of: operand, row), parts, row)
        case .between(let operand, let low, let high):
            let operand = try value(of: operand, row)
            let first = compare(.greaterOrEqual, operand, try value(of: low, row))
            let second = compare(.lessOrEqual, operand, try value(of: high, row))
            if first == false || second == false { return .boolean(false) }
            return boolean(first == nil || second == nil ? nil : true)
        case .like(let text, let pattern):
            guard case .text(let text) = try value(of: text, row),
                case .text(let pattern) = try value(of: pattern, row)
            else { return .null }
            return .boolean(LikePattern.matches(text, pattern))
        case .arithmetic(let operation, let left, let right):
            return try arithmetic(operation, try value(of: left, row), try value(of: right, row))
        case .negate(let operand):
            switch try value(of: operand, row) {
            case .int64(let number):
                return .int64(try checked(Int64(0).subtractingReportingOverflow(number)))
            case .double(let number): return .double(-number)
            default: return .null
            }
        case .call(let function, let operand):
            return call(function, try value(of: operand, row))
        }
    }

    private static func boolean(_ flag: Bool?) -> Value { flag.map { .boolean($0) } ?? .null }

    private static func compare(_ comparison: Comparison, _ left: Value, _ right: Value) -> Bool? {
        switch (left, right) {
        case (.null, _), (_, .null): nil
        case (.int64(let left), .double(let right)):
            comparison.holds(Value.order(Double(left), right))
        case (.double(let left), .int64(let right)):
            comparison.holds(Value.order(left, Double(right)))
        default: comparison.holds(left.order(against: right))
        }
    }

    private static func combine(
        _ parts: [ExpressionNode], _ row: (Int) -> Value, decisive: Bool
    ) throws(DatabaseError) -> Value {
        var isUnknown = false
        for part in parts {
            guard case .boolean(let flag) = try value(of: part, row) else {
                isUnknown = true
                continue
            }
            if flag == decisive { return .boolean(decisive) }
        }
        return isUnknown ? .null : .boolean(!decisive)
    }

    private static func isIn(
        _ operand: Value, _ parts: [ExpressionNode], _ row: (Int) -> Value
    ) throws(DatabaseError) -> Value {
        var isUnknown = false
        for part in parts {
            switch compare(.equal, operand, try value(of: part, row)) {
            case true: return .boolean(true)
            case nil: isUnknown = true
            default: continue
            }
        }
        return isUnknown ? .null : .boolean(false)
    }

    private static func arithmetic(
        _ operation: ExpressionNode.Arithmetic, _ left: Value, _ right: Value
    ) throws(DatabaseError) -> Value {
        switch (left, right) {
        case (.int64(let left), .int64(let right)):
            if right == 0, operation == .divide || operation == .remainder { throw byZero }
            return .int64(try checked(arithmetic(operation, left, right)))
        case (.int64(let left), .double(let right)):
            return try arithmetic(operation, Double(left), right)
        case (.double(let left), .int64(let right)):
            return try arithmetic(operation, left, Double(right))
        case (.double(let left), .double(let right)):
            return try arithmetic(operation, left, right)
        default: return .null
        }
    }

    private static func arithmetic(
        _ operation: ExpressionNode.Arithmetic, _ left: Int64, _ right: Int64
    ) -> (partialValue: Int64, overflow: Bool) {
        switch operation {
        case .add: left.addingReportingOverflow(right)
        case .subtract: left.subtractingReportingOverflow(right)
        case .multiply: left.multipliedReportingOverflow(by: right)
        case .divide: left.dividedReportingOverflow(by: right)
        // The remainder by -1 is 0, also of the least number, whose quotient overflows.
        case .remainder: right == -1 ? (0, false) : (left % right, false)
        }
    }

    private static func arithmetic(
        _ operation: ExpressionNode.Arithmetic, _ left: Double, _ right: Double
    ) throws(DatabaseError) -> Value {
        let result: Double
        switch operation {
        case .add: result = left + right
        case .subtract: result = left - right
        case .multiply: result = left * right
        case .divide:
            if right == 0 { throw byZero }
            result = left / right
        case .remainder: return .null
        }
        if !result.isFinite, left.isFinite, right.isFinite { throw outOfRange }
        return .double(result)
    }

    private static func call(_ function: ExpressionNode.Function, _ operand: Value) -> Value {
        switch (function, operand) {
        case (.length, .text(let text)): .int64(Int64(text.unicodeScalars.count))
        case (.length, .bytes(let bytes)): .int64(Int64(bytes.count))
        case (.lower, .text(let text)): .text(text.lowercased())
        case (.upper, .text(let text)): .text(text.uppercased())
        default: .null
        }
    }

    private static func checked(
        _ result: (partialValue: Int64, overflow: Bool)
    ) throws(DatabaseError) -> Int64 {
        if result.overflow { throw outOfRange }
        return result.partialValue
    }

    private static var byZero: DatabaseError {
        DatabaseError(.checkViolation, "A check divides by zero.")
    }

    private static var outOfRange: DatabaseError {
        DatabaseError(.checkViolation, "A number in a check is out of range.")
    }
}
