import Cryptography
import Logging
import SQLite
import StationCore
import Testing

@testable import Hub

@Suite("Unpacking")
struct HubWorkerTests {
    let file = HubFile()

    /// One run over what waits.
    private func work(_ store: HubStore) async {
        let (news, noticed) = AsyncStream.makeStream(of: Void.self)
        noticed.finish()
        let quiet = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
        await HubWorker(store: store, decider: nil, logger: quiet).run(news)
    }

    @Test(arguments: [
        ("UPDATE station SET key = x'00' WHERE station = '990002'", "batch of entry 1: "),
        ("DELETE FROM batch WHERE station = '990002'", "batch of entry 1: it is missing"),
        ("UPDATE batch SET body = x'28b52ffd' WHERE station = '990002'", "batch of entry 1: "),
        ("UPDATE batch SET header = '' WHERE station = '990002'", "batch of entry 1: "),
        (
            """
            INSERT INTO entry VALUES ('990002', 1, 2, 'day.putIn', x'00', x'00')
            """, "batch of entry 1: UNIQUE constraint failed"
        ),
    ])
    func `a station that cannot be unpacked is shown and stops nobody else`(
        damage: String, reason: String
    ) async throws {
        let store = try file.open()
        var stations: [WrittenStation] = []
        for number in ["990001", "990002", "990003"] {
            var station = try await file.station(number, in: store)
            for amount in 1...3 { try station.putIn(amount) }
            for range in [1...2, 3...4] {
                let request = try station.request(range, token: station.token)
                #expect(try await Door(store: store).answer(request).status == 200)
            }
            stations.append(station)
        }
        try await store.execute(damage)
        await work(store)
        let shown = try await store.stations()
        #expect(shown.map(\.state) == [.well, .stopped, .well])
        #expect(shown[1].stopped?.hasPrefix(reason) == true, "\(shown[1].stopped ?? "")")
        #expect(shown[1].acknowledgedThrough == 4)
        #expect(try await store.stationsToUnpack(count: 10) == [])
        for station in [stations[0], stations[2]] {
            let entries = try await store.entries(of: station.id, after: 0, count: 10)
            #expect(entries == station.entries)
        }
    }

    @Test func `a station that was looked at goes on where it stopped`() async throws {
        let store = try file.open()
        var station = try await file.station(in: store)
        for amount in 1...3 { try station.putIn(amount) }
        for range in [1...2, 3...4] {
            _ = try await Door(store: store).answer(
                station.request(range, token: station.token))
        }
        try await store.execute("UPDATE batch SET first = 300 WHERE first = 3")
        await work(store)
        #expect(
            try await store.status(of: station.id)?.stopped == "batch of entry 3: it is missing")
        try await store.execute("UPDATE batch SET first = 3 WHERE first = 300")
        await work(store)
        #expect(try await store.status(of: station.id)?.state == .stopped)
        try await store.resume(station.id)
        await work(store)
        #expect(try await store.status(of: station.id)?.state == .well)
        #expect(
            try await store.entries(of: station.id, after: 0, count: 10) == station.entries)
        let other = StationEpoch(station: station.id.station, epoch: 9)
        await #expect(throws: HubError.unknownStation("990001/9")) {
            try await store.resume(other)
        }
    }

    @Test func `more stations than are asked for at once are all unpacked`() async throws {
        let store = try file.open()
        let count = HubWorker.stationCountMax + 10
        for number in 0..<count {
            let station = try await file.station(String(100_000 + number), in: store)
            _ = try await Door(store: store).answer(
                station.request(1...1, token: station.token))
        }
        #expect(try await store.stationsToUnpack(count: 1_000).count == count)
        await work(store)
        #expect(try await store.stations().allSatisfy { $0.state == .well })
    }

    @Test func `what waits is found without a look at every station`() async throws {
        let store = try file.open()
        let plan = try await store.plan(of: HubStore.toUnpackQuery)
        #expect(plan.count == 1)
        #expect(plan.first?.contains("INDEX station_to_unpack") == true, "\(plan)")
    }
}

extension HubStore {
    func execute(_ sql: String) throws { try connection.execute(sql) }

    /// How SQLite goes about a query with three parameters.
    func plan(of query: String) throws -> [String] {
        var explain = try connection.prepare("EXPLAIN QUERY PLAN " + query)
        return try explain.all(.text(""), .integer(0), .integer(1)) { $0.text(3) }
    }
}
