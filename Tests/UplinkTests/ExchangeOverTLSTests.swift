import FoundationEssentials
import HTTPExchange
import Hub
import Journal
import JournalFixtures
import Ports
import Simulators
import StationCore
import SyncProtocol
import Testing

@testable import Uplink

@Suite("Station and head office over TLS", .timeLimit(.minutes(5)))
struct ExchangeOverTLSTests {
    private func box(
        _ number: String = "990001", at office: HeadOfficeInReach, seed: UInt64 = 1,
        in scratch: Scratch
    ) async throws -> TradingBox {
        let station = try #require(StationNumber(number))
        let hub = "127.0.0.1:\(office.link.port)"
        let enrolment = try await office.store.addStation(
            StationEpoch(station: station, epoch: 1), address: hub)
        return try TradingBox(scratch.directory, enrolment, at: hub, seed: seed)
    }

    /// Nothing lost, nothing twice, in order, and both ends add up to the same.
    private func expectEqual(_ box: TradingBox, _ office: HeadOfficeInReach) async throws {
        let stored = try await office.entries(of: box.id)
        #expect(try await stored == box.journal())
        #expect(try await office.store.ledger(of: box.id) == box.ledger)
        let status = try await office.store.stations().first { $0.id == box.id }
        #expect(status?.state == .well)
    }

    @Test func `a backlog goes up whole`() async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let box = try await box(at: office, in: scratch)
        try await box.trade(900)
        try await box.start(CurlExchange())
        await box.waitUntilAcknowledged()
        try await expectEqual(box, office)
        #expect(office.link.counts.connections == 1)
        await box.stop()
    }

    /// From the first byte of a new connection to the last of an exchange, up and down.
    @Test(arguments: [(SimulatedLink.Direction.up, 1_100, 17), (.down, 600, 7)])
    func `a link cut at any byte loses nothing and doubles nothing`(
        direction: SimulatedLink.Direction, last: Int, step: Int
    ) async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let box = try await box(at: office, in: scratch)
        try await box.start(CurlExchange())
        await box.waitUntilAcknowledged()
        office.link.set(.refused)
        office.link.set(.open)
        for offset in stride(from: 0, through: last, by: step) {
            office.link.cut(.afterBytes(offset, direction))
            try await box.trade(2)
            await box.waitUntilAcknowledged()
            office.link.cut(nil)
            // The next exchange begins with a handshake again.
            office.link.set(.refused)
            office.link.set(.open)
        }
        #expect(office.link.counts.cuts > 40)
        try await expectEqual(box, office)
        await box.stop()
    }

    @Test func `head office killed in the middle of anything loses nothing`() async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let box = try await box(at: office, in: scratch)
        try await box.start(CurlExchange())
        for round in 1...8 {
            try await box.trade(60)
            let goal = round * 20
            await box.wait { $0.acknowledged >= goal }
            try await office.killAndBegin()
        }
        await box.waitUntilAcknowledged()
        try await expectEqual(box, office)
        await box.stop()
    }

    @Test func `messages come down once and in order over a bad link`() async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let box = try await box(at: office, in: scratch)
        try await box.start(CurlExchange())
        await box.waitUntilAcknowledged()
        for amount in 1...400 { try await office.store.setLimit(Fen(amount), of: box.id) }
        for round in 0..<6 {
            office.link.cut(.afterBytes(700 * round, .down))
            try await box.trade(1)
            await box.waitUntilAcknowledged()
        }
        office.link.cut(nil)
        await box.wait { $0.applied.count == 400 }
        let limits = try await box.applied.map {
            try $0.body.decoded(as: ExposureLimit.self).exposure.count
        }
        #expect(limits == Array(1...400))
        await box.stop()
    }

    @Test func `several stations at once come in whole`() async throws {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        let scratches = try (0..<4).map { _ in try Scratch() }
        var boxes: [TradingBox] = []
        for (index, scratch) in scratches.enumerated() {
            boxes.append(
                try await box(
                    "99000\(index + 1)", at: office, seed: UInt64(index), in: scratch))
        }
        for box in boxes {
            try await box.trade(200)
            try await box.start(exchange)
        }
        for box in boxes { await box.waitUntilAcknowledged() }
        for box in boxes { try await expectEqual(box, office) }
        for box in boxes { await box.stop() }
    }

    @Test func `a cloned card is found out and overwrites nothing`() async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let copy = try Scratch()
        let first = try await box(at: office, in: scratch)
        try await first.trade(20)
        try await first.start(CurlExchange())
        await first.waitUntilAcknowledged()
        await first.stop()

        try FileManager.default.removeItem(atPath: copy.path)
        try FileManager.default.copyItem(atPath: scratch.path, toPath: copy.path)
        let enrolment = try await office.store.enrolment(
            of: first.id, address: "127.0.0.1:\(office.link.port)")
        let clone = try TradingBox(
            copy.directory, enrolment, at: "127.0.0.1:\(office.link.port)", seed: 99)
        try await first.trade(10)
        try await clone.trade(30)
        try await first.start(CurlExchange())
        await first.waitUntilAcknowledged()
        try await clone.start(CurlExchange())
        await clone.wait { $0.isForked }
        #expect(await clone.acknowledged < clone.lastSequence)
        try await expectEqual(first, office)
        await first.stop()
        await clone.stop()
    }

    @Test func `a server with another key gets nothing`() async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let hub = "127.0.0.1:\(office.link.port)"
        let elsewhere = try HubStore(path: scratch.path + "/other.db") { 0 }
        let station = try #require(StationNumber("990001"))
        let enrolment = try await elsewhere.addStation(
            StationEpoch(station: station, epoch: 1), address: hub)
        let box = try TradingBox(scratch.directory, enrolment, at: hub, seed: 1)
        try await box.start(CurlExchange())
        await box.wait { !$0.refusals.isEmpty }
        #expect(await box.refusals.first?.contains("pins") == true)
        #expect(await box.acknowledged == 0)
        await box.stop()
    }

    @Test func `a token of somebody else is refused`() async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let hub = "127.0.0.1:\(office.link.port)"
        let station = try #require(StationNumber("990001"))
        let good = try await office.store.addStation(
            StationEpoch(station: station, epoch: 1), address: hub)
        let forged = try #require(
            Enrolment(
                address: hub, station: good.station, epoch: 1,
                token: String(repeating: "A", count: 22), pins: good.pins))
        let box = try TradingBox(scratch.directory, forged, at: hub, seed: 1)
        try await box.start(CurlExchange())
        await box.wait { $0.isTokenRefused }
        #expect(await box.acknowledged == 0)
        await box.stop()
    }
}
