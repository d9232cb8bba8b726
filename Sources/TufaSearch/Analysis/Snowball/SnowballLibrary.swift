#if Snowball
    internal import CStemmer
    internal import CTufa

    /// Which build of libstemmer runs, so that an index with the stems of another one is built
    /// again.
    ///
    /// The library does not tell its release, and releases differ in as little as one word in a
    /// thousand, which stems of any sample need not show.
    enum SnowballLibrary {
        /// The build, in words; where it cannot be told, words of this process alone.
        static let identity =
            buildID.map { "build \($0)" } ?? "process \(UInt64.random(in: 0 ... .max))"

        /// Of longer notes than these, the rest is not read.
        private static let maximumNoteByteCount = 1 << 16

        /// The build ID of the program or library that the stemmers are in; nil where it has none.
        static var buildID: String? {
            // Safe: a function is not called, only its address read.
            let function: @convention(c) (OpaquePointer?) -> Void = unsafe sb_stemmer_delete
            let address = unsafe unsafeBitCast(function, to: UnsafeRawPointer.self)
            var length = 0
            var index = 0
            while let start = unsafe tufa_notes(address, index, &length) {
                // Safe: the library stays loaded, for the program is linked to it.
                let notes = unsafe UnsafeRawBufferPointer(
                    start: start, count: min(length, maximumNoteByteCount))
                if let found = unsafe buildID(inNotes: Array(notes)) { return found }
                index += 1
            }
            return nil
        }

        /// The build ID among the notes of an ELF file, in hexadecimal digits.
        static func buildID(inNotes notes: [UInt8]) -> String? {
            func number(_ offset: Int) -> Int {
                (0..<4).reduce(0) { $0 | Int(notes[offset + $1]) << (8 * $1) }
            }
            var offset = 0
            while notes.count - offset >= 12 {
                let name = offset + 12
                let content = name + (number(offset) + 3) / 4 * 4
                let end = content + number(offset + 4)
                guard end <= notes.count else { return nil }
                if number(offset + 8) == 3, notes[name..<content].elementsEqual("GNU\0".utf8),
                    content < end
                {
                    return notes[content..<end].map { byte in
                        (byte < 16 ? "0" : "") + String(byte, radix: 16)
                    }.joined()
                }
                offset = (end + 3) / 4 * 4
            }
            return nil
        }
    }
#endif
