#if Snowball
    internal import CStemmer

    /// Which build of libstemmer runs, so that an index with the stems of another one is built
    /// again.
    ///
    /// The library does not tell its release, and releases differ in as little as one word in a
    /// thousand, which stems of any sample need not show.
    enum SnowballLibrary {
        /// The build, in words; where it cannot be told, words of this process alone.
        static let identity =
            buildID.map { "build \($0)" } ?? "process \(UInt64.random(in: 0 ... .max))"

        /// The build ID of the program or library that the stemmers are in; nil where it has none.
        static var buildID: String? {
            #if os(Linux)
                // Safe: a function is called, and its address read, as what it is.
                let function: @convention(c) (OpaquePointer?) -> Void = unsafe sb_stemmer_delete
                var search = unsafe Search(address: unsafeBitCast(function, to: UInt.self))
                unsafe withUnsafeMutablePointer(to: &search) { search in
                    _ = unsafe dl_iterate_phdr(
                        { object, _, search in
                            guard let object = unsafe object, let search = unsafe search else {
                                return 0
                            }
                            // Safe: it is the search that is given below, and outlives the call.
                            let found = unsafe search.assumingMemoryBound(to: Search.self)
                            return unsafe found.pointee.look(in: object.pointee) ? 1 : 0
                        }, search)
                }
                return search.buildID
            #else
                return nil
            #endif
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

    #if os(Linux)
        /// Looks for the object of an address among those that the process has loaded.
        private struct Search {
            /// Longer notes than these are not read.
            static let maximumNoteByteCount = 1 << 16

            let address: UInt
            var buildID: String?

            /// Whether the address is in an object, whose build ID is then read.
            @unsafe
            mutating func look(in object: dl_phdr_info) -> Bool {
                let base = unsafe UInt(object.dlpi_addr)
                // Safe: the loader says how many segments there are, where, and how long.
                let segments = unsafe UnsafeBufferPointer(
                    start: object.dlpi_phdr, count: Int(object.dlpi_phnum))
                let isHere = unsafe segments.contains {
                    $0.p_type == PT_LOAD && address &- (base &+ UInt($0.p_vaddr)) < UInt($0.p_memsz)
                }
                guard isHere else { return false }
                for index in segments.indices where buildID == nil {
                    let segment = unsafe segments[index]
                    let count = Int(segment.p_memsz)
                    guard segment.p_type == PT_NOTE, count <= Self.maximumNoteByteCount else {
                        continue
                    }
                    let notes = unsafe UnsafeRawBufferPointer(
                        start: UnsafeRawPointer(bitPattern: base &+ UInt(segment.p_vaddr)),
                        count: count)
                    buildID = unsafe SnowballLibrary.buildID(inNotes: Array(notes))
                }
                return true
            }
        }
    #endif
#endif
