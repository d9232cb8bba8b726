// Turns the bytes of a token into its term.

extension WordParser {
    /// Writes the token last found to memory with room for the longest term; returns its length.
    @inline(never)
    func write(into output: UnsafeMutablePointer<UInt8>) -> Int {
        let limit = unsafe min(end, start + TokenBuffer.maximumTermByteCount)
        var index = unsafe start
        var count = 0
        // Safe: the index stays below the end of the text, the count below the longest term.
        while index < limit {
            let byte = unsafe text[index]
            if byte >= 0x80 {
                return unsafe folding.write(
                    UnsafeBufferPointer(start: text + start, count: end - start), into: output)
            }
            let mark = unsafe marks[Int(byte)]
            unsafe output[count] = mark >= ByteMarks.firstDigit ? mark : byte
            count += 1
            index += 1
        }
        return count
    }
}
