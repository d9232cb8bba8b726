internal import TufaIndex

extension TextIndex {
    /// Writes what a view sees as the stream that `Docs/Format/Text.md` describes, piece by piece.
    ///
    /// Documents get new numbers without gaps. The writer may go on meanwhile.
    /// - Complexity: O(postings); allocates 4 bytes a document and the largest term's postings.
    package func save<Failure: Error>(
        roots: TextRoots, position: UInt64,
        into sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        beginReading()
        var saver = TextSaver(index: self, roots: roots, position: position)
        saver.addHeader()
        for document in 1..<max(1, roots.documentLimit) {
            saver.addDocument(document)
            try unsafe saver.flush(atLeast: TextSaver.pieceByteCount, into: sink)
        }
        var cursor = TreeCursor(tree, root: roots.terms, position: .max)
        while let number = cursor.next() {
            saver.addTerm(number)
            try unsafe saver.flush(atLeast: TextSaver.pieceByteCount, into: sink)
        }
        saver.addEnd()
        try unsafe saver.flush(atLeast: 1, into: sink)
    }
}

/// Collects the bytes of a saved text index.
@safe
private struct TextSaver: ~Copyable {
    static let pieceByteCount = 1 << 16

    private let index: TextIndex
    private let roots: TextRoots
    private let position: UInt64
    private var output = GrowingBytes(capacity: 2 * pieceByteCount)
    private var encoder = PostingEncoder()
    private var newNumbers: [UInt32]
    private var lastNumber: UInt32 = 0
    private var lastRow: UInt32 = 0
    private var lastTerm: [UInt8] = []
    private var termCount: UInt64 = 0
    private var postingCount: UInt64 = 0
    private let memory: UnsafeMutablePointer<UInt32>

    init(index: TextIndex, roots: TextRoots, position: UInt64) {
        self.index = index
        self.roots = roots
        self.position = position
        newNumbers = Array(repeating: 0, count: Int(roots.documentLimit))
        unsafe memory = .allocate(
            capacity: PostingCursor.memoryCount(fieldCount: index.fieldCount))
    }

    deinit { unsafe memory.deallocate() }

    mutating func flush<Failure: Error>(
        atLeast byteCount: Int, into sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard output.count >= byteCount else { return }
        try unsafe sink(output.bytes)
        output.removeAll()
    }

    mutating func addHeader() {
        output.append(word: TextFormat.magic)
        output.append(word: TextFormat.version)
        output.append(word: UInt32(index.fieldCount))
        output.append(word: UInt64(roots.liveCount))
        output.append(word: UInt64(0))
        for field in 0..<index.fieldCount { output.append(word: roots.totalTokens[field]) }
    }

    mutating func addDocument(_ document: UInt32) {
        let documents = index.documents
        guard documents.isAlive(document, at: position) else { return }
        lastNumber += 1
        newNumbers[Int(document)] = lastNumber
        let row = documents.row(document)
        let step = Int64(row) - Int64(lastRow)
        output.append(varint: UInt64(bitPattern: step << 1 ^ step >> 63))
        lastRow = row
        for field in 0..<index.fieldCount {
            output.append(varint: UInt64(documents.tokenCount(document, field: field)))
        }
    }

    mutating func addTerm(_ number: UInt32) {
        var cursor = unsafe PostingCursor(
            index.terms.record(number), in: index.blocks, index.tails,
            limit: roots.documentLimit, code: index.code, memory: memory)
        encoder.removeAll()
        var count: UInt64 = 0
        var last: UInt32 = 0
        unsafe cursor.next(in: index.blocks)
        while unsafe cursor.document != PostingCursor.atEnd {
            let document = unsafe newNumbers[Int(cursor.document)]
            if document != 0 {
                unsafe addPosting(step: document &- last, of: &cursor)
                last = document
                count += 1
            }
            unsafe cursor.next(in: index.blocks)
        }
        guard count > 0 else { return }
        addName(of: number)
        output.append(varint: count)
        output.append(varint: UInt64(encoder.postings.count))
        output.append(varint: UInt64(encoder.places.count))
        unsafe output.append(encoder.postings.bytes)
        unsafe output.append(encoder.places.bytes)
        termCount += 1
        postingCount += count
    }

    private mutating func addPosting(step: UInt32, of cursor: inout PostingCursor) {
        var counts = SIMD8<UInt32>(repeating: 0)
        var mask: UInt32 = 0
        unsafe cursor.forEachField { field, count in
            counts[field] = count
            mask |= 1 << UInt32(field)
        }
        encoder.add(step: step, counts: counts, mask: mask, index.code)
        unsafe cursor.forEachPlace { field, position in
            encoder.add(field: field, position: position)
        }
    }

    private mutating func addName(of number: UInt32) {
        let text = unsafe index.terms.text(number)
        var shared = 0
        while shared < min(text.count, lastTerm.count), unsafe text[shared] == lastTerm[shared] {
            shared += 1
        }
        output.append(UInt8(shared))
        output.append(UInt8(text.count - shared))
        unsafe output.append(UnsafeRawBufferPointer(rebasing: text[shared...]))
        unsafe lastTerm.replaceSubrange(shared..., with: text[shared...])
    }

    mutating func addEnd() {
        output.append(0)
        output.append(0)
        output.append(word: termCount)
        output.append(word: postingCount)
        output.append(word: TextFormat.endMagic)
    }
}

/// The constants of the stream.
enum TextFormat {
    /// The bytes `TUFATEXT`.
    static let magic: UInt64 = 0x5458_4554_4146_5554
    /// The bytes `TEXT END`.
    static let endMagic: UInt64 = 0x444E_4520_5458_4554
    static let version: UInt32 = 1
    /// The highest position of a word.
    static let maximumPosition: UInt32 = 1 << 24 - 1
}
