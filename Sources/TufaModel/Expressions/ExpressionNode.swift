/// A checked expression: the types of its parts fit each other.
indirect enum ExpressionNode: Sendable {
    enum Arithmetic: Sendable { case add, subtract, multiply, divide, remainder }
    enum Function: Sendable { case length, lower, upper }

    case literal(Value)
    case field(Int)
    case compare(Comparison, ExpressionNode, ExpressionNode)
    case and([ExpressionNode])
    case or([ExpressionNode])
    case not(ExpressionNode)
    case isNull(ExpressionNode)
    case isIn(ExpressionNode, [ExpressionNode])
    case between(ExpressionNode, ExpressionNode, ExpressionNode)
    case like(ExpressionNode, ExpressionNode)
    case arithmetic(Arithmetic, ExpressionNode, ExpressionNode)
    case negate(ExpressionNode)
    case call(Function, ExpressionNode)
}
