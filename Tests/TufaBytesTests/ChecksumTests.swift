import CTufa
import Testing
import TufaBytes

@Suite struct ChecksumTests {
    // RFC 3720, appendix B.4, and the check value of the algorithm.
    static let published: [(bytes: [UInt8], checksum: UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
        ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        (Array(0..<32), 0x46dd_794e),
        (Array("123456789".utf8), 0xe306_9283),
        ([], 0),
    ]

    @Test(arguments: published)
    func crcMatchesPublishedValues(_ bytes: [UInt8], _ expected: UInt32) {
        #expect(CRC32C.checksum(bytes) == expected)
    }

    @Test func crcOfTheProcessorEqualsThatOfTheTables() {
        var state: UInt64 = 7
        let bytes = (0..<20_011).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        bytes.withUnsafeBytes { all in
            for length in [0, 1, 7, 8, 9, 63, 1024, 3071, 3072, 3073, 6144, 9999, 20_000] {
                for start in 0..<9 {
                    let slice = UnsafeRawBufferPointer(rebasing: all[start..<start + length])
                    let fast = CRC32C.checksum(slice)
                    #expect(fast == tufa_crc32c_portable(0, slice.baseAddress, slice.count))
                    let cut = length / 3
                    let head = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: slice[..<cut]))
                    let tail = UnsafeRawBufferPointer(rebasing: slice[cut...])
                    #expect(CRC32C.update(head, tail) == fast)
                }
            }
        }
    }

    // The published vectors: key 00…0f, message 00…n-1.
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"),
        (1, "da87c1d86b99af44347659119b22fc45"),
        (7, "a1f1ebbed8dbc153c0b84aa61ff08239"),
        (8, "3b62a9ba6258f5610f83e264f31497b4"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        (16, "6ee2a4ca67b054bbfd3315bf85230577"),
        (63, "5150d1772f50834a503e069a973fbd7c"),
    ])
    func sipHashMatchesItsVectors(_ length: Int, _ expected: String) {
        let message = [UInt8]((0..<UInt8(length)))
        let hash = message.withUnsafeBytes {
            SipHash128.hash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908), $0)
        }
        let bytes =
            withUnsafeBytes(of: hash.0.littleEndian, Array.init)
            + withUnsafeBytes(of: hash.1.littleEndian, Array.init)
        let digits = Array("0123456789abcdef")
        let text = String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
        #expect(text == expected)
    }
}
