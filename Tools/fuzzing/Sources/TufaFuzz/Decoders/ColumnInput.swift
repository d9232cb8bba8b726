@testable import TufaBytes
@testable import TufaStorage

/// The commits of a block of an archive by columns, without LZ4 and checksums before them.
///
/// An input is how many commits and events there are and how many bytes they have, in four bytes
/// each, then the columns.
enum ColumnInput {
    private static let headByteCount = 12

    static func feed(_ bytes: [UInt8]) throws {
        let block = block(
            commitCount: bytes.number(UInt32.self, at: 0),
            eventCount: bytes.number(UInt32.self, at: 4))
        let byteCount = min(Int(bytes.number(UInt32.self, at: 8)), 4 * Decoder.maximumByteCount)
        var commits = [UInt8](repeating: 0, count: byteCount)
        do {
            try bytes.dropFirst(headByteCount).withUnsafeBytes { columns in
                var reader = try ColumnReader(columns, of: block)
                try commits.withUnsafeMutableBytes { try reader.read(into: $0) }
            }
        } catch is FormatProblem {
            return
        } catch is ByteOverrun {
            return
        }
        try checkRoundTrip(of: commits)
    }

    /// Puts commits into columns, where they are whole, and compares what comes out of them.
    static func checkRoundTrip(of commits: [UInt8]) throws {
        guard let (block, columns) = columns(of: commits) else { return }
        try BrokenPromise.unless(
            columns.count <= commits.count, "Columns are longer than their commits")
        var again = [UInt8](repeating: 0xAA, count: commits.count)
        do {
            try columns.withUnsafeBytes { columns in
                var reader = try ColumnReader(columns, of: block)
                try again.withUnsafeMutableBytes { try reader.read(into: $0) }
            }
        } catch {
            throw BrokenPromise("Columns that were written are refused: \(error)")
        }
        try BrokenPromise.unless(again == commits, "Commits come out of columns otherwise")
    }

    /// An input from commits; nil where they are not whole, or not for columns.
    static func seed(_ commits: [UInt8]) -> [UInt8]? {
        guard let (block, columns) = columns(of: commits) else { return nil }
        var input = [UInt8](repeating: 0, count: headByteCount)
        input.put(block.commitCount, at: 0)
        input.put(block.eventCount, at: 4)
        input.put(UInt32(commits.count), at: 8)
        return input + columns
    }

    private static func columns(of commits: [UInt8]) -> (ArchiveBlock, [UInt8])? {
        commits.withUnsafeBytes { bytes in
            let first = commits.number(UInt64.self, at: 8)
            var reader = CommitReader(bytes, firstPosition: first, after: .min)
            var block = block(commitCount: 0, eventCount: 0)
            block.firstPosition = first
            while let commit = try? reader.next() {
                if block.commitCount == 0 { block.firstTime = commit.time }
                block.commitCount += 1
                block.eventCount += commit.eventCount
            }
            var writer = ColumnWriter()
            guard reader.isAtEnd, block.commitCount > 0, writer.write(bytes, of: block) else {
                return nil
            }
            return (block, writer.output.array)
        }
    }

    private static func block(commitCount: UInt32, eventCount: UInt32) -> ArchiveBlock {
        var block = ArchiveBlock(firstPosition: 1, firstTime: 0, lastTime: 0)
        block.commitCount = commitCount
        block.eventCount = eventCount
        return block
    }
}
