package import TufaBytes
internal import TufaIndex

extension TextIndex {
    /// Loads an index that ``save(roots:position:into:)`` wrote, without looking at any text.
    ///
    /// Every length and number is checked; a stream that does not add up throws `damaged`, one of
    /// another number of fields `schemaMismatch`, one of a later format `newerFormat`. `name` is
    /// the file that messages name.
    /// - Complexity: O(bytes).
    @unsafe
    package convenience init(
        loading bytes: UnsafeRawBufferPointer, weights: [Double], name: String
    ) throws(DatabaseError) {
        self.init(weights: weights)
        let typed = unsafe UnsafeBufferPointer(
            start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        var loader = unsafe TextLoader(index: self, reader: TextReader(typed, name: name))
        try unsafe loader.load()
    }
}

/// Fills an empty index from a stream.
@unsafe
private struct TextLoader {
    private let index: TextIndex
    private var reader: TextReader
    private let fieldCount: Int
    private var documentCount: UInt64 = 0
    private var term: [UInt8] = []
    private var termCount: UInt64 = 0
    private var postingCount: UInt64 = 0
    /// Tokens that no posting has accounted for yet, by document and field.
    private var missing = unsafe UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
    private var missingCount: UInt64 = 0

    init(index: TextIndex, reader: TextReader) {
        unsafe self.index = index
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
        guard try unsafe reader.word64() == TextFormat.magic else {
            throw unsafe reader.damaged("it does not begin as one")
        }
        let version = try unsafe reader.word32()
        guard version == TextFormat.version else {
            throw DatabaseError(
                .newerFormat, "The text index in the snapshot has format \(version).",
                advice: "The index is built again from the rows.")
        }
        let count = try unsafe reader.word32()
        guard unsafe Int(count) == fieldCount else {
            throw unsafe DatabaseError(
                .schemaMismatch,
                "The text index in the snapshot has \(count) fields, the schema \(fieldCount).",
                advice: "The index is built again from the rows.")
        }
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
            guard row >= 1, row <= Int64(UInt32.max),
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
        let number = unsafe term.withUnsafeBytes { unsafe index.terms.number(of: $0) }
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
        var document: UInt64 = 0
        var run = unsafe PostingRun(postings.mark, places.mark)
        var appended = 0
        for _ in 0..<count {
            let before = UInt32(document)
            let number = try unsafe postings.varint(atMost: 1 << 40)
            document += number >> shift
            guard number >> shift > 0, unsafe document <= documentCount else {
                throw unsafe postings.damaged("the documents of a term do not ascend")
            }
            let low = Int(truncatingIfNeeded: number & (1 << shift - 1))
            if low & 1 == 0 {
                guard unsafe low >> 1 < fieldCount else {
                    throw unsafe postings.damaged("a posting is of a field that is not there")
                }
                try unsafe account(for: 1, document, field: low >> 1)
                try unsafe loadPlaces(1, &places)
            } else {
                guard low == 1 else { throw unsafe postings.damaged("a posting is of two kinds") }
                try unsafe loadDetail(of: document, &postings, &places)
            }
            // A run ends where the tail becomes a packed block.
            let room = PackedBlock.postingCount - appended % PackedBlock.postingCount
            if unsafe !run.extend(to: postings.mark, places.mark, atMost: room) {
                unsafe index.append(
                    run.postings, run.places, count: run.count, last: before, to: record,
                    isExact: true)
                unsafe appended += run.count
                unsafe run.restart(postings.mark, places.mark)
            }
        }
        unsafe index.append(
            run.postings, run.places, count: run.count, last: UInt32(document), to: record,
            isExact: true)
        // Nobody reads an index that is being loaded.
        unsafe index.reclaim(oldest: .max)
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
            try unsafe account(for: count, document, field: mask.trailingZeroBitCount)
            try unsafe loadPlaces(count, &places)
            mask &= mask &- 1
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

    @inline(__always)
    private func loadPlaces(_ count: UInt64, _ places: inout TextReader) throws(DatabaseError) {
        var position: UInt64 = 0
        for _ in 0..<count {
            position += try unsafe places.varint(atMost: UInt64(TextFormat.maximumPosition))
            guard position > 0, position <= UInt64(TextFormat.maximumPosition) else {
                throw unsafe places.damaged("a word stands nowhere")
            }
        }
    }
}

/// Postings in a row that fit one block.
@unsafe
private struct PostingRun {
    private var firstPosting: UnsafePointer<UInt8>
    private var firstPlace: UnsafePointer<UInt8>
    private var endPosting: UnsafePointer<UInt8>
    private var endPlace: UnsafePointer<UInt8>
    private(set) var count = 0

    @safe private static let room =
        PostingBlock.maximumByteCount - PostingBlock.headerByteCount

    init(_ posting: UnsafePointer<UInt8>, _ place: UnsafePointer<UInt8>) {
        unsafe firstPosting = posting
        unsafe firstPlace = place
        unsafe endPosting = posting
        unsafe endPlace = place
    }

    var postings: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: firstPosting, count: endPosting - firstPosting)
    }

    var places: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: firstPlace, count: endPlace - firstPlace)
    }

    /// Takes the posting that ends at the marks in; false where the run has no room for it.
    @inline(__always)
    mutating func extend(
        to posting: UnsafePointer<UInt8>, _ place: UnsafePointer<UInt8>, atMost limit: Int
    ) -> Bool {
        let byteCount = unsafe (posting - firstPosting) &+ (place - firstPlace)
        guard unsafe (byteCount <= Self.room && count < limit) || count == 0 else { return false }
        unsafe endPosting = posting
        unsafe endPlace = place
        unsafe count &+= 1
        return true
    }

    /// Begins again with the one posting that had no room.
    mutating func restart(_ posting: UnsafePointer<UInt8>, _ place: UnsafePointer<UInt8>) {
        unsafe firstPosting = endPosting
        unsafe firstPlace = endPlace
        unsafe count = 0
        _ = unsafe extend(to: posting, place, atMost: 1)
    }
}
