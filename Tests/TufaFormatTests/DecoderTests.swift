import Foundation
import Testing

/// What `Tools/fuzz` begins with and what it has found is fed to the same decoders here, for ever.
struct DecoderTests {
    private static let found = GoldenFolder.root.deletingLastPathComponent().appending(
        path: "Found")

    @Test(arguments: Decoder.allCases)
    func `a decoder keeps its promises with the seeds and their pieces`(decoder: Decoder) throws {
        let seeds = try decoder.seeds(golden: GoldenFolder.root.path)
        #expect(!seeds.isEmpty)
        for seed in seeds {
            try decoder.feed(seed)
            for count in stride(from: 0, to: seed.count, by: max(1, seed.count / 40)) {
                try decoder.feed(Array(seed[..<count]))
                var flipped = seed
                flipped[count] ^= 1 << UInt8(count % 8)
                try decoder.feed(flipped)
            }
        }
    }

    @Test(arguments: Decoder.allCases)
    func `a decoder keeps its promises with what was found`(decoder: Decoder) throws {
        let folder = Self.found.appending(path: decoder.rawValue)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() {
            let input = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            do {
                try decoder.feed(input)
            } catch {
                Issue.record("\(decoder.rawValue)/\(name): \(error)")
            }
        }
    }

    /// Git keeps no empty folders, and a folder of another name would never be read.
    @Test func `found cases stand in folders of decoders`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.found.path)
        for name in names where name != "README.md" { #expect(Decoder(rawValue: name) != nil) }
    }
}
