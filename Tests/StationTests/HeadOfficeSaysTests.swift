import Hub
import Journal
import Ports
import StationCore
import SyncProtocol
import Testing

@testable import Station

@Suite("What head office says to a whole station", .serialized)
struct HeadOfficeSaysTests {
    /// Hands the station the message that comes next.
    private func say(
        _ kind: HeadOfficeMessage.Kind, _ body: some Encodable & Sendable,
        to station: RunningStation
    ) async throws {
        let value = try CanonicalCoding.encode(body)
        let isApplied = try await station.wiring.workflow.perform { state in
            let number = state.local.appliedThrough + 1
            return await state.apply(HeadOfficeMessage(number: number, kind: kind, body: value))
        }
        #expect(isApplied)
    }

    @Test func `a decision under a second number is booked once and refused upward`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let order = try await station.orderSoap()
            let decision = OrderDecision(
                identity: "decision-1", order: EntryName(epoch: 1, sequence: order),
                verdict: .bought, cost: Fen(1_200))
            try await say(.decision, decision, to: station)
            try await say(.decision, decision, to: station)
            let entries = try station.entries()
            #expect(entries.count { $0.kind == .orderBought } == 1)
            let refused = try station.last(.messageRefused).content(MessageRefused.self)
            #expect(refused?.reason == .repeated)
        }
    }

    @Test func `a message that was applied before is ignored, and one beyond a gap is not taken`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await say(.limit, ExposureLimit(exposure: Fen(150_000)), to: station)
            try await station.acknowledged()
            let value = try CanonicalCoding.encode(ExposureLimit(exposure: Fen(1)))
            let limit = try await station.books().facts.exposureLimit
            let entries = try station.entries()
            let applied = try await station.wiring.workflow.perform { $0.local.appliedThrough }
            for (number, isOver) in [(applied, true), (1, true), (applied + 2, false)] {
                let answer = try await station.wiring.workflow.perform { state in
                    await state.apply(
                        HeadOfficeMessage(number: number, kind: .limit, body: value))
                }
                #expect(answer == isOver)
            }
            #expect(try await station.books().facts.exposureLimit == limit)
            #expect(
                try await station.wiring.workflow.perform { $0.local.appliedThrough } == applied)
            #expect(try station.entries() == entries)
        }
    }

    @Test func `a list whose digest is wrong is not adopted but asked for again`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let before = try await station.books().facts.priceList
            village.headOffice.link.behaviour.withLock { $0.isUp = false }
            let chunk = ListChunk<ProducePrice>(
                list: 99, validFrom: 0, chunk: 0, chunkCount: 1,
                digest: String(repeating: "0", count: 64), items: [])
            try await say(.prices, chunk, to: station)
            #expect(try await station.books().facts.priceList == before)
            func wanted() async throws -> Set<ListKind> {
                try await station.wiring.workflow.perform { $0.wantedLists() }
            }
            #expect(try await wanted() == [])
            await village.clock.advance(by: .milliseconds(5_100))
            #expect(try await wanted() == [.prices])
            try await say(.prices, chunk, to: station)
            await village.clock.advance(by: .milliseconds(5_100))
            #expect(try await wanted() == [], "twice as late each time")
            await village.clock.advance(by: .milliseconds(5_100))
            #expect(try await wanted() == [.prices])
        }
    }

    @Test(arguments: [-1, 0, 10_001, 9_007_199_254_740_991])
    func
        `a list of impossible numbers or prices is refused upward, and what follows is not stopped`(
            chunkCount: Int
        ) async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            village.headOffice.link.behaviour.withLock { $0.isUp = false }
            func chunk(list: Int, count: Int, price: Int) throws -> ListChunk<Article> {
                ListChunk(
                    list: list, validFrom: 0, chunk: 0, chunkCount: count, digest: "",
                    items: [
                        Article(
                            article: try #require(ArticleCode("6901234567892")),
                            name: try #require(LocalizedName(["en": "Soap"])), price: Fen(price))
                    ])
            }
            func reason() throws -> MessageRefusal? {
                try station.last(.messageRefused).content(MessageRefused.self)?.reason
            }
            try await say(
                .articles, try chunk(list: 99, count: chunkCount, price: 1), to: station)
            #expect(try reason() == .malformed)
            try await say(.articles, try chunk(list: 99, count: 1, price: -820), to: station)
            #expect(try reason() == .malformed)
            let limit = try await station.books().facts.articleList?.list ?? 0
            try await say(.articles, try chunk(list: limit - 1, count: 1, price: 1), to: station)
            #expect(try reason() == (limit > 1 ? .olderList : .malformed))
            try await say(.limit, ExposureLimit(exposure: Fen(5)), to: station)
            #expect(try await station.books().facts.exposureLimit == Fen(5))
        }
    }

    @Test func `a certificate is judged by a clock that somebody set, and by no other`()
        async throws
    {
        let village = try await Village(startsIn1970: true)
        try await village.open { station in
            try await station.begin()
            let time = try await station.wiring.workflow.perform { $0.uplinkPlace()?.time }
            #expect(try #require(time) >= 1_790_000_000_000)
        }
        village.headOffice.link.behaviour.withLock { $0.isUp = false }
        try await village.open(bootID: "boot-2") { station in
            let place = try await station.wiring.workflow.perform { $0.uplinkPlace() }
            #expect(try #require(place).time == nil)
        }
    }

    @Test func `while an order waits head office is asked, after 5 s and twice as long each time`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            _ = try await station.orderSoap()
            try await station.slipsPrinted()
            try await station.acknowledged()
            let link = village.headOffice.link
            let first = link.behaviour.withLock { $0.requestCount }
            let begin = village.clock.milliseconds
            var asked: [Int] = []
            var seen = first
            while asked.count < 5 {
                let now = seen
                try await station.wait("a question", atMost: .seconds(200)) {
                    link.behaviour.withLock { $0.requestCount } > now
                }
                seen = link.behaviour.withLock { $0.requestCount }
                asked.append(village.clock.milliseconds - begin)
            }
            let pauses = zip(asked.dropFirst(), asked).map { $0 - $1 }
            for (pause, expected) in zip(pauses, [10_000, 20_000, 40_000, 80_000]) {
                #expect((expected..<(expected + 2_000)).contains(pause))
            }
            #expect(seen == first + 5)
        }
    }

    @Test func `head office starts anew in the middle, and nothing is lost or comes twice`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let link = village.headOffice.link
            link.behaviour.withLock { $0.answersToLose = 1 }
            let requests = link.behaviour.withLock { $0.requestCount }
            let order = try await station.orderSoap()
            try await station.wait("an answer that is lost") {
                link.behaviour.withLock { $0.requestCount > requests && $0.answersToLose == 0 }
            }
            try await village.headOffice.restart()
            try await station.acknowledged()
            _ = try await village.headOffice.entries()
            try await village.headOffice.store.decide(
                EntryName(epoch: 1, sequence: order), of: Village.id.station, .rejected)
            try await village.headOffice.restart()
            link.behaviour.withLock { $0.answersToLose = 1 }
            _ = await station.control.syncNow()
            try await station.wait("decision") { station.view.cash.refundsOwed == Fen(1_290) }
            try await village.headOffice.restart()
            try await station.slipsPrinted()
            try await station.acknowledged()
            #expect(try station.entries().count { $0.kind == .orderRejected } == 1)
        }
        try await village.checkTheEnd()
    }

    @Test(arguments: UInt64(0)..<8)
    func `garbled answers never move the cursor where the chains do not agree`(seed: UInt64)
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            village.headOffice.link.behaviour.withLock { $0.garbling = SeededRandom(seed: seed) }
            for round in 0..<15 {
                try await station.wiring.workflow.perform { state in
                    try? await state.write(MessageRefused(number: round, reason: .malformed))
                }
                await village.clock.advance(by: .seconds(9))
                let (moved, last) = try await station.wiring.workflow.perform { state in
                    (state.local.acknowledged, state.books.lastSequence)
                }
                let acknowledged = try #require(moved)
                #expect(acknowledged.through <= last)
                let hash = try village.journal().hash(at: acknowledged.through)
                #expect(hash == acknowledged.hash)
            }
        }
    }
}
