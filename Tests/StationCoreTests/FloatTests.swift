import StationCore
import Testing

@Suite("A float that is low")
struct FloatTests {
    @Test(arguments: [(1_624, true), (1_625, false), (1_626, false)])
    func `stands below 1.25 times the orders that wait`(float: Int, isLow: Bool) throws {
        var shop = try Shop()
        #expect(!shop.view.cash.floatIsLow)
        try shop.payOrder(price: 1_300)
        #expect(shop.view.cash.floatIsLow)
        try shop.receive(1, .floatToppedUp, FloatTopUp(identity: "t1", amount: Fen(float)))
        #expect(shop.view.cash.floatIsLow == isLow)
    }

    @Test func `is measured by what waits, not by what is owed back`() throws {
        var shop = try Shop()
        _ = try shop.rejectOrder()
        #expect(shop.view.cash.refundsOwed == Fen(1_290))
        #expect(!shop.view.cash.floatIsLow)
        try shop.payOrder(price: 100)
        #expect(shop.view.cash.floatIsLow)
    }

    @Test func `is one that head office went below nothing with`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        try shop.receive(
            1, .decision,
            OrderDecision(identity: "d1", order: name, verdict: .bought, cost: Fen(1_290)))
        #expect(shop.view.cash.float == Fen(-1_290))
        #expect(shop.view.cash.floatIsLow)
    }
}
