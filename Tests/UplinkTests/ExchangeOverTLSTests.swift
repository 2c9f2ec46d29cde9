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
    private func expectEqual(
        _ box: TradingBox, _ office: HeadOfficeInReach, state: StationStatus.State = .well
    ) async throws {
        let stored = try await office.entries(of: box.id)
        #expect(try await stored == box.journal())
        #expect(try await office.store.ledger(of: box.id) == box.ledger)
        let status = try await office.store.stations().first { $0.id == box.id }
        #expect(status?.state == state)
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

    /// Bytes that the link has forwarded so far.
    private func count(_ office: HeadOfficeInReach, _ direction: SimulatedLink.Direction) -> Int {
        let counts = office.link.counts
        return direction == .up ? counts.up : counts.down
    }

    /// From the first byte of a new connection to the last of an exchange: in steps, and byte by
    /// byte through the first record's head and the end of request and answer, until a cut was
    /// asked for behind the last byte and not met.
    @Test(arguments: [
        (SimulatedLink.Direction.up, true), (.up, false), (.down, true), (.down, false),
    ])
    func `a link cut at any byte loses nothing and doubles nothing`(
        direction: SimulatedLink.Direction, resumesSessions: Bool
    ) async throws {
        let office = try await HeadOfficeInReach()
        let scratch = try Scratch()
        let box = try await box(at: office, in: scratch)
        let exchange = CurlExchange()
        try await box.start(exchange)
        await box.waitUntilAcknowledged()
        /// The next exchange begins with a handshake again.
        func beginAnew() async throws {
            await box.stop()
            try await box.start(resumesSessions ? exchange : CurlExchange())
        }
        /// Of nearly the same size each time. Returns how many bytes went that way.
        func bytesOfOne() async throws -> Int {
            let before = count(office, direction)
            try await box.ramble(1, length: 200)
            await box.waitUntilAcknowledged()
            return count(office, direction) - before
        }
        try await beginAnew()
        var whole = try await bytesOfOne()
        var met = -1
        var offset = 0
        while offset < whole + 200 {
            try await beginAnew()
            office.link.cut(.afterBytes(offset, direction))
            let size = try await bytesOfOne()
            let isMet = !office.link.isCutPending
            office.link.cut(nil)
            if isMet {
                met = offset
            } else {
                if offset == met + 1 { break }
                whole = size
            }
            // Not behind the end by a step: from there on every byte.
            offset = met + (met < 6 || met > whole - 40 ? 1 : max(1, min(37, whole - 40 - met)))
        }
        #expect(offset == met + 1, "\(met) of \(whole) bytes")
        #expect(office.link.counts.cuts > 60)
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
        try await expectEqual(first, office, state: .forked)
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
