import Hub
import Journal
import Simulators
import StationCore
import Testing

@testable import Station

@Suite("A station whose head office, clock or power is away", .serialized)
struct AwayTests {
    @Test func `a day without a link is made up in order, each entry once, answers lost or not`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            village.headOffice.link.behaviour.withLock { $0.isUp = false }
            for round in 0..<500 {
                try await station.wiring.workflow.perform { state in
                    try? await state.write(MessageRefused(number: round, reason: .malformed))
                }
            }
            await village.clock.jump(by: .seconds(86_400))
            #expect(station.wiring.screens.latest.waiting >= 500)
            try await station.wait("the page says so") {
                station.wiring.screens.latest.link == .waiting
            }
            village.headOffice.link.behaviour.withLock { behaviour in
                behaviour.isUp = true
                behaviour.answersToLose = 3
            }
            try await station.acknowledged()
            #expect(station.wiring.screens.latest.waiting == 0)
        }
        try await village.checkTheEnd()
    }

    @Test func `nothing is sent while nothing waits`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            await village.clock.advance(by: .seconds(700))
            try await station.wait("signed out") { station.view.signedIn == nil }
            try await station.acknowledged()
            let count = village.headOffice.link.behaviour.withLock { $0.requestCount }
            await village.clock.advance(by: .seconds(3_600))
            #expect(village.headOffice.link.behaviour.withLock { $0.requestCount } == count)
        }
    }

    @Test func `two boxes with one journal: the later one stops trade and says so`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
        }
        let twin = try Village(copying: village)
        try await village.open { station in try await station.acknowledged() }
        let count = try await village.headOffice.entries().count
        try await twin.open(bootID: "boot-9") { station in
            try await station.wait("forked") { station.view.isForked }
            #expect(station.view.prompt == .stopped)
            try await station.wait("refused") { station.wiring.screens.latest.link == .refused }
            let status = try await station.control.status()
            #expect(status.isForked)
            #expect(status.link.lastContact != nil, "an answer came")
        }
        #expect(try await village.headOffice.entries().count == count)
    }

    @Test func `a refused token sets the journal aside, and the next start may be enrolled`()
        async throws
    {
        let village = try await Village()
        _ = try await village.headOffice.enrolmentCode(of: Village.number)
        let enrolment = try await village.headOffice.store.enrolment(
            of: Village.id, address: "hub.example:443")
        let wrong = try #require(
            Enrolment(
                address: enrolment.address, station: enrolment.station, epoch: 1,
                token: String(repeating: "A", count: 22), pins: enrolment.pins))
        await #expect(throws: EnrolmentRefused.self) {
            try await village.open { station in
                let answer = await station.control.enrol(code: Barcode.enrolment(wrong).text)
                #expect(answer.isDone)
                try await station.wait("end of the run") {
                    await (try? station.wiring.workflow.perform { _ in }) == nil
                }
            }
        }
        try await village.open { station in
            #expect(station.view.prompt == .enrol)
            let answer = await station.control.enrol(code: Barcode.enrolment(enrolment).text)
            #expect(answer.isDone)
            try await station.wait("lists") {
                await (try? station.books().facts.articleList) != nil
            }
            try await station.acknowledged()
            #expect(try station.entries().first?.kind == .enrolled)
        }
        try await village.checkTheEnd()
    }

    @Test func `a box that starts in 1970 learns the time from head office and says by how much`()
        async throws
    {
        let village = try await Village(startsIn1970: true)
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            let entries = try station.entries()
            #expect(entries.first?.moment.quality == .unset)
            let corrected = try #require(
                try station.last(.clockCorrected).content(ClockCorrected.self))
            #expect(corrected.quality == .network)
            #expect(corrected.by > 1_700_000_000_000)
            #expect(entries.last?.moment.quality == .network)
            let answer = await station.control.setClock(to: 1_800_000_000_000)
            #expect(answer.isDone)
            #expect(try station.entries().last?.moment.quality == .technician)
        }
    }

    @Test func `after a stop the first sentence says what was booked last`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.sellApples(grams: 2_346)
            try await station.slipsPrinted()
        }
        let number = try village.journal().entries(from: 1, limit: 1_000).map(\.entry)
            .last { $0.kind == .produceBought }?.sequence
        try await village.open { station in
            guard case .lastBooked(let booked, _, let slip) = station.view.notice else {
                Issue.record("\(String(describing: station.view.notice))")
                return
            }
            #expect(booked == number)
            #expect(slip == .printed)
        }
    }
}
