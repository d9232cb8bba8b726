package import TufaBytes
internal import TufaIndex

extension TextIndex {
    /// Loads an index that ``save(roots:position:into:)`` wrote, without looking at any text.
    ///
    /// Every length and number is checked; a stream that does not add up throws `damaged`, one of
    /// another number of fields `schemaMismatch`, one of a later format `newerFormat`. All rows are
    /// below `rowLimit`, so that no number makes more memory than the table has rows; `name` is the
    /// file that messages name.
    /// - Complexity: O(bytes + rows).
    @unsafe
    package convenience init(
        loading bytes: UnsafeRawBufferPointer, weights: [Double], analyzer: Analyzer = .english,
        rowLimit: UInt32, name: String
    ) throws(DatabaseError) {
        self.init(weights: weights, analyzer: analyzer)
        unsafe try fill(from: bytes, rowLimit: rowLimit, name: name)
    }

    /// Brings a saved index into this one, which is empty.
    @unsafe
    func fill(
        from bytes: UnsafeRawBufferPointer, rowLimit: UInt32, name: String
    ) throws(DatabaseError) {
        let typed = unsafe UnsafeBufferPointer(
            start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        var loader = unsafe TextLoader(
            index: self, rowLimit: rowLimit, reader: TextReader(typed, name: name))
        try unsafe loader.load()
    }

    /// How many bytes at its beginning tell whether this version can read a saved index.
    package static var headByteCount: Int { 16 }

    /// Throws unless a saved index of so many fields begins as one that can be read.
    ///
    /// - Throws: as ``init(loading:weights:analyzer:rowLimit:name:)``.
    @unsafe
    package static func checkHead(
        _ bytes: UnsafeRawBufferPointer, fieldCount: Int, name: String
    ) throws(DatabaseError) {
        let typed = unsafe UnsafeBufferPointer(
            start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        var reader = unsafe TextReader(typed, name: name)
        unsafe try reader.checkHead(fieldCount: fieldCount)
    }
}

extension TextReader {
    /// Reads what a stream begins with.
    fileprivate mutating func checkHead(fieldCount: Int) throws(DatabaseError) {
        guard try unsafe word64() == TextFormat.magic else {
            throw unsafe damaged("it does not begin as one")
        }
        let version = try unsafe word32()
        guard version == TextFormat.version else {
            throw DatabaseError(
                .newerFormat, "The text index in the snapshot has format \(version).",
                advice: "The index is built again from the rows.")
        }
        let count = try unsafe word32()
        guard Int(count) == fieldCount else {
            throw DatabaseError(
                .schemaMismatch,
                "The text index in the snapshot has \(count) fields, the schema \(fieldCount).",
                advice: "The index is built again from the rows.")
        }
    }
}

/// Fills an empty index from a stream.
@unsafe
private struct TextLoader {
    private let index: TextIndex
    private let rowLimit: UInt32
    private var reader: TextReader
    private let fieldCount: Int
    private var documentCount: UInt64 = 0
    private var term: [UInt8] = []
    private var termCount: UInt64 = 0
    private var postingCount: UInt64 = 0
    /// Tokens that no posting has accounted for yet, by document and field.
    private var missing = unsafe UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
    private var missingCount: UInt64 = 0

    init(index: TextIndex, rowLimit: UInt32, reader: TextReader) {
        unsafe self.index = index
        unsafe self.rowLimit = rowLimit
        unsafe self.reader = reader
        unsafe fieldCount = index.fieldCount
    }

    mutating func load() throws(DatabaseError) {
        try unsafe loadHeader()
        // Safe: the header has been held against the bytes that are there.
        unsafe missing = .allocate(capacity: Int(documentCount) * fieldCount)
        defer { unsafe missing.deallocate() }
        try unsafe loadDocuments()
        while try unsafe loadTerm() {}
        guard unsafe missingCount == 0 else {
            throw unsafe reader.damaged("its words are not as many as its documents say")
        }
        guard try unsafe reader.word64() == termCount, try unsafe reader.word64() == postingCount,
            try unsafe reader.word64() == TextFormat.endMagic, unsafe reader.remaining == 0
        else { throw unsafe reader.damaged("its end does not fit the rest") }
    }

    private mutating func loadHeader() throws(DatabaseError) {
        try unsafe reader.checkHead(fieldCount: fieldCount)
        unsafe documentCount = try reader.word64()
        guard try unsafe reader.word64() == 0 else {
            throw unsafe reader.damaged("a reserved number is not zero")
        }
        for field in unsafe 0..<fieldCount {
            unsafe index.totalTokens[field] = try reader.word64()
        }
        // An entry has a byte for the row and one for each field at least.
        guard unsafe documentCount < UInt64(index.documents.maximumLimit),
            unsafe documentCount <= UInt64(reader.remaining / (1 + fieldCount))
        else { throw unsafe reader.damaged("it cannot have \(documentCount) documents") }
    }

    private mutating func loadDocuments() throws(DatabaseError) {
        var row: Int64 = 0
        var totals = SIMD8<UInt64>(repeating: 0)
        var entry = 0
        for _ in unsafe 0..<documentCount {
            let step = try unsafe reader.varint(atMost: 1 << 33)
            row += Int64(step >> 1) ^ -Int64(step & 1)
            guard row >= 1, unsafe row < Int64(rowLimit),
                unsafe index.documents.current(UInt32(row)) == 0
            else { throw unsafe reader.damaged("a document has no row of its own") }
            var counts = SIMD8<UInt32>(repeating: 0)
            for field in unsafe 0..<fieldCount {
                counts[field] = try unsafe UInt32(reader.varint(atMost: UInt64(UInt32.max)))
            }
            totals &+= SIMD8<UInt64>(truncatingIfNeeded: counts)
            for field in unsafe 0..<fieldCount {
                unsafe missing.initializeElement(at: entry, to: counts[field])
                entry += 1
            }
            _ = unsafe index.documents.add(row: UInt32(row), tokenCounts: counts)
        }
        guard unsafe totals == index.totalTokens else {
            throw unsafe reader.damaged("its documents do not add up")
        }
        unsafe index.liveCount = Int(documentCount)
        for field in unsafe 0..<fieldCount { unsafe missingCount &+= totals[field] }
    }

    /// Loads one term; false at the end of the terms.
    private mutating func loadTerm() throws(DatabaseError) -> Bool {
        let shared = try unsafe Int(reader.byte())
        let rest = try unsafe Int(reader.byte())
        if rest == 0 {
            guard shared == 0 else { throw unsafe reader.damaged("a term has no bytes") }
            return false
        }
        let bytes = try unsafe reader.take(rest)
        guard unsafe shared <= term.count, shared + rest <= TokenBuffer.maximumTermByteCount,
            unsafe !bytes.contains(0), unsafe shared == term.count || term[shared] < bytes[0]
        else { throw unsafe reader.damaged("the terms do not ascend") }
        unsafe term.replaceSubrange(shared..., with: bytes)
        guard unsafe !index.terms.isFull else {
            throw unsafe reader.damaged("it has more terms than an index can have")
        }
        let number = unsafe term.withUnsafeBytes { unsafe index.terms.add($0) }
        unsafe index.insertIntoTree(number)
        let count = try unsafe reader.varint(atMost: documentCount)
        let postingBytes = try unsafe reader.varint(atMost: 1 << 48)
        let placeBytes = try unsafe reader.varint(atMost: 1 << 48)
        var postings = try unsafe reader.split(Int(postingBytes))
        var places = try unsafe reader.split(Int(placeBytes))
        guard count > 0 else { throw unsafe reader.damaged("a term is in no document") }
        try unsafe loadPostings(count, &postings, &places, to: index.terms.record(number))
        guard unsafe postings.remaining == 0, unsafe places.remaining == 0 else {
            throw unsafe reader.damaged("a term has more bytes than postings")
        }
        unsafe termCount += 1
        unsafe postingCount += count
        return true
    }

    private mutating func loadPostings(
        _ count: UInt64, _ postings: inout TextReader, _ places: inout TextReader,
        to record: TermRecord
    ) throws(DatabaseError) {
        let shift = unsafe index.code.shift
        let size = UInt64(PackedBlock.postingCount)
        // Whole blocks are packed at once; the rest stays as it stands in the stream.
        var packed = PostingList.Packed()
        var document: UInt64 = 0
        var tail = unsafe (postings.mark, places.mark)
        for number in 0..<count {
            if number % size == 0 { unsafe index.packer.begin(after: UInt32(document)) }
            let first = try unsafe postings.varint(atMost: 1 << 40)
            document += first >> shift
            guard first >> shift > 0, unsafe document <= documentCount else {
                throw unsafe postings.damaged("the documents of a term do not ascend")
            }
            unsafe index.packer.add(UInt32(document))
            let low = Int(truncatingIfNeeded: first & (1 << shift - 1))
            if low & 1 == 0 {
                guard unsafe low >> 1 < fieldCount else {
                    throw unsafe postings.damaged("a posting is of a field that is not there")
                }
                try unsafe loadField(low >> 1, 1, of: document, &places)
            } else {
                guard low == 1 else { throw unsafe postings.damaged("a posting is of two kinds") }
                try unsafe loadDetail(of: document, &postings, &places)
            }
            if (number + 1) % size == 0 {
                unsafe packed = index.append(index.packer, to: packed)
                unsafe tail = (postings.mark, places.mark)
            }
        }
        if count == 1, let single = unsafe index.packer.single {
            unsafe record.state = single
            return
        }
        let postingBytes = unsafe UnsafeRawBufferPointer(
            start: tail.0, count: postings.mark - tail.0)
        let placeBytes = unsafe UnsafeRawBufferPointer(start: tail.1, count: places.mark - tail.1)
        let list = PostingState(
            list: unsafe PostingList.make(
                count: Int(count), room: postingBytes.count + placeBytes.count, packed: packed,
                in: index.tails))
        unsafe index.list(list).append(
            postingBytes, placeBytes, count: Int(count), last: UInt32(document))
        unsafe record.state = list
        // Nobody reads an index that is being loaded.
        unsafe index.reclaimUnread()
    }

    private mutating func loadDetail(
        of document: UInt64, _ postings: inout TextReader, _ places: inout TextReader
    ) throws(DatabaseError) {
        var mask: UInt8 = 1
        if unsafe fieldCount > 1 { mask = try unsafe postings.byte() }
        guard mask != 0, unsafe Int(mask) < 1 << fieldCount else {
            throw unsafe postings.damaged("a posting is of a field that is not there")
        }
        while mask != 0 {
            let count = try unsafe postings.varint(atMost: UInt64(UInt32.max))
            guard count > 0, unsafe count <= UInt64(places.remaining) else {
                throw unsafe postings.damaged("a term occurs more often than it has places")
            }
            try unsafe loadField(mask.trailingZeroBitCount, UInt32(count), of: document, &places)
            mask &= mask &- 1
        }
    }

    /// Loads the places of a document in one field.
    @inline(__always)
    private mutating func loadField(
        _ field: Int, _ count: UInt32, of document: UInt64, _ places: inout TextReader
    ) throws(DatabaseError) {
        try unsafe account(for: UInt64(count), document, field: field)
        unsafe index.packer.add(count: count, field: field)
        var position: UInt64 = 0
        for _ in 0..<count {
            let step = try unsafe places.varint(atMost: UInt64(TextFormat.maximumPosition))
            position += step
            guard position > 0, position <= UInt64(TextFormat.maximumPosition) else {
                throw unsafe places.damaged("a word stands nowhere")
            }
            unsafe index.packer.add(placeStep: UInt32(step))
        }
    }

    /// Takes occurrences from those that the length of a document promises.
    @inline(__always)
    private mutating func account(
        for count: UInt64, _ document: UInt64, field: Int
    ) throws(DatabaseError) {
        let at = unsafe (Int(document) - 1) * fieldCount + field
        guard unsafe count <= UInt64(missing[at]) else {
            throw unsafe reader.damaged("document \(document) has more words than its length says")
        }
        unsafe missing[at] -= UInt32(count)
        unsafe missingCount &-= count
    }
}
