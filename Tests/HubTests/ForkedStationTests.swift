import Cryptography
import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("A station whose journal is another one than head office's")
struct ForkedStationTests {
    /// Head office has the enrolment, four entries of its own and, where asked, has unpacked them.
    private func office(
        _ file: HubFile, unpacked: Bool = true
    ) async throws -> (store: HubStore, station: WrittenStation, twin: WrittenStation) {
        let store = try file.open()
        var station = try await file.station(in: store)
        try station.putIn(1)
        var twin = station
        for amount in 2...4 { try station.putIn(amount) }
        for amount in 5...12 { try twin.putIn(amount) }
        let door = Door(store: store)
        _ = try await door.answer(station.request(1...2, token: station.token))
        _ = try await door.answer(station.request(3...5))
        if unpacked { while try await store.unpackNext(station.id) != nil {} }
        return (store, station, twin)
    }

    private func state(_ store: HubStore) async throws -> StationStatus.State? {
        try await store.stations().first?.state
    }

    @Test func `it is seen in what it sends from where both agree, shorter or longer`()
        async throws
    {
        for range in [3...3, 3...4, 3...5, 3...10] {
            let file = HubFile()
            let (store, _, twin) = try await office(file)
            let answer = try await Door(store: store).answer(twin.request(range))
            #expect(answer.other?.acknowledgedThrough == 5)
            let status = try #require(try await store.stations().first)
            #expect(status.state == .forked)
            #expect(status.forked == 1_767_229_200_000)
            #expect(status.acknowledgedThrough == 5)
        }
    }

    @Test func `it is seen in the chain before what it sends`() async throws {
        for range in [4...4, 5...8, 6...7] {
            let file = HubFile()
            let (store, _, twin) = try await office(file, unpacked: range.lowerBound < 6)
            #expect(try await Door(store: store).answer(twin.request(range)).status == 409)
            #expect(try await state(store) == .forked)
        }
    }

    @Test func `who repeats, overtakes or asks after the last entry is not forked`() async throws {
        let file = HubFile()
        let (store, station, twin) = try await office(file)
        var longer = station
        for amount in 20...25 { try longer.putIn(amount) }
        let door = Door(store: store)
        for request in [
            try station.request(1...2), try station.request(3...5), try longer.request(2...8),
            try longer.request(8...9), try station.empty(after: 5), try longer.empty(after: 8),
            try station.empty(after: 2), try twin.empty(after: 2),
            try twin.request(8...9),
            try station.request(station.head(3...5), columns: Array("{}".utf8)),
        ] {
            _ = try await door.answer(request)
            #expect(try await state(store) == .well)
        }
    }

    @Test func `it is shown until the chain goes on`() async throws {
        let file = HubFile()
        var (store, station, twin) = try await office(file)
        let door = Door(store: store)
        _ = try await door.answer(twin.request(3...4))
        _ = try await door.answer(station.empty(after: 5))
        _ = try await door.answer(station.request(3...5))
        #expect(try await state(store) == .forked)
        try station.putIn(30)
        #expect(try await door.answer(station.request(6...6)).status == 200)
        try await store.unpackNext(station.id)
        #expect(try await state(store) == .well)
    }

    @Test func `who cannot sign for the station says nothing of its journal`() async throws {
        let file = HubFile()
        let (store, _, twin) = try await office(file)
        let request = try twin.request(twin.head(3...4), signedBy: Ed25519.PrivateKey())
        #expect(try await Door(store: store).answer(request).problem?.kind == .signature)
        #expect(try await state(store) == .well)
    }
}
