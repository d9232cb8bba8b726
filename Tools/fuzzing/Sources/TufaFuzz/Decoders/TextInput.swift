import TufaBytes

@testable import TufaSearch

/// The stream of a text index in a snapshot.
enum TextInput {
    private static let name = "snapshots/1.snap"

    static func feed(_ bytes: [UInt8]) throws {
        // The schema says how many fields there are; here it is of the stream's own mind.
        let fieldCount = Int(bytes.number(UInt32.self, at: 12))
        let weights = [Double](
            repeating: 1, count: min(max(fieldCount, 1), TextIndex.maximumFieldCount))
        let index = try load(bytes, weights)
        guard let index else { return }
        _ = index.search(.prefix("a"), roots: index.draftRoots, position: 1, limit: 3)
        let saved = save(index)
        guard let again = try load(saved, weights) else {
            throw BrokenPromise("A text index that was saved is refused")
        }
        try BrokenPromise.unless(save(again) == saved, "A text index is saved otherwise")
    }

    private static func load(_ bytes: [UInt8], _ weights: [Double]) throws -> TextIndex? {
        try BrokenPromise.expecting([.damaged, .newerFormat, .schemaMismatch]) {
            try bytes.withUnsafeBytes {
                try TextIndex(
                    loading: $0, weights: weights, rowLimit: 1 << 20, name: name)
            }
        }
    }

    static func save(_ index: TextIndex) -> [UInt8] {
        var bytes: [UInt8] = []
        index.save(roots: index.draftRoots, position: 1) { bytes += $0 }
        return bytes
    }

    /// A stream with these texts in the first of so many fields.
    static func seed(_ texts: [String], fieldCount: Int) -> [UInt8] {
        let index = TextIndex(weights: [Double](repeating: 1, count: fieldCount))
        var buffer = TokenBuffer()
        for (row, text) in texts.enumerated() {
            index.beginDocument()
            index.analyzer.analyze(text, into: &buffer)
            for field in 0..<fieldCount { index.append(buffer, field: field) }
            index.endDocument(row: UInt32(row + 1), position: 1)
        }
        return save(index)
    }
}
