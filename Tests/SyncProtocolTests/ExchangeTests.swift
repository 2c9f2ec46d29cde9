import Cryptography
import FoundationEssentials
import StationCore
import Testing

@testable import SyncProtocol

@Suite("Requests and answers of the exchange")
struct ExchangeTests {
    @Test func `the requests of the vectors are made and read`() throws {
        let vectors = try ExchangeVectors()
        let key = try Ed25519.PrivateKey(seed: try #require(Hex.decode(vectors.seed)))
        let entries = try vectors.entries.map { try Entry(canonical: Array($0.utf8)) }
        #expect(vectors.requests.count == 2)
        for vector in vectors.requests {
            let sent = Array(entries.dropFirst(vector.first - 1).prefix(vector.count))
            let columns = Batch.columns(of: sent)
            #expect(String(decoding: columns, as: UTF8.self) == vector.columns)
            let isFirst = vector.first == 1
            let head = SyncHead(
                station: try vectors.stationNumber, epoch: vectors.epoch, first: vector.first,
                count: vector.count,
                before: try #require(ChainHash(hex: vectors.heads[vector.first - 1])),
                after: try #require(ChainHash(hex: vectors.heads[vector.first - 1 + vector.count])),
                appliedThrough: vector.applied, wants: isFirst ? [.articles, .prices] : [],
                token: isFirst ? vectors.token : nil)
            #expect(
                String(decoding: head.signedBytes(columns: columns), as: UTF8.self)
                    == vector.signed)
            let signature = try key.signature(of: head.signedBytes(columns: columns))
            #expect(head.headerValue(signature: signature) == vector.header)
            let read = try SignedHead(header: vector.header, station: try vectors.stationNumber)
            #expect(read.head == head)
            #expect(read.isSigned(by: key.publicKey, columns: columns))
            #expect(!read.isSigned(by: key.publicKey, columns: columns + [0]))
        }
    }

    @Test func `a wrong head is refused with its member`() throws {
        let vectors = try ExchangeVectors()
        let station = try vectors.stationNumber
        for vector in vectors.refusedHeaders {
            let kind = try #require(SyncProblem.Kind(rawValue: vector.problem))
            #expect(throws: SyncProblem(kind, vector.detail), "\(vector.header)") {
                try SignedHead(header: vector.header, station: station)
            }
        }
    }

    @Test func `whatever a head says is signed`() throws {
        let vectors = try ExchangeVectors()
        let key = try Ed25519.PrivateKey(seed: try #require(Hex.decode(vectors.seed)))
        let vector = vectors.requests[0]
        let columns = Array(vector.columns.utf8)
        let read = try SignedHead(header: vector.header, station: try vectors.stationNumber)
        let head = read.head
        func variant(
            station: StationNumber? = nil, epoch: Int = 1, first: Int = 1, count: Int = 3,
            before: ChainHash? = nil, after: ChainHash? = nil, applied: Int = 0,
            wants: Set<ListKind> = [.articles, .prices], token: String? = vectors.token
        ) -> SyncHead {
            SyncHead(
                station: station ?? head.station, epoch: epoch, first: first, count: count,
                before: before ?? head.before, after: after ?? head.after,
                appliedThrough: applied, wants: wants, token: token)
        }
        #expect(variant() == head)
        for other in [
            variant(station: StationNumber("990002")), variant(epoch: 2), variant(first: 2),
            variant(count: 2), variant(before: head.after), variant(after: head.before),
            variant(applied: 1), variant(wants: [.articles]), variant(wants: []),
            variant(token: nil), variant(token: "other"),
        ] {
            let forged = SignedHead(head: other, signature: read.signature)
            #expect(!forged.isSigned(by: key.publicKey, columns: columns))
        }
    }

    @Test func `the answers of the vectors are read and written`() throws {
        let vectors = try ExchangeVectors()
        let answers = try vectors.answers.map { try SyncAnswer(bytes: Array($0.utf8)) }
        #expect(answers.map { String(decoding: $0.bytes, as: UTF8.self) } == vectors.answers)
        #expect(answers[0].acknowledgedThrough == 3)
        #expect(answers[0].head?.hex == vectors.heads[3])
        #expect(answers[0].messages.map(\.number) == [1, 2])
        #expect(answers[0].messages.map(\.kind) == [.limit, .decision])
        #expect(answers[0].waiting == 1)
        #expect(answers[1].head == nil)
        let decision = try answers[0].messages[1].body.decoded(as: OrderDecision.self)
        #expect(decision.order == EntryName(epoch: 1, sequence: 3))
        #expect(decision.cost == Fen(4_560))
        #expect(
            SyncProblem(bytes: Array(vectors.problem.utf8)) == SyncProblem(.tokenRefused, "token"))
    }

    @Test(arguments: [
        ("\"acknowledgedThrough\":3", "\"acknowledgedThrough\":-3", "acknowledgedThrough"),
        ("\"acknowledgedThrough\":3", "\"acknowledgedThrough\":3.5", "answer"),
        ("\"head\":\"", "\"tail\":\"", "head"), ("\"head\":\"", "\"head\":\"=", "head"),
        ("\"number\":2", "\"number\":3", "messages: number 3 after 1"),
        ("\"number\":2", "\"number\":0", "messages"),
        ("\"kind\":\"limit\"", "\"kind\":7", "messages"),
        ("\"time\":1767229200000", "\"time\":\"now\"", "time"),
        ("\"waiting\":1", "\"waiting\":null", "answer"),
    ])
    func `a wrong answer is refused with its member`(
        part: String, other: String, member: String
    ) throws {
        let text = try ExchangeVectors().answers[0]
            .replacing(part, with: other, maxReplacements: 1)
        #expect(throws: SyncProblem.malformed(member)) { try SyncAnswer(bytes: Array(text.utf8)) }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `damaged heads and answers are refused or whole`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let vectors = try ExchangeVectors()
        let station = try vectors.stationNumber
        let text = random.damaged(Array(vectors.requests[random.below(2)].header.utf8))
        let header = String(decoding: text, as: UTF8.self)
        if let read = try? SignedHead(header: header, station: station) {
            let again = try SignedHead(
                header: read.head.headerValue(signature: read.signature), station: station)
            #expect(again == read)
        }
        if let answer = try? SyncAnswer(bytes: random.damaged(Array(vectors.answers[0].utf8))) {
            #expect(try SyncAnswer(bytes: answer.bytes) == answer)
        }
        _ = SyncProblem(bytes: random.damaged(Array(vectors.problem.utf8)))
    }

    @Test func `every problem is told from its bytes`() {
        for kind in SyncProblem.Kind.allCases {
            let problem = SyncProblem(kind, "why")
            #expect(SyncProblem(bytes: problem.bytes) == problem)
            #expect((400..<600).contains(kind.status))
        }
    }
}

@Suite("Lists in chunks")
struct ListChunkTests {
    private func prices(_ count: Int) throws -> [ProducePrice] {
        try (0..<count).map { number in
            ProducePrice(
                produce: try #require(ProduceCode("produce-\(number)")),
                name: try #require(LocalizedName(["en": "produce \(number)"])),
                price: FenPerKilogram(100 + number))
        }
    }

    @Test(arguments: [0, 1, 2, 100])
    func `chunks together are the list, each within its size`(count: Int) throws {
        let prices = try prices(count)
        let chunks = try ListChunk.chunks(of: prices, list: 7, validFrom: 1_000)
        #expect(chunks.flatMap(\.items) == prices)
        #expect(chunks.map(\.chunk) == Array(0..<chunks.count))
        let digest = try ListDigest.of(prices)
        for chunk in chunks {
            #expect(chunk.chunkCount == chunks.count)
            #expect(chunk.digest == digest)
            let bytes = CanonicalForm.bytes(of: try CanonicalCoding.encode(chunk.items))
            #expect(bytes.count <= ListChunk<ProducePrice>.sizeMax + 2)
        }
    }

    @Test func `a digest tells one price from another`() throws {
        #expect(try ListDigest.of(prices(3)) != ListDigest.of(prices(4)))
        #expect(try ListDigest.of(prices(3)).count == 64)
    }
}

/// docs/sync-protocol.md shows what the file of vectors has.
@Suite("The document's examples")
struct DocumentTests {
    private func document() throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/sync-protocol.md")
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    @Test func `they are the vectors`() throws {
        let text = try document()
        let vectors = try ExchangeVectors()
        let lines = Set(
            text.split(separator: "\n").map { $0.drop { $0 == " " } }.map(String.init))
        for example in vectors.heads + vectors.answers
            + vectors.requests.flatMap({ [$0.signed, $0.header] })
        {
            #expect(lines.contains(example), "\(example)")
        }
        // The columns are broken up by spaces, which stand after commas and colons.
        let columns = try #require(lines.first { $0.hasPrefix("{\"boot\"") })
            .replacing("rice cooker", with: "rice_cooker").replacing(" ", with: "")
            .replacing("rice_cooker", with: "rice cooker")
        #expect(columns == vectors.requests[0].columns)
        for part in [
            "Station `\(vectors.station)`, epoch \(vectors.epoch), key seed `\(vectors.seed)`",
            "token `\(vectors.token)`", "`\(vectors.problem)`",
            "The file has \(vectors.refusedHeaders.count) headers that must be refused",
        ] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func `every kind of problem has its row`() throws {
        let text = try document()
        for kind in SyncProblem.Kind.allCases {
            #expect(text.contains("| `\(kind.rawValue)` | \(kind.status) |"))
        }
    }
}
