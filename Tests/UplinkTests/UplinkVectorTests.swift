import Cryptography
import FoundationEssentials
import Journal
import JournalFixtures
import Ports
import Simulators
import StationCore
import SyncProtocol
import Testing

@testable import Uplink

/// The station's end against the examples of docs/sync-protocol.md: a journal with their entries
/// sends their requests, byte by byte, and obeys their answers.
@Suite("Requests of the vectors, sent by a station", .timeLimit(.minutes(1)))
struct UplinkVectorTests {
    private struct Vectors: Decodable {
        let token: String
        let entries: [String]
        let heads: [String]
        let requests: [Request]
        let answers: [String]

        struct Request: Decodable {
            let columns: String
            let header: String
        }

        init() throws {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appending(path: "../sync-protocol/vectors.json")
            self = try CanonicalCoding.decode(
                Vectors.self,
                from: try CanonicalForm.value(parsing: [UInt8](try Data(contentsOf: file))))
        }
    }

    /// The vectors' entries as the journal of a station.
    private func write(_ vectors: Vectors, pins: [String], to directory: StateDirectory) throws {
        let writer = try JournalWriter(directory)
        var books = Books()
        for (text, hash) in zip(vectors.entries, vectors.heads.dropFirst()) {
            let entry = try Entry(canonical: Array(text.utf8))
            let stored = StoredEntry(
                entry: entry, canonical: Array(text.utf8),
                hash: try #require(ChainHash(hex: hash)))
            try writer.commit(
                stored, try books.apply(entry), local: [.token(vectors.token), .pins(pins)])
        }
    }

    @Test func `both are sent as they stand, and their answers obeyed`() async throws {
        let vectors = try Vectors()
        let scratch = try Scratch()
        let pins = [String(repeating: "A", count: 43), String(repeating: "E", count: 43)]
        try write(vectors, pins: pins, to: scratch.directory)
        let number = try #require(Digits<6>("990001"))
        let enrolment = try #require(
            Enrolment(
                address: "hub.example:8443", station: number,
                epoch: 1, token: vectors.token, pins: pins))
        let box = try TradingBox(
            scratch.directory, enrolment, at: "hub.example:8443", seed: 1)
        await box.want([.articles, .prices])
        let answer = Array(vectors.answers[0].utf8)
        let clock = ManualClock()
        let office = PlayedOffice(
            clock,
            [
                { _ in
                    await box.want([])
                    return HTTPAnswer(status: 200, body: answer)
                }, PlayedOffice.fails(.interrupted("cut")),
            ])
        try await box.start(office, clock: clock)
        // `waiting` is above 0: the empty batch follows at once.
        await office.wait(forRequests: 2)
        #expect(await box.acknowledged == 3)
        #expect(await box.applied.map(\.number) == [1, 2])
        await box.stop()

        let asked = office.asked.map(\.request)
        #expect(asked[0].path == "/v1/stations/990001/sync")
        #expect(
            asked[0].headers == [
                HTTPHeader("Station-Sync", vectors.requests[0].header),
                HTTPHeader("Accept-Encoding", "zstd"), HTTPHeader("Content-Encoding", "zstd"),
            ])
        #expect(
            try Zstandard.decompress(asked[0].body, limit: Batch.sizeMax)
                == Array(vectors.requests[0].columns.utf8))
        #expect(
            asked[1].headers == [
                HTTPHeader("Station-Sync", vectors.requests[1].header),
                HTTPHeader("Accept-Encoding", "zstd"),
            ])
        #expect(asked[1].body.isEmpty)
    }
}
