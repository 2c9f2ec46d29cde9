import Cryptography
import FoundationEssentials
import StationCore
import SyncProtocol
import Testing

/// The vectors of docs/journal-format.md, which the verifier in Python reads too.
struct ChainVectors: Decodable {
    let station: String
    let epoch: Int
    let format: Int
    let key: String
    let genesis: String
    let entries: [Vector]

    struct Vector: Decodable {
        let canonical: String
        let hash: String
        let mark: String
    }

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../journal-format/vectors.json")
        let text = [UInt8](try Data(contentsOf: file))
        self = try CanonicalCoding.decode(
            ChainVectors.self, from: try CanonicalForm.value(parsing: text))
    }
}

@Suite("Hash chain")
struct HashChainTests {
    @Test func `the three vectors hold`() throws {
        let vectors = try ChainVectors()
        let key = try Ed25519.PublicKey(raw: try #require(Base64.decode(vectors.key)))
        var head = HashChain.genesis(
            epoch: vectors.epoch, format: vectors.format, key: key,
            station: try #require(StationNumber(vectors.station)))
        #expect(head.hex == vectors.genesis)
        #expect(vectors.format == HashChain.format)
        #expect(vectors.entries.count == 3)
        for vector in vectors.entries {
            let canonical = Array(vector.canonical.utf8)
            let entry = try Entry(canonical: canonical)
            #expect(CanonicalForm.bytes(of: entry) == canonical)
            head = HashChain.next(after: head, canonical: canonical)
            #expect(head.hex == vector.hash)
            #expect(head.mark == vector.mark)
        }
    }

    @Test func `the page on the format shows the same vectors`() throws {
        let vectors = try ChainVectors()
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../../docs/journal-format.md"), encoding: .utf8)
        #expect(page.contains("`\(vectors.genesis)`"))
        #expect(page.contains("`\(vectors.key)`"))
        for vector in vectors.entries {
            #expect(page.contains("hash `\(vector.hash)`, mark `\(vector.mark)`"))
        }
        for vector in vectors.entries.prefix(2) { #expect(page.contains(vector.canonical)) }
    }

    @Test(arguments: [
        ("0000000000000000", "00000000"), ("0000000005f5e100", "00000000"),
        ("0000000005f5e0ff", "99999999"), ("ffffffffffffffff", "09551615"),
        ("000000000000002a", "00000042"),
    ])
    func `a mark is eight digits of the first eight bytes`(first: String, mark: String) throws {
        let hash = try #require(ChainHash(hex: first + String(repeating: "0", count: 48)))
        #expect(hash.mark == mark)
        #expect(hash.halfMark == mark.prefix(4))
    }

    @Test func `a hash has 32 bytes`() {
        #expect(ChainHash(hex: "00") == nil)
        #expect(ChainHash([UInt8](repeating: 0, count: 31)) == nil)
        #expect(ChainHash(hex: String(repeating: "z", count: 64)) == nil)
    }
}
