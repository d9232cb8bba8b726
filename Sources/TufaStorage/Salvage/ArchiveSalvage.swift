internal import TufaBytes

/// Finds every whole block of one archive, by its index where that is whole, else by their headers.
struct ArchiveSalvage {
    private let file: any File
    private let name: String
    private let range: ClosedRange<UInt64>
    private(set) var runs: [SalvageRun] = []
    private(set) var spots: [SalvageSpot] = []
    private(set) var schemas: [(position: UInt64, bytes: [UInt8])] = []
    private var expected: UInt64

    init(_ file: any File, name: String, range: ClosedRange<UInt64>) {
        self.file = file
        self.name = name
        self.range = range
        expected = range.lowerBound
    }

    /// Reads the blocks that the index names.
    mutating func run(_ entries: [ArchiveIndexEntry]) throws {
        for entry in entries { _ = try take(entry.block, entry.offset) }
    }

    /// Looks for blocks by their headers.
    mutating func scan() throws {
        let size = try file.byteCount()
        var at = UInt64(FilePrologue.pageByteCount)
        var isInBadPart = false
        while at + UInt64(ArchiveBlock.byteCount) <= size, expected <= range.upperBound {
            guard let block = try header(at) else {
                if !isInBadPart { note(at, "No whole block begins here.") }
                isInBadPart = true
                guard
                    let next = try MagicScan.next(ArchiveBlock.magic, in: file, from: at + 8)
                else { return }
                at = next
                continue
            }
            isInBadPart = try !take(block, at)
            at += block.wholeByteCount
        }
    }

    private mutating func note(_ offset: UInt64, _ reason: String) {
        spots.append(.init(file: name, offset: offset, reason: reason, expected: expected))
    }

    private func header(_ at: UInt64) throws -> ArchiveBlock? {
        let bytes = try file.bytes(count: ArchiveBlock.byteCount, at: at)
        guard bytes.count == ArchiveBlock.byteCount else { return nil }
        return unsafe bytes.withUnsafeBytes { bytes in
            var reader = unsafe ByteReader(bytes)
            return try? ArchiveBlock.read(&reader)
        }
    }

    /// Notes the block; false where what it holds is not whole.
    private mutating func take(_ block: ArchiveBlock, _ at: UInt64) throws -> Bool {
        let (first, last) = (block.firstPosition, block.lastPosition)
        guard first >= expected, last >= first, last <= range.upperBound else {
            note(at, "The block has positions that cannot be here.")
            return false
        }
        do {
            let content = try SalvageContent.block(block, in: file, at: at)
            var found: [(UInt64, [UInt8])] = []
            let times = try SalvageContent.walk(content, first: first, last: last) {
                for event in $0.events where event.header.kind == .schema {
                    found.append((event.position, unsafe Array(event.payload)))
                }
            }
            schemas += found.map { (position: $0.0, bytes: $0.1) }
            runs.append(
                SalvageRun(
                    file: name, offset: at, first: first, last: last, firstTime: times.first,
                    lastTime: times.last, form: .block(block)))
            expected = last + 1
            return true
        } catch let problem as FormatProblem {
            note(at, "The block is damaged: \(problem.reason).")
            expected = last + 1
            return false
        }
    }
}
