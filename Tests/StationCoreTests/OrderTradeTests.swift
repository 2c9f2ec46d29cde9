import StationCore
import Testing

@Suite("Buying on behalf")
struct OrderTradeTests {
    @Test func `an order is quoted, tendered, changed and owes one slip`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article(price: 1_295)))
        try shop.type("3")
        try shop.command(.basketDone)
        #expect(shop.view.prompt == .tender(Fen(3_890)))
        #expect(
            try shop.type("3880").refusal == .tenderedTooLittle(needs: Fen(3_890)))
        try shop.type("5000")
        #expect(shop.view.prompt == .takeCash(change: Fen(1_110)))
        try shop.command(.takeCash)
        let paid = try #require(try shop.last?.content(OrderPaid.self))
        #expect(paid.total == Fen(3_885))
        #expect(paid.change == Fen(1_110))
        let name = try #require(shop.last).name
        #expect(shop.balance(.prepaid(name)) == -3_885)
        #expect(shop.balance(.drawer) == 103_890)
        #expect(shop.books.ledger.exposure == Fen(3_885))
        #expect(shop.books.owedSlips.map(\.sequence) == [name.sequence])
    }

    @Test func `change is given though it is more than the drawer held before`() throws {
        var shop = try Shop(open: false)
        try shop.signIn()
        try shop.openDay(counted: 0)
        try shop.payOrder(price: 1_290, tendered: "5000")
        #expect(try shop.last?.content(OrderPaid.self)?.change == Fen(3_710))
        #expect(shop.balance(.drawer) == 1_290)
    }

    @Test func `no price is dearer than the sums of a basket have room for`() throws {
        var shop = try Shop()
        let top = Article.priceMax
        for price in [CanonicalValue.integerMax, top + 1, 0, -1] {
            let article = try Shop.article(price: price)
            #expect(try shop.scan(.article(article)).refusal == .amountTooLarge)
            #expect(!chunk(of: [article]).isWellFormed)
            let produce = try Shop.price(price)
            #expect(!chunk(of: [produce]).isWellFormed)
        }
        for number in 10..<50 {
            try shop.scan(.article(try Shop.article("69000000000\(number)", price: top)))
            try shop.type("999")
        }
        #expect(shop.view.figure == .money(Fen(40 * 999 * top)))
        #expect(try shop.command(.basketDone).refusal == .amountTooLarge)
        #expect(chunk(of: [try Shop.article(price: top)]).isWellFormed)
        #expect(chunk(of: [try Shop.price(top)]).isWellFormed)
    }

    private func chunk<Item: ListItem>(of items: [Item]) -> ListChunk<Item> {
        ListChunk(list: 1, validFrom: 0, chunk: 0, chunkCount: 1, digest: "", items: items)
    }

    @Test(arguments: [(1_024, true), (1_025, false), (-1_025, false)])
    func `a line is not read whose amount does not fit`(quantity: Int, fits: Bool) throws {
        let value = CanonicalValue.object([
            "article": .string("1001"), "name": .string("Soap"), "quantity": .integer(quantity),
            "price": .integer(CanonicalValue.integerMax / 1_024),
        ])
        let line = try? CanonicalCoding.decode(OrderLine.self, from: value)
        #expect((line != nil) == fits)
    }

    @Test(arguments: [ClockQuality.network, .unset])
    func `a list that is ahead of the clock is as old as nobody knows`(quality: ClockQuality)
        throws
    {
        var shop = try Shop()
        shop.clockMoved = -2 * 86_400_000
        shop.quality = quality
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        #expect(shop.view.prompt == .oldArticles(days: nil))
        try shop.command(.yes)
        #expect(shop.view.details.contains(.listAge(days: nil)))
    }

    @Test func `articles of a list that is old, or of unknown age, are ordered only after a yes`()
        throws
    {
        for quality in [ClockQuality.network, .unset] {
            var shop = try Shop()
            shop.monotonic = 9 * 86_400_000
            try shop.signIn(2)
            shop.quality = quality
            try shop.scan(.article(try Shop.article()))
            try shop.command(.basketDone)
            let days = quality == .unset ? nil : 9
            #expect(shop.view.prompt == .oldArticles(days: days))
            try shop.command(.no)
            #expect(shop.view.prompt == .moreArticles)
            try shop.command(.basketDone)
            try shop.command(.yes)
            #expect(shop.view.prompt == .tender(Fen(1_290)))
            #expect(shop.view.details.contains(.listAge(days: days)))
        }
    }

    @Test func `a basket of an older list is begun again, and a quote keeps its list`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.book(
            ArticlesAdopted(list: 2, validFrom: Shop.start, digest: "a2"), by: .headOffice)
        #expect(try shop.command(.basketDone).refusal == .listChanged)
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        try shop.book(
            ArticlesAdopted(list: 3, validFrom: Shop.start, digest: "a3"), by: .headOffice)
        try shop.command(.exactCash)
        try shop.command(.takeCash)
        #expect(try shop.last?.content(OrderPaid.self)?.list == 2)
    }

    @Test func `a list that comes while the old one is asked about begins the basket again`() throws
    {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        shop.clockMoved = 40 * 86_400_000
        try shop.command(.basketDone)
        #expect(shop.view.prompt == .oldArticles(days: 40))
        try shop.book(
            ArticlesAdopted(list: 2, validFrom: shop.moment.time, digest: "a2"), by: .headOffice)
        #expect(try shop.command(.yes).refusal == .listChanged)
        #expect(shop.view.prompt == .articles)
    }

    @Test func `bought cheaper owes the rest back`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        let decision = OrderDecision(
            identity: "d1", order: name, verdict: .bought, cost: Fen(1_200))
        try shop.receive(1, .decision, decision)
        #expect(shop.books.orders[name]?.state == .bought)
        #expect(shop.balance(.float) == -1_200)
        #expect(shop.balance(.refundOwed(name)) == -90)
        #expect(shop.last?.actor == .headOffice)
    }

    @Test func `rejected owes all back, and the refund takes two proofs`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        let decision = OrderDecision(identity: "d1", order: name, verdict: .rejected, cost: nil)
        try shop.receive(1, .decision, decision)
        let order = try #require(shop.books.orders[name])
        try shop.scan(.orderSlip(order, .slip))
        #expect(shop.view.prompt == .secondProof)
        #expect(try shop.command(.payCash).refusal == .notExpected)
        try shop.command(.knowPerson)
        #expect(shop.view.prompt == .payRefund(Fen(1_290)))
        try shop.command(.payCash)
        let refund = try #require(try shop.last?.content(RefundPaid.self))
        #expect(refund.proof == RefundProof(first: .slip, second: .person))
        #expect(shop.balance(.drawer) == 100_000)
        #expect(shop.books.ledger.exposure == .zero)
        try shop.scan(.orderSlip(order, .slip))
        #expect(
            shop.view.notice
                == .orderStands(number: name.sequence, .ended, owed: .zero))
    }

    @Test func `half a mark asks to compare date and amount`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        try shop.receive(
            1, .decision,
            OrderDecision(identity: "d1", order: name, verdict: .rejected, cost: nil))
        let order = try #require(shop.books.orders[name])
        let slip = PrintedSlip(
            number: 99, amount: Fen(1_290), time: shop.moment.time, clock: .network)
        try shop.scan(.shortSlip(order, slip))
        #expect(shop.view.prompt == .compareSlip(slip, utcOffsetMinutes: 480))
        try shop.command(.yes)
        #expect(shop.view.prompt == .secondProof)
    }

    @Test func `an order whose slip is lost is found by what was paid`() throws {
        var shop = try Shop()
        var names: [EntryName] = []
        for (number, price) in [(1, 1_290), (2, 1_290), (3, 4_000)] {
            let name = try shop.payOrder(price: price)
            names.append(name)
            let decision = OrderDecision(
                identity: "d\(number)", order: name, verdict: .rejected, cost: nil)
            try shop.receive(number, .decision, decision)
        }
        let orders = try names.map { try #require(shop.books.orders[$0]) }
        try shop.command(.refund)
        #expect(try shop.type("1291").refusal == .noRefundOf(Fen(1_291)))
        try shop.type("1290")
        #expect(shop.view.prompt == .isItOrder(orders[1].slip, utcOffsetMinutes: 480))
        try shop.command(.no)
        #expect(shop.view.prompt == .isItOrder(orders[0].slip, utcOffsetMinutes: 480))
        #expect(try shop.command(.no).refusal == .noRefundOf(Fen(1_290)))
        try shop.type("1290")
        try shop.command(.no)
        try shop.command(.yes)
        #expect(try shop.command(.payCash).refusal == .notExpected)
        try shop.command(.knowPerson)
        try shop.command(.payCash)
        let refund = try #require(try shop.last?.content(RefundPaid.self))
        #expect(refund.order == names[0])
        #expect(refund.proof == RefundProof(first: .lostSlip, second: .person))
    }

    @Test func `a decision that was applied is refused upward, whatever its number`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        let decision = OrderDecision(
            identity: "d1", order: name, verdict: .bought, cost: Fen(1_290))
        try shop.receive(1, .decision, decision)
        try shop.receive(2, .decision, decision, wasApplied: true)
        #expect(
            try shop.last?.content(MessageRefused.self)
                == MessageRefused(number: 2, reason: .repeated))
        #expect(shop.balance(.float) == -1_290)
    }

    @Test(arguments: [
        (OrderDecision.Verdict.bought, 1_291, MessageRefusal.ledger), (.bought, -1, .malformed),
    ])
    func `a decision that the ledger cannot stand is refused upward`(
        verdict: OrderDecision.Verdict, cost: Int, reason: MessageRefusal
    ) throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        try shop.receive(
            1, .decision,
            OrderDecision(identity: "d1", order: name, verdict: verdict, cost: Fen(cost)))
        #expect(
            try shop.last?.content(MessageRefused.self)
                == MessageRefused(number: 1, reason: reason))
        #expect(shop.books.orders[name]?.state == .paid)
    }

    @Test func `an order above the limit is refused, and one near it is warned about`() throws {
        var shop = try Shop(
            settings: CounterSettings(exposureLimit: Fen(2_000), language: .english))
        try shop.scan(.article(try Shop.article(price: 1_700)))
        try shop.command(.basketDone)
        #expect(shop.view.notice == .exposureHigh(Fen(1_700), limit: Fen(2_000)))
        try shop.command(.exactCash)
        try shop.command(.takeCash)
        try shop.scan(.article(try Shop.article(price: 301)))
        #expect(
            try shop.command(.basketDone).refusal
                == .exposureLimit(Fen(2_001), limit: Fen(2_000)))
    }

    @Test(arguments: [true, false]) func `a quote expires and the basket stays`(
        byItself: Bool
    ) throws {
        var shop = try Shop()
        for _ in 0..<2 { try shop.scan(.article(try Shop.article())) }
        let basket = shop.view.details
        #expect(!basket.isEmpty)
        try shop.command(.basketDone)
        shop.monotonic += 899_999
        try shop.take(.scanned(.digit(1)))
        shop.monotonic += 2
        if byItself {
            #expect(shop.counter.deadline == shop.monotonic)
            try shop.take(.deadline)
        } else {
            let cash = CounterEvent.touched(.command(.exactCash), revision: shop.counter.revision)
            #expect(try shop.take(cash).refusal == .quoteExpired)
        }
        #expect(shop.view.notice == .refused(.quoteExpired))
        #expect(shop.view.prompt == .moreArticles)
        #expect(shop.view.details == basket)
        #expect(shop.view.figure == .money(Fen(2_580)))
        #expect(try shop.command(.exactCash).refusal == .notExpected)
        #expect(shop.books.orders.isEmpty)
        try shop.command(.basketDone)
        #expect(shop.view.prompt == .tender(Fen(2_580)))
    }

    @Test func `a quote binds for a quarter of an hour to the millisecond`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        try shop.command(.exactCash)
        shop.monotonic += 898_000
        let cash = CounterEvent.touched(.command(.takeCash), revision: shop.counter.revision)
        #expect(try shop.take(cash).refusal == nil)
        #expect(shop.last?.kind == .orderPaid)
    }

    @Test func `the table of an order's life has no other way`() {
        let steps: [OrderStep] = [
            .bought, .repriced, .soldOut(all: false), .soldOut(all: true), .rejected,
            .cancelRequested, .toppedUp, .declined, .shipped, .arrived, .handedOver,
            .refundGranted(all: false), .refundGranted(all: true), .refundPaid,
        ]
        let legal: [OrderState: [OrderState?]] = [
            .paid: [
                .bought, .repriced, .paid, .ended, .ended, .paid, nil, nil, nil, nil, nil, nil,
                nil, .paid,
            ],
            .repriced: [
                nil, nil, nil, nil, .ended, nil, .paid, .ended, nil, nil, nil, nil, nil,
                .repriced,
            ],
            .bought: [
                nil, nil, nil, nil, nil, nil, nil, nil, .shipped, nil, nil, .bought, .ended,
                .bought,
            ],
            .shipped: [
                nil, nil, nil, nil, nil, nil, nil, nil, nil, .arrived, nil, .shipped, .ended,
                .shipped,
            ],
            .arrived: [
                nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, .handedOver, .arrived, .ended,
                .arrived,
            ],
            .handedOver: [
                nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, .handedOver, .handedOver,
                .handedOver,
            ],
            .ended: [
                nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, .ended,
            ],
        ]
        for state in OrderState.allCases {
            #expect(steps.map { state.next($0) } == legal[state], "\(state)")
        }
    }
}
