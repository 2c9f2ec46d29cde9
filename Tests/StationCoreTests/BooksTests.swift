import Testing

@testable import StationCore

@Suite("Books that do not grow")
struct BooksTests {
    /// Bought for nothing, so that no drawer has to hold it.
    private func buyProduce(_ shop: inout Shop) throws {
        try shop.book(
            ProduceBought(
                language: .english, seller: nil,
                produce: try #require(ProduceCode(Shop.apple)), name: "apple",
                gross: Grams(1_000), tare: Grams(0), price: FenPerKilogram(0), list: 1,
                amount: .zero, cash: .zero, evidence: nil, replaces: nil),
            by: .station)
    }

    @Test func `only the last purchases of a day are kept, and they can be undone`() throws {
        var shop = try Shop()
        for _ in 0..<100 { try buyProduce(&shop) }
        let last = shop.books.lastSequence
        #expect(shop.books.purchases.count == Books.purchaseCountMax)
        #expect(shop.books.lastPurchase?.sequence == last)
        #expect(shop.books.purchases[last - Books.purchaseCountMax] == nil)
        try shop.book(
            ProduceReversed(
                language: .english, reverses: last, reason: .wrongWeight,
                produce: try #require(ProduceCode(Shop.apple)), name: "apple",
                net: Grams(1_000), amount: .zero, cash: .zero, handedBack: true,
                slipReplaced: true),
            by: .station)
        #expect(shop.books.lastPurchase?.sequence == last - 1)
    }

    @Test func `an order leaves the books when it is decided and nothing is owed for it`() throws {
        var shop = try Shop()
        let name = try shop.payOrder()
        let order = try #require(shop.books.orders[name])
        try shop.receive(
            1, .decision,
            OrderDecision(identity: "d1", order: name, verdict: .bought, cost: Fen(1_290)))
        #expect(shop.books.orders.isEmpty)
        try shop.scan(.orderSlip(order, .slip))
        #expect(shop.view.notice == .orderStands(number: name.sequence, .paid, owed: .zero))
    }
}
