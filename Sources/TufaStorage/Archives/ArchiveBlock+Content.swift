internal import TufaBytes

// What stands behind the header of a block (`Docs/Format/Archive.md`, "Block").
extension ArchiveBlock {
    /// Bytes before a compressed block by columns: how long the columns are.
    static let columnsLengthByteCount = 4

    /// Appends the stored bytes of a block whose commits are `raw`, and fills in what the header
    /// says of them.
    ///
    /// - Complexity: O(bytes), at the pace of LZ4HC.
    @unsafe
    mutating func append(
        _ raw: UnsafeRawBufferPointer, to output: inout ByteWriter, _ columns: inout ColumnWriter
    ) {
        let start = output.count
        rawByteCount = UInt32(raw.count)
        var isSmaller = false
        if unsafe columns.write(raw, of: self) {
            flags = Self.byColumns
            output.u32(UInt32(columns.output.count))
            isSmaller = unsafe Self.compress(
                columns.output.view, to: &output,
                room: raw.count - Self.columnsLengthByteCount - 1)
        } else {
            flags = 0
            isSmaller = unsafe Self.compress(raw, to: &output, room: raw.count - 1)
        }
        if !isSmaller {
            flags = Self.storedRaw
            output.truncate(to: start)
            unsafe output.bytes(raw)
        }
        storedByteCount = UInt32(output.count - start)
        checksum = unsafe CRC32C.checksum(
            UnsafeRawBufferPointer(rebasing: output.view[start...]))
    }

    /// Appends `bytes` compressed; false, with nothing appended, where that takes more than `room`.
    @unsafe
    private static func compress(
        _ bytes: UnsafeRawBufferPointer, to output: inout ByteWriter, room: Int
    ) -> Bool {
        let start = output.count
        let target = unsafe UnsafeMutableRawBufferPointer(start: output.extend(room), count: room)
        let count = unsafe LZ4.compress(bytes, into: target)
        output.truncate(to: start + (count ?? 0))
        return count != nil
    }

    /// The commits of a block in `target`, which is as long as the header says.
    ///
    /// - Parameter scratch: Memory that is used again from block to block.
    /// - Throws: ``FormatProblem`` where the stored bytes are not such a block.
    @unsafe
    func unpack(
        _ stored: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer,
        _ scratch: inout ByteWriter
    ) throws {
        if flags & Self.storedRaw != 0 {
            guard stored.count == target.count else {
                throw FormatProblem("the lengths of a block do not agree")
            }
            unsafe target.copyMemory(from: stored)
            return
        }
        guard flags & Self.byColumns != 0 else {
            return unsafe try Self.decompress(stored, into: target)
        }
        do {
            unsafe try Self.unpackColumns(of: self, stored, into: target, &scratch)
        } catch is ByteOverrun {
            throw FormatProblem("the columns of a block are cut off")
        }
    }

    @unsafe
    private static func unpackColumns(
        of block: ArchiveBlock, _ stored: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer, _ scratch: inout ByteWriter
    ) throws {
        var reader = unsafe ByteReader(stored)
        let count = Int(try reader.u32())
        // Columns are never longer than what they are made of.
        guard count <= target.count, count <= longest(from: reader.remaining) else {
            throw FormatProblem("the lengths of a block do not agree")
        }
        scratch.removeAll()
        _ = unsafe scratch.extend(count)
        unsafe try decompress(try reader.bytes(reader.remaining), into: scratch.mutableView)
        var columns = unsafe try ColumnReader(scratch.view, of: block)
        unsafe try columns.read(into: target)
    }

    @unsafe
    private static func decompress(
        _ stored: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws {
        do {
            unsafe try LZ4.decompress(stored, into: target)
        } catch {
            throw FormatProblem("a block cannot be decompressed")
        }
    }

    /// The most bytes that LZ4 makes of `count`.
    static func longest(from count: Int) -> Int { count * 255 + 64 }
}
