import Cryptography
import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("Head office's memory")
struct HubStoreTests {
    let file = HubFile()

    @Test func `commits are durable`() async throws {
        let store = try file.open()
        #expect(try await store.pragma("synchronous") == 2)
    }

    @Test func `the server's keys are made once`() async throws {
        let first = try await file.open().serverIdentities()
        let second = try await file.open().serverIdentities()
        #expect(first.current.pin == second.current.pin)
        #expect(first.next.pin == second.next.pin)
        #expect(first.current.pin != first.next.pin)
    }

    @Test func `a station is added once an epoch, at an address that fits the code`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        await #expect(throws: HubError.stationExists(station.id.station, epoch: 1)) {
            try await store.addStation(station.id, address: "hub.example:8443")
        }
        let other = StationEpoch(station: station.id.station, epoch: 2)
        let long = String(repeating: "a", count: 41)
        await #expect(throws: HubError.address(long)) {
            try await store.addStation(other, address: long)
        }
        let enrolment = try await store.addStation(other, address: "hub.example:8443")
        #expect(enrolment.token != station.token)
        #expect(try await store.newestEpoch(of: station.id.station) == 2)
    }

    @Test func `messages go down without a gap, within the budget`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        for amount in 1...100 { try await store.setLimit(Fen(amount), of: station.id) }
        var applied = 0
        var rounds = 0
        while true {
            let (messages, waiting) = try await store.messages(
                for: station.id, after: applied, budget: 200)
            guard let last = messages.last else { break }
            #expect(messages.map(\.number) == Array((applied + 1)...last.number))
            #expect(waiting == 100 - last.number)
            applied = last.number
            rounds += 1
        }
        #expect(applied == 100)
        #expect(rounds > 5)
    }

    @Test func `a message above the budget goes down alone`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        try await store.setLimit(Fen(5), of: station.id)
        let (messages, _) = try await store.messages(for: station.id, after: 0, budget: 1)
        #expect(messages.count == 1)
    }

    @Test func `a list goes to all stations, and again whole to one that misses it`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        let station = try await file.station(in: store)
        let prices = try (0..<60).map { number in
            let produce = try #require(ProduceCode("produce-\(number)"))
            let name = try #require(LocalizedName(["en": "produce \(number)"]))
            return ProducePrice(produce: produce, name: name, price: FenPerKilogram(100 + number))
        }
        #expect(try await store.publish(prices) == 1)
        #expect(try await store.publish(prices) == 2)
        let request = try station.request(1...1, wants: [.prices], token: station.token)
        _ = try await door.answer(request)
        let sent = try await store.stations()[0].lastMessage
        let (messages, _) = try await store.messages(
            for: station.id, after: 0, budget: SyncAnswer.sizeMax)
        let chunks = try messages.map { try $0.body.decoded(as: ListChunk<ProducePrice>.self) }
        #expect(chunks.filter { $0.list == 2 }.flatMap(\.items) == prices)
        #expect(try chunks.allSatisfy { try $0.digest == ListDigest.of(prices) })

        // On its way: not again. Applied and lost: again, under new numbers.
        _ = try await door.answer(station.empty(after: 1, applied: sent / 2, wants: [.prices]))
        #expect(try await store.stations()[0].lastMessage == sent)
        _ = try await door.answer(station.empty(after: 1, applied: sent, wants: [.prices]))
        #expect(try await store.stations()[0].lastMessage == sent + chunks.count / 2)
        // No list of articles stands here.
        _ = try await door.answer(station.empty(after: 1, applied: sent, wants: [.articles]))
        #expect(try await store.stations()[0].lastMessage == sent + chunks.count / 2)
    }

    @Test func `a list stands once, however many stations get it`() async throws {
        let store = try file.open()
        let station = try await file.station("000001", in: store)
        try await store.setLimit(Fen(7), of: station.id)
        let count = 3_000
        try await store.execute(
            """
            WITH RECURSIVE other(number) AS (
                SELECT 2 UNION ALL SELECT number + 1 FROM other WHERE number < \(count)
            )
            INSERT INTO station (station, epoch, added, token)
            SELECT format('%06d', number), 1, 0, 'token' FROM other
            """)
        let articles = try (0..<400).map { number in
            Article(
                article: try #require(ArticleCode("article-\(number)")),
                name: try #require(LocalizedName(["en": "article \(number)"])), price: Fen(100))
        }
        _ = try await store.publish(articles)
        let pages = try #require(try await store.pragma("page_count"))
        let size = try #require(try await store.pragma("page_size"))
        // 20 KB of articles for 3,000 stations are 60 MB.
        #expect(pages * size < 6_000_000, "\(pages * size)")
        for (number, before) in [("000001", 1), ("000002", 0), ("003000", 0)] {
            let id = StationEpoch(station: try #require(StationNumber(number)), epoch: 1)
            let (messages, waiting) = try await store.messages(
                for: id, after: before, budget: SyncAnswer.sizeMax)
            #expect(messages.first?.number == before + 1)
            #expect(waiting == 0)
            let status = try #require(try await store.status(of: id))
            #expect(messages.last?.number == status.lastMessage)
            let chunks = try messages.map { try $0.body.decoded(as: ListChunk<Article>.self) }
            #expect(chunks.map(\.chunk) == Array(0..<chunks.count))
            #expect(chunks.flatMap(\.items) == articles)
        }
    }

    @Test func `numbers go on above what a station applied`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        let station = try await file.station(in: store)
        _ = try await door.answer(station.request(1...1, applied: 40, token: station.token))
        try await store.setLimit(Fen(5), of: station.id)
        let answer = try await door.answer(station.empty(after: 1, applied: 40))
        #expect(answer.taken?.messages.map(\.number) == [41])
    }

    @Test func `an order is decided once, for at most what was paid`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        let order = try station.sell(4_560)
        let other = try station.sell(900)
        let number = station.id.station
        await #expect(throws: HubError.unknownOrder(number, order)) {
            try await store.decide(order, of: number, .rejected)
        }
        _ = try await door.answer(station.request(1...3, token: station.token))
        try await store.unpackNext(station.id)
        #expect(try await store.orders(waiting: true).map(\.name) == [order, other])
        await #expect(throws: HubError.cost(Fen(4_561), allowed: .zero...Fen(4_560))) {
            try await store.decide(order, of: number, .bought(cost: Fen(4_561)))
        }
        try await store.decide(order, of: number, .bought(cost: Fen(4_000)))
        await #expect(throws: HubError.decided(number, order, "bought")) {
            try await store.decide(order, of: number, .rejected)
        }
        try await store.decide(other, of: number, .rejected)
        let answer = try await door.answer(station.empty(after: 3))
        let decisions = try (answer.taken?.messages ?? []).map {
            try $0.body.decoded(as: OrderDecision.self)
        }
        #expect(decisions.map(\.order) == [order, other])
        #expect(decisions.map(\.verdict) == [.bought, .rejected])
        #expect(decisions.map(\.cost) == [Fen(4_000), nil])
        #expect(Set(decisions.map(\.identity)).count == 2)
        #expect(try await store.orders(waiting: true) == [])
    }

    @Test func `balances are those of the entries`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        for amount in 1...30 { try station.putIn(amount) }
        _ = try await door.answer(station.request(1...10, token: station.token))
        _ = try await door.answer(station.request(11...31))
        #expect(try await store.stationsToUnpack(count: 10) == [station.id])
        #expect(try await store.stations()[0].state == .unpacking)
        while try await store.unpackNext(station.id) != nil {}
        let ledger = try await store.ledger(of: station.id)
        #expect(ledger.money(.drawer) == Fen(465))
        #expect(ledger.money(.operatorEquity) == Fen(-465))
        #expect(try await store.stations()[0].state == .well)
    }

    @Test func `a chain that does not lead to the signed head stops its station alone`()
        async throws
    {
        let store = try file.open()
        let door = Door(store: store)
        var liar = try await file.station("990001", in: store)
        var honest = try await file.station("990002", in: store)
        try liar.putIn(5)
        try honest.putIn(5)
        let head = liar.head(1...2, token: liar.token, after: liar.heads[1])
        let answer = try await door.answer(liar.request(head))
        #expect(answer.taken?.acknowledgedThrough == 2)
        _ = try await door.answer(honest.request(1...2, token: honest.token))
        #expect(try await store.unpackNext(liar.id) == nil)
        #expect(try await store.unpackNext(honest.id)?.count == 2)
        let stations = try await store.stations()
        #expect(stations[0].state == .stopped)
        #expect(stations[0].stopped?.contains("head") == true)
        #expect(stations[0].acknowledgedThrough == 2)
        #expect(stations[1].state == .well)
        #expect(try await store.stationsToUnpack(count: 10) == [])
    }

    @Test func `columns that are no entries stop the station too`() async throws {
        let store = try file.open()
        let door = Door(store: store)
        var station = try await file.station(in: store)
        try station.putIn(5)
        _ = try await door.answer(station.request(1...1, token: station.token))
        let request = try station.request(station.head(2...2), columns: Array("{}".utf8))
        #expect(try await door.answer(request).status == 200)
        #expect(try await store.unpackNext(station.id)?.count == 1)
        #expect(try await store.unpackNext(station.id) == nil)
        #expect(try await store.stations()[0].stopped?.hasPrefix("batch of entry 2") == true)
    }
}

@Suite("Money in yuan")
struct YuanTests {
    @Test(arguments: [
        ("0", 0), ("45.6", 4_560), ("45.60", 4_560), ("45", 4_500), ("0.05", 5),
        ("999999999.99", 99_999_999_999),
    ])
    func `yuan are read exactly`(text: String, fen: Int) {
        #expect(Fen(yuan: text) == Fen(fen))
    }

    @Test(arguments: ["", ".5", "5.", "1.234", "-1", "1,5", "1e3", "1000000000", "１"])
    func `anything else is none`(text: String) { #expect(Fen(yuan: text) == nil) }

    @Test(arguments: [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-4_560, "-45.60")])
    func `fen are written with two decimals`(fen: Int, text: String) {
        #expect(Fen(fen).yuan == text)
    }
}

extension HubStore {
    func pragma(_ name: String) throws -> Int? { try connection.integer("PRAGMA \(name)") }
}
