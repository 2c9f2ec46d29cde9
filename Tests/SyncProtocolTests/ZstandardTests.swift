import SyncProtocol
import Testing

@Suite("Compression with a bound")
struct ZstandardTests {
    @Test(arguments: [0, 1, 100, 70_000])
    func `what was compressed comes back`(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let packed = Zstandard.compress(bytes)
        #expect(try Zstandard.decompress(packed, limit: count) == bytes)
    }

    @Test func `a frame that would grow beyond the limit is not unpacked`() throws {
        let bomb = Zstandard.compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 5_000)
        #expect(throws: Zstandard.Refusal.tooLarge(50_000_000)) {
            try Zstandard.decompress(bomb, limit: Batch.sizeMax)
        }
    }

    @Test func `one frame and nothing behind it`() throws {
        let packed = Zstandard.compress(Array("abc".utf8))
        #expect(throws: Zstandard.Refusal.malformed) {
            try Zstandard.decompress(packed + packed, limit: 1_000)
        }
        #expect(throws: Zstandard.Refusal.malformed) {
            try Zstandard.decompress(packed.dropLast(1), limit: 1_000)
        }
        #expect(throws: Zstandard.Refusal.malformed) {
            try Zstandard.decompress([], limit: 1_000)
        }
    }

    @Test func `a frame that lies about its size is refused`() throws {
        // Single segment, one byte of size: the fourth byte after the magic number's four is it.
        var packed = Zstandard.compress(Array("abcdefghij".utf8))
        #expect(packed[5] == 10)
        packed[5] = 9
        #expect(throws: Zstandard.Refusal.malformed) {
            try Zstandard.decompress(packed, limit: 1_000)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a damaged frame is refused or stays within the limit`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let content = (0..<random.below(600)).map { _ in UInt8(random.below(9)) }
        let packed = random.damaged(Zstandard.compress(content))
        if let bytes = try? Zstandard.decompress(packed, limit: 700) {
            #expect(bytes.count <= 700)
        }
    }
}

extension Zstandard {
    static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws -> [UInt8] {
        try decompress(Array(bytes), limit: limit)
    }
}
