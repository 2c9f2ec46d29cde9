import HTTPExchange
import Ports
import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("A hub that is killed", .timeLimit(.minutes(5)))
struct KilledHubTests {
    let file = HubFile()

    private static let entryCount = 24
    private static let stationCount = 4

    @Test(arguments: 0..<3 as Range<UInt64>)
    func `what it acknowledged is there afterwards, and nothing is there twice`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        var senders: [Sender] = []
        let store = try file.open()
        for number in 0..<Self.stationCount {
            var station = try await file.station(String(990_001 + number), in: store)
            for amount in 2...Self.entryCount { try station.putIn(amount) }
            senders.append(
                Sender(station: station, pin: try await store.serverIdentities().current.pin))
        }
        var lives = 0
        while senders.contains(where: { $0.acknowledged < Self.entryCount }) {
            try #require(lives < 200)
            lives += 1
            let hub = try await HubProcess(file: file)
            senders = try await life(of: hub, senders, until: 1 + random.below(8), seed: seed)
            for sender in senders {
                let status = try #require(await store.status(of: sender.station.id))
                #expect(status.acknowledgedThrough >= sender.acknowledged)
                #expect(status.unpackedThrough <= status.acknowledgedThrough)
            }
        }
        #expect(lives > 3)
        while let id = try await store.stationsToUnpack(count: 1).first {
            try await store.unpackNext(id)
        }
        for sender in senders {
            let entries = try await store.entries(of: sender.station.id, after: 0, count: 1_000)
            #expect(entries == sender.station.entries)
        }
        #expect(try await store.pragmaText("integrity_check") == "ok")
    }

    /// All stations send until so many answers have come, then the hub is killed among them.
    private func life(
        of hub: HubProcess, _ senders: [Sender], until count: Int, seed: UInt64
    ) async throws -> [Sender] {
        let (answers, answered) = AsyncStream.makeStream(of: Void.self)
        defer { answered.finish() }
        return try await withThrowingTaskGroup(of: (Int, Sender).self) { group in
            for (number, sender) in senders.enumerated() {
                group.addTask {
                    var sender = sender
                    try await sender.send(
                        port: hub.port, through: KilledHubTests.entryCount,
                        seed: seed &* 16 &+ UInt64(number)
                    ) { answered.yield() }
                    return (number, sender)
                }
            }
            // Stations that have sent all give no more answers; then nothing is left to be counted.
            let ending = Task {
                var left = count
                for await _ in answers {
                    left -= 1
                    if left <= 0 { break }
                }
                hub.kill()
            }
            var after = senders
            for try await (number, sender) in group { after[number] = sender }
            answered.finish()
            await ending.value
            return after
        }
    }
}

/// A station's end, as far as this needs one: batch after batch, from where it is answered.
private struct Sender {
    let station: WrittenStation
    let pin: [UInt8]
    private(set) var acknowledged = 0

    init(station: WrittenStation, pin: [UInt8]) {
        self.station = station
        self.pin = pin
    }

    /// Until it has sent all, or the connection breaks.
    mutating func send(
        port: Int, through last: Int, seed: UInt64, answered: () -> Void
    ) async throws {
        var random = SeededRandom(seed: seed &+ UInt64(acknowledged))
        let exchange = CurlExchange()
        while acknowledged < last {
            let first = acknowledged + 1
            let request = try station.request(
                first...min(last, first + random.below(3)), token: station.token)
            let body: [UInt8]
            do {
                body = try await exchange.send(
                    HTTPRequest(
                        method: "POST", path: "/v1/stations/\(request.station)/sync",
                        headers: [
                            HTTPHeader(SyncHead.headerName, request.header ?? ""),
                            HTTPHeader("Content-Encoding", "zstd"),
                        ], body: request.body),
                    to: .pinned(host: "127.0.0.1", port: port, pins: [pin]),
                    limits: HTTPLimits(
                        connect: .seconds(30), stall: .seconds(30), total: .seconds(60),
                        answerSizeMax: SyncAnswer.sizeMax)
                ).body
            } catch { return }
            let answer = try SyncAnswer(bytes: body)
            #expect(answer.acknowledgedThrough >= acknowledged)
            #expect(answer.head == station.heads[answer.acknowledgedThrough])
            acknowledged = answer.acknowledgedThrough
            answered()
        }
    }
}

extension HubStore {
    func pragmaText(_ name: String) throws -> String? { try connection.text("PRAGMA \(name)") }
}
