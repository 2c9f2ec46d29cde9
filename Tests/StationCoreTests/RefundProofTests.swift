import StationCore
import Testing

@Suite("Two proofs for a refund")
struct RefundProofTests {
    @Test func `the card of who ordered is the second proof, another's is refused`() throws {
        var shop = try Shop()
        let order = try shop.rejectOrder(villager: 7)
        try shop.scan(.orderSlip(order, .slip))
        #expect(try shop.scan(.villager(VillagerNumber(8))).refusal == .otherVillager)
        #expect(shop.view.prompt == .secondProof)
        #expect(try shop.command(.payCash).refusal == .notExpected)
        try shop.scan(.villager(VillagerNumber(7)))
        #expect(shop.view.prompt == .payRefund(Fen(1_290)))
        try shop.command(.payCash)
        let refund = try #require(try shop.last?.content(RefundPaid.self))
        #expect(refund.proof == RefundProof(first: .slip, second: .card))
        #expect(shop.balance(.drawer) == 100_000)
    }

    @Test func `no card proves an order that was placed without one`() throws {
        var shop = try Shop()
        let order = try shop.rejectOrder()
        try shop.scan(.orderSlip(order, .slip))
        #expect(try shop.scan(.villager(VillagerNumber(7))).refusal == .otherVillager)
        #expect(shop.view.prompt == .secondProof)
    }

    @Test func `a slip alone pays nothing, however often it is shown`() throws {
        var shop = try Shop()
        let order = try shop.rejectOrder(villager: 7)
        for _ in 0..<2 { try shop.scan(.orderSlip(order, .slip)) }
        #expect(shop.view.prompt == .secondProof)
        #expect(try shop.command(.payCash).refusal == .notExpected)
        #expect(shop.balance(.drawer) == 101_290)
    }

    @Test(arguments: [true, false]) func `a foreign slip is the first proof of nothing`(
        isAsked: Bool
    ) throws {
        var shop = try Shop()
        _ = try shop.rejectOrder()
        if isAsked { try shop.command(.refund) }
        #expect(try shop.scan(.foreignSlip).refusal == .foreignSlip)
        #expect(shop.view.prompt == (isAsked ? .refundSlip : .chooseTrade))
        #expect(try shop.command(.knowPerson).refusal == .notExpected)
    }

    @Test func `what is not owed is not paid, and what was paid is owed no more`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        let waiting = try #require(shop.books.orders[name])
        try shop.command(.refund)
        #expect(
            try shop.scan(.orderSlip(waiting, .slip)).refusal
                == .nothingOwed(number: waiting.name.sequence))
        #expect(shop.view.prompt == .refundSlip)
        try shop.command(.cancel)
        let order = try shop.rejectOrder()
        try shop.scan(.orderSlip(order, .slip))
        try shop.command(.knowPerson)
        try shop.command(.payCash)
        let drawer = shop.balance(.drawer)
        try shop.command(.refund)
        for code in [Recognised.orderSlip(order, .slip), .shortSlip(order, order.slip)] {
            #expect(
                try shop.scan(code).refusal == .nothingOwed(number: order.name.sequence))
        }
        #expect(try shop.command(.knowPerson).refusal == .notExpected)
        #expect(shop.balance(.drawer) == drawer)
    }

    /// At the offer to pay, which was made just now.
    private func offered() throws -> Shop {
        var shop = try Shop()
        let order = try shop.rejectOrder()
        try shop.scan(.orderSlip(order, .slip))
        try shop.command(.knowPerson)
        #expect(shop.view.prompt == .payRefund(Fen(1_290)))
        return shop
    }

    @Test(arguments: [true, false])
    func `an offer to pay a refund lapses after thirty seconds, and asks for the proof again`(
        byItself: Bool
    ) throws {
        var shop = try offered()
        #expect(shop.counter.deadline == shop.monotonic + 30_001)
        shop.monotonic += 30_001
        if byItself {
            try shop.take(.deadline)
            #expect(shop.view.notice == .refused(.payTooLate))
        } else {
            let pay = CounterEvent.touched(.command(.payCash), revision: shop.counter.revision)
            #expect(try shop.take(pay).refusal == .payTooLate)
        }
        #expect(shop.view.prompt == .secondProof)
        #expect(try shop.command(.payCash).refusal == .notExpected)
        #expect(shop.balance(.drawer) == 101_290)
        try shop.command(.knowPerson)
        #expect(try shop.command(.payCash).refusal == nil)
        #expect(shop.balance(.drawer) == 100_000)
    }

    @Test func `after thirty seconds to the millisecond the refund is still paid`() throws {
        var shop = try offered()
        shop.monotonic += 30_000
        try shop.take(.deadline)
        let pay = CounterEvent.touched(.command(.payCash), revision: shop.counter.revision)
        #expect(try shop.take(pay).refusal == nil)
        #expect(shop.balance(.drawer) == 100_000)
    }
}
