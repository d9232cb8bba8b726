import TufaBytes

/// The lines of an input, one at a time, out of one buffer that is filled in big blocks.
struct LineReader {
    /// The longest record that is taken, in bytes.
    static let maximumByteCount = 1 << 26
    private static let blockByteCount = 1 << 20

    /// Where the lines come from.
    let file: InputFile
    /// The bytes around the current line.
    private(set) var buffer: [UInt8]
    /// Where the current line stands in the buffer, without its end-of-line.
    private(set) var line = 0..<0
    /// The number of the current line; of its first line where several were joined.
    private(set) var lineNumber = 0
    /// How many bytes were given out so far.
    private(set) var byteCount: UInt64 = 0

    private var filled = 0
    private var next = 0
    private var nextLineNumber = 1
    private var isAtEnd = false

    init(_ file: InputFile, blockByteCount: Int = LineReader.blockByteCount) {
        self.file = file
        buffer = Array(repeating: 0, count: blockByteCount)
    }

    /// Goes to the next line; false at the end of the input.
    mutating func advance() throws(DatabaseError) -> Bool {
        byteCount += UInt64(next - line.lowerBound)
        line = next..<next
        lineNumber = nextLineNumber
        guard try find() else { return false }
        if lineNumber == 1, line.count >= 3, buffer[line.lowerBound] == 0xEF,
            buffer[line.lowerBound + 1] == 0xBB, buffer[line.lowerBound + 2] == 0xBF
        {
            // A byte order mark says nothing in UTF-8.
            line = line.lowerBound + 3..<line.upperBound
        }
        return true
    }

    /// Joins the following line to the current one, with the end-of-line between them.
    mutating func extend() throws(DatabaseError) -> Bool { try find() }

    /// Moves the end of the line to the next end-of-line.
    private mutating func find() throws(DatabaseError) -> Bool {
        var searched = next
        while true {
            if let end = firstNewline(in: buffer, from: searched, to: filled) {
                line = line.lowerBound..<end
                next = end + 1
                nextLineNumber += 1
                return true
            }
            searched = filled
            if isAtEnd {
                guard next < filled else { return false }
                line = line.lowerBound..<filled
                next = filled
                nextLineNumber += 1
                return true
            }
            searched -= try fill()
        }
    }

    /// Reads more, and gives by how much the bytes in the buffer moved to the front.
    private mutating func fill() throws(DatabaseError) -> Int {
        let moved = line.lowerBound
        if moved > 0 {
            buffer.replaceSubrange(0..<filled - moved, with: buffer[moved..<filled])
            filled -= moved
            next -= moved
            line = 0..<line.upperBound - moved
        }
        if filled == buffer.count {
            guard filled < LineReader.maximumByteCount else {
                throw DatabaseError(
                    .limitExceeded,
                    "Line \(lineNumber) is longer than \(LineReader.maximumByteCount) bytes.",
                    file: file.name, advice: "Check that the rows stand on lines of their own.")
            }
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let count = try file.read(into: &buffer, from: filled)
        filled += count
        isAtEnd = count == 0
        return moved
    }
}
