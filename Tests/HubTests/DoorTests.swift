import Cryptography
import FoundationEssentials
import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("Head office's door")
struct DoorTests {
    let file = HubFile()

    @Test func `batches are taken in their order`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        for amount in 1...5 { try station.putIn(amount) }
        let first = try await door.answer(station.request(1...2, token: station.token))
        #expect(first.status == 200)
        #expect(first.taken?.acknowledgedThrough == 2)
        #expect(first.taken?.head == station.heads[2])
        #expect(first.taken?.time == 1_767_229_200_000)
        let second = try await door.answer(station.request(3...6))
        #expect(second.taken?.acknowledgedThrough == 6)
        let empty = try await door.answer(station.empty(after: 6))
        #expect(empty.taken?.acknowledgedThrough == 6)
        #expect(empty.taken?.head == station.heads[6])
    }

    @Test func `a repeated, an overtaken and a gapped request change nothing`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        for amount in 1...5 { try station.putIn(amount) }
        _ = try await door.answer(station.request(1...2, token: station.token))
        _ = try await door.answer(station.request(3...4))
        let before = try await store.stations()
        for request in [
            try station.request(1...2, token: station.token), try station.request(3...4),
            try station.request(6...6), try station.request(2...5),
            try station.empty(after: 5, applied: 9, wants: [.prices]),
        ] {
            let answer = try await door.answer(request)
            #expect(answer.status == 409)
            #expect(answer.other?.acknowledgedThrough == 4)
            #expect(answer.other?.head == station.heads[4])
        }
        #expect(try await store.stations() == before)
        #expect(try await door.answer(station.request(5...6)).taken?.acknowledgedThrough == 6)
    }

    @Test func `what was acknowledged stands after the hub is gone and back`() async throws {
        var store = try file.open()
        var station = try await file.station(in: store)
        for amount in 1...7 { try station.putIn(amount) }
        for sequence in 1...8 {
            let answer = try await Door(store: store).answer(
                station.request(sequence...sequence, token: station.token))
            #expect(answer.taken?.acknowledgedThrough == sequence)
            store = try file.open()
            try await store.unpackNext(station.id)
        }
        #expect(try await store.entries(of: station.id, after: 0, count: 100) == station.entries)
    }

    @Test func `a token is good for one key, and again for the same`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        let station = try await file.station(in: store)
        let thief = try WrittenStation(
            try await store.enrolment(
                of: station.id, address: "hub.example:8443"))
        #expect(thief.token == station.token)
        func problem(_ request: Door.Request) async throws -> SyncProblem.Kind? {
            try await door.answer(request).problem?.kind
        }
        #expect(try await problem(station.request(1...1)) == .tokenRefused)
        #expect(try await problem(station.request(1...1, token: "other")) == .tokenRefused)
        let unsigned = try await problem(
            station.request(
                station.head(1...1, token: station.token), signedBy: Ed25519.PrivateKey()))
        #expect(unsigned == .signature)
        let early = try await door.answer(station.empty(after: 1, token: station.token))
        #expect(early.other?.acknowledgedThrough == 0)
        #expect(early.other?.head == nil)

        #expect(try await door.answer(station.request(1...1, token: station.token)).status == 200)
        #expect(try await door.answer(station.request(1...1, token: station.token)).status == 409)
        #expect(try await problem(thief.request(1...1, token: thief.token)) == .tokenRefused)
        #expect(try await problem(thief.request(1...1)) == .signature)
        #expect(try await problem(station.request(1...1, token: "other")) == .tokenRefused)
    }

    @Test func `who is not known is told so`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        let station = try await file.station(in: store)
        let request = try station.request(1...1, token: station.token)
        for name in ["990002", "99000", "99000x", ""] {
            let answer = try await door.answer(
                Door.Request(
                    station: name, header: request.header, encoding: "zstd", body: request.body))
            #expect(answer.problem?.kind == .unknownStation)
        }
    }

    @Test func `a body that is not what the head says is refused`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        let station = try await file.station(in: store)
        let good = try station.request(1...1, token: station.token)
        let bomb = Zstandard.compress([UInt8](repeating: 0, count: Batch.sizeMax + 1))
        for (encoding, body, kind) in [
            (nil, good.body, SyncProblem.Kind.malformed), ("gzip", good.body, .malformed),
            ("zstd", [], .malformed), ("zstd", good.body + [0], .malformed),
            ("zstd", bomb, .tooLarge),
            ("zstd", [UInt8](repeating: 1, count: Batch.compressedSizeMax + 1), .tooLarge),
        ] as [(String?, [UInt8], SyncProblem.Kind)] {
            let answer = try await door.answer(
                Door.Request(
                    station: station.id.station.text, header: good.header, encoding: encoding,
                    body: body))
            #expect(answer.problem?.kind == kind)
        }
        #expect(try await store.stations()[0].acknowledgedThrough == 0)
    }

    @Test func `the vectors of the protocol are taken`() async throws {
        struct Vectors: Decodable {
            let station: String
            let epoch: Int
            let token: String
            let entries: [String]
            let heads: [String]
            let requests: [Request]
            struct Request: Decodable {
                let header: String
                let columns: String
            }
        }
        let json = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../sync-protocol/vectors.json")
        let vectors = try CanonicalCoding.decode(
            Vectors.self,
            from: try CanonicalForm.value(parsing: [UInt8](try Data(contentsOf: json))))
        let store = try file.open()
        let station = try #require(StationNumber(vectors.station))
        let id = StationEpoch(station: station, epoch: vectors.epoch)
        _ = try await store.addStation(id, address: "hub.example:8443")
        try await store.replaceToken(of: id, by: vectors.token)
        for request in vectors.requests {
            let columns = Array(request.columns.utf8)
            let answer = try await Door(store: store).answer(
                Door.Request(
                    station: vectors.station, header: request.header,
                    encoding: columns.isEmpty ? nil : "zstd",
                    body: columns.isEmpty ? [] : Zstandard.compress(columns)))
            #expect(answer.taken?.acknowledgedThrough == 3)
            #expect(answer.taken?.head?.hex == vectors.heads[3])
        }
        try await store.unpackNext(id)
        let stored = try await store.entries(of: id, after: 0, count: 10)
        #expect(
            stored.map { String(decoding: CanonicalForm.bytes(of: $0), as: UTF8.self) }
                == vectors.entries)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `damaged requests are refused or what was signed`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        try station.putIn(5)
        let good = try station.request(1...2, token: station.token)
        let header = random.damaged(Array((good.header ?? "").utf8), times: random.below(3))
        let answer = try await door.answer(
            Door.Request(
                station: station.id.station.text, header: String(decoding: header, as: UTF8.self),
                encoding: "zstd", body: random.damaged(good.body, times: random.below(3))))
        let status = try await store.stations()[0]
        #expect((answer.taken != nil) == (status.acknowledgedThrough == 2))
        #expect(answer.taken != nil || status.acknowledgedThrough == 0)
        try await store.unpackNext(station.id)
        let entries = try await store.entries(of: station.id, after: 0, count: 9)
        #expect(entries == (answer.taken == nil ? [] : station.entries))
    }
}

extension DoorTests {
    /// A station is who signs; what it signs may still be anything.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `damaged columns that were signed stop their station, or are what was signed`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        for amount in 1...4 { try station.putIn(amount) }
        _ = try await door.answer(station.request(1...1, token: station.token))
        let columns = Batch.columns(of: Array(station.entries.dropFirst()))
        let signed = random.damaged(columns, times: random.below(4))
        let request = try station.request(station.head(2...5), columns: signed)
        #expect(try await door.answer(request).status == 200)
        while try await store.unpackNext(station.id) != nil {}
        let status = try #require(try await store.status(of: station.id))
        let entries = try await store.entries(of: station.id, after: 0, count: 9)
        switch status.state {
        case .well: #expect(entries == station.entries)
        case .stopped: #expect(entries == Array(station.entries.prefix(1)))
        case .unpacking, .forked, .waitsForEnrolment: Issue.record("\(status.state)")
        }
        #expect(signed != columns || status.state == .well)
    }
}

/// SplitMix64: the same seed gives the same run everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Bytes changed, left out, doubled or cut off.
    mutating func damaged(_ bytes: [UInt8], times: Int) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<times where !bytes.isEmpty {
            switch below(4) {
            case 0: bytes[below(bytes.count)] = UInt8(below(256))
            case 1: bytes.remove(at: below(bytes.count))
            case 2: bytes.insert(bytes[below(bytes.count)], at: below(bytes.count))
            default: bytes.removeLast(below(bytes.count))
            }
        }
        return bytes
    }
}

extension HubStore {
    /// The vectors' token instead of one that was drawn.
    func replaceToken(of id: StationEpoch, by token: String) throws {
        try connection.execute("UPDATE station SET token = '\(token)'")
    }
}
