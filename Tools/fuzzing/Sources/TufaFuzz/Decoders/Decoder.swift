import TufaBytes

/// What takes bytes apart that come from a disk or from a person, and what it promises of any.
///
/// The fuzzer and a test of the library's package feed the same entry, ``feed(_:)``, so that what
/// the one has found the other repeats.
enum Decoder: String, CaseIterable, Sendable {
    case log, commits, segment, manifest, snapshot, archive, columns
    case text, row, key, schema
    case ddl, search, cursor, json, csv, tsv

    /// The longest input, in bytes: what is longer is cut, so that no input takes long.
    static let maximumByteCount = 1 << 16

    /// Takes an input apart.
    ///
    /// - Throws: ``BrokenPromise``, and nothing else, where the decoder does not do what it should.
    func feed(_ input: [UInt8]) throws {
        let bytes = Array(input.prefix(Self.maximumByteCount))
        switch self {
        case .log: try LogInput.feedFrames(bytes)
        case .commits: try LogInput.feedCommits(bytes)
        case .segment: try PageInput.feedSegment(bytes)
        case .manifest: try PageInput.feedManifest(bytes)
        case .snapshot: try SnapshotInput.feed(bytes)
        case .archive: try ArchiveInput.feed(bytes)
        case .columns: try ColumnInput.feed(bytes)
        case .text: try TextInput.feed(bytes)
        case .row: try RowInput.feedBody(bytes)
        case .key: try RowInput.feedKeys(bytes)
        case .schema: try SchemaInput.feedEncoded(bytes)
        case .ddl: try SchemaInput.feedWords(bytes)
        case .search: try QueryInput.feedSearch(bytes)
        case .cursor: try QueryInput.feedCursor(bytes)
        case .json, .csv, .tsv: try ImportInput.feed(bytes, rawValue)
        }
    }
}

/// A decoder did what it should never do.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Throws unless the promise was kept.
    static func unless(_ isKept: Bool, _ sentence: @autoclosure () -> String) throws {
        if !isKept { throw BrokenPromise(sentence()) }
    }

    /// The answer of a decoder; nil where it refused as it may, with one of the codes and the file.
    static func expecting<R>(
        _ codes: Set<DatabaseError.Code>, file: String? = nil, _ body: () throws -> R
    ) throws -> R? {
        do {
            return try body()
        } catch let error as DatabaseError {
            try unless(codes.contains(error.code), "An error of an unexpected kind: \(error)")
            try unless(file == nil || error.file == file, "An error without its file: \(error)")
            try unless(!error.message.isEmpty, "An error without a message")
            return nil
        } catch let broken as BrokenPromise {
            throw broken
        } catch {
            throw BrokenPromise("An error of another type: \(error)")
        }
    }
}

/// Numbers in an input, little-endian; zero where it is too short.
extension [UInt8] {
    func number<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T {
        guard offset >= 0, offset + T.bitWidth / 8 <= count else { return 0 }
        return (0..<T.bitWidth / 8).reversed().reduce(0) { ($0 &<< 8) | T(self[offset + $1]) }
    }

    /// Overwrites a number, where there is room for it.
    mutating func put<T: FixedWidthInteger>(_ number: T, at offset: Int) {
        guard offset >= 0, offset + T.bitWidth / 8 <= count else { return }
        for index in 0..<T.bitWidth / 8 {
            self[offset + index] = UInt8(truncatingIfNeeded: number >> T(index * 8))
        }
    }
}
