import Cryptography
import Journal
import JournalFixtures
import Ports
import Simulators
import SQLite
import StationCore
import SyncProtocol
import Testing

@testable import Uplink

/// Time is handed in: each wait is read from the clock's sleepers, and then ended.
@Suite("When the station speaks, waits and tries again", .timeLimit(.minutes(2)))
struct UplinkMannersTests {
    private let scratch: Scratch
    private let clock = ManualClock()
    private let box: TradingBox
    private let enrolment: Enrolment

    init() throws {
        scratch = try Scratch()
        let number = try #require(Digits<6>("990001"))
        enrolment = try #require(
            Enrolment(
                address: "hub.example:8443", station: number,
                epoch: 1, token: String(repeating: "t", count: 22),
                pins: [String(repeating: "A", count: 43), String(repeating: "B", count: 42) + "A"]))
        box = try TradingBox(scratch.directory, enrolment, at: "hub.example:8443", seed: 3)
    }

    /// What head office says when it has everything up to `sequence`.
    private func answer(
        through sequence: Int, messages: [HeadOfficeMessage] = [], waiting: Int = 0
    ) async throws -> SyncAnswer {
        SyncAnswer(
            acknowledgedThrough: sequence, head: try await box.hash(at: sequence),
            time: 1_790_000_000_000, messages: messages, waiting: waiting)
    }

    /// Milliseconds until the station would go on by itself.
    private func patience() async -> Int {
        await clock.waitForSleepers(1)
        return (clock.deadlines.first ?? clock.milliseconds) - clock.milliseconds
    }

    private func head(of asked: PlayedOffice.Asked) throws -> SyncHead {
        let value = asked.request.headers.first { $0.name == SyncHead.headerName }?.value
        return try SignedHead(header: try #require(value), station: box.id.station).head
    }

    /// Behind the back of everybody who reads the journal.
    private static func rename(
        _ table: String, to other: String, in file: String
    ) throws(HTTPError) {
        do {
            let database = try Connection(path: file, mode: .readWrite)
            try database.execute("ALTER TABLE \(table) RENAME TO \(other)")
        } catch { throw .malformed("\(error)") }
    }

    private func pass(_ milliseconds: Int) async {
        await clock.advance(by: .milliseconds(milliseconds))
    }

    @Test func `a lost line is tried at once, then up to 1, 2, 4, 8 s, whatever is booked`()
        async throws
    {
        let office = PlayedOffice(clock, [PlayedOffice.fails(.interrupted("cut"))])
        try await box.start(office, clock: clock)
        let waits = [300, 999, 1_999, 3_999, 7_999, 7_999]
        for (count, wait) in waits.enumerated() {
            await office.wait(forRequests: count + 1)
            #expect(await patience() == wait)
            try await box.trade(1)
            await pass(wait)
        }
        await office.wait(forRequests: 7)
        #expect(office.asked[6].time == 10_000 + waits.reduce(0, +))
        // Every failure ended its connection.
        #expect(office.closings.count >= 6)
        await box.stop()
    }

    @Test(arguments: [503, 200])
    func `head office's wish to be left alone holds, unless somebody asks`(status: Int)
        async throws
    {
        try await box.trade(3)
        let wish = [HTTPHeader("retry-after", "45")]
        let taken = try await answer(through: 1)
        let office = PlayedOffice(
            clock,
            [
                status == 200
                    ? PlayedOffice.says(taken, headers: wish)
                    : PlayedOffice.refuses(.unavailable, headers: wish)
            ])
        let routes = SimulatedRoutes()
        try await box.start(office, clock: clock, routes: routes)
        await office.wait(forRequests: 1)
        #expect(await patience() == 45_000)
        routes.change()
        await clock.settle()
        #expect(await patience() == 45_000)
        await box.ask()
        await office.wait(forRequests: 2)
        #expect(office.asked.map(\.time) == [10_000, 10_000])
        await box.stop()
    }

    @Test func `a new route is tried at once, whatever the wait was`() async throws {
        let office = PlayedOffice(
            clock, [PlayedOffice.fails(.untrusted), PlayedOffice.fails(.unreachable("down"))])
        let routes = SimulatedRoutes()
        try await box.start(office, clock: clock, routes: routes)
        await routes.waitForWatch()
        await office.wait(forRequests: 1)
        #expect(await patience() == 600_000)
        await pass(100_000)
        routes.change()
        await office.wait(forRequests: 2)
        #expect(office.asked[1].time == 110_000)
        // A route that comes and goes does not make it hurry more than a first failure does.
        #expect(await patience() == 300)
        routes.change()
        await clock.settle()
        #expect(await patience() == 300)
        await box.stop()
    }

    @Test func `an exchange has three round trips of a slow line and a batch`() async throws {
        let office = PlayedOffice(clock, [PlayedOffice.fails(.interrupted("cut"))])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        let asked = try #require(office.asked.first)
        #expect(
            asked.limits
                == HTTPLimits(
                    connect: .seconds(8), stall: .seconds(6), total: .seconds(40),
                    answerSizeMax: SyncAnswer.sizeMax))
        #expect(asked.request.headers.contains(HTTPHeader("Accept-Encoding", "zstd")))
        guard case .pinned("hub.example", 8_443, let pins, nil) = asked.destination else {
            Issue.record("\(asked.destination)")
            return
        }
        #expect(pins.count == 2)
        await box.stop()
    }

    @Test(arguments: [200, 409])
    func `an answer that moves no cursor is a failure, and not repeated without a pause`(
        status: Int
    ) async throws {
        try await box.trade(3)
        let stuck = try await answer(through: 0)
        let office = PlayedOffice(clock, [PlayedOffice.says(stuck, status: status)])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        #expect(await patience() == 300)
        await pass(300)
        await office.wait(forRequests: 2)
        #expect(await patience() == 999)
        await box.stop()
    }

    @Test func `messages that wait without coming, or cannot be applied, are asked for slowly`()
        async throws
    {
        let silent = try await answer(through: 1, waiting: 5)
        let stray = HeadOfficeMessage(number: 7, kind: .limit, body: .object([:]))
        let held = try await answer(through: 1, messages: [stray], waiting: 1)
        let office = PlayedOffice(clock, [PlayedOffice.says(silent), PlayedOffice.says(held)])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        #expect(await patience() == 5_000)
        // Ringing without an entry does not put it off.
        await pass(4_000)
        await box.want([])
        #expect(await patience() == 1_000)
        await pass(1_000)
        await office.wait(forRequests: 2)
        #expect(await patience() == 10_000)
        #expect(await box.applied.isEmpty)
        await box.stop()
    }

    @Test func `messages that were here before, while others wait, are not asked for at once`()
        async throws
    {
        let limit = HeadOfficeMessage(number: 1, kind: .limit, body: .object([:]))
        let again = try await answer(through: 1, messages: [limit], waiting: 1)
        let office = PlayedOffice(clock, [PlayedOffice.says(again)])
        try await box.start(office, clock: clock)
        // The first brings it, the second nothing more.
        await office.wait(forRequests: 2)
        #expect(await patience() == 5_000)
        #expect(office.asked.count == 2)
        #expect(await box.applied == [limit])
        await box.stop()
    }

    @Test func `a forked box whose disk does not take it that head office agrees again pauses`()
        async throws
    {
        try await box.trade(3)
        await box.forked()
        await box.set(takesNotes: false)
        let agrees = try await answer(through: 0)
        let taken = try await answer(through: 4)
        let office = PlayedOffice(
            clock,
            [PlayedOffice.says(agrees), PlayedOffice.says(agrees), PlayedOffice.says(taken)])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        #expect(await patience() == 300)
        #expect(await box.failures == ["still forked"])
        await box.set(takesNotes: true)
        await pass(300)
        await box.waitUntilAcknowledged()
        #expect(try office.asked.map { try head(of: $0).count } == [0, 0, 4])
        await box.stop()
    }

    @Test func `a connection is kept for half a minute after a burst, and no longer`() async throws
    {
        let office = PlayedOffice(clock, [PlayedOffice.says(try await answer(through: 1))])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        #expect(await patience() == 30_000)
        #expect(office.closings.isEmpty)
        await pass(30_000)
        await office.wait(forClosings: 1)
        #expect(office.closings == [40_000])
        #expect(office.asked.count == 1)
        #expect(clock.deadlines.isEmpty)
        await box.stop()
    }

    @Test func `a journal that cannot be read is no fork, and is tried again`() async throws {
        let file = scratch.directory.journalFile
        let taken = try await answer(through: 1)
        @Sendable func hideAndSay(_ request: HTTPRequest) throws(HTTPError) -> HTTPAnswer {
            try Self.rename("entry", to: "hidden", in: file)
            return HTTPAnswer(status: 200, body: taken.bytes)
        }
        let office = PlayedOffice(clock, [hideAndSay, PlayedOffice.says(taken)])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        #expect(await patience() == 300)
        #expect(await box.isForked == false)
        #expect(await box.acknowledged == 0)
        #expect(await box.failures.last?.hasPrefix("journal: ") == true)
        try Self.rename("hidden", to: "entry", in: file)
        await pass(300)
        await box.waitUntilAcknowledged()
        await box.stop()
    }

    @Test func `a batch is at most 4 KiB compressed, or one entry alone`() async throws {
        try await box.ramble(50, length: 400)
        try await box.ramble(1, length: 9_000)
        let taken = try await answer(through: 51)
        let office = PlayedOffice(
            clock, [PlayedOffice.says(taken), PlayedOffice.fails(.interrupted("cut"))])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 2)
        let many = try head(of: office.asked[0])
        #expect(many.count > 1 && many.count < 50)
        #expect(office.asked[0].request.body.count <= 4_096)
        #expect(try head(of: office.asked[1]).count == 1)
        #expect(office.asked[1].request.body.count > 4_096)
        await box.stop()
    }

    @Test func `the token is shown until the first acknowledgement, and never again`()
        async throws
    {
        let office = PlayedOffice(
            clock,
            [
                PlayedOffice.fails(.interrupted("cut")),
                PlayedOffice.says(try await answer(through: 1)),
                PlayedOffice.fails(.interrupted("cut")),
            ])
        try await box.start(office, clock: clock)
        await office.wait(forRequests: 1)
        #expect(await patience() == 300)
        await pass(300)
        await box.waitUntilAcknowledged()
        try await box.trade(1)
        await office.wait(forRequests: 3)
        let tokens = try office.asked.map { try head(of: $0).token }
        #expect(tokens == [enrolment.token, enrolment.token, nil])
        await box.stop()
    }
}
