import StationCore
import Testing

@Suite("Digits that were typed and not entered")
struct DigitsTests {
    @Test func `do not enter the next step of an order`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.take(.scanned(.digit(5)))
        try shop.command(.basketDone)
        #expect(shop.view.digits.isEmpty)
        try shop.type("5000")
        #expect(shop.view.prompt == .takeCash(change: Fen(3_710)))
    }

    @Test func `do not enter the weight that is typed`() throws {
        var shop = try Shop()
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.take(.scanned(.digit(1)))
        try shop.scan(.produce(try Shop.price()))
        try shop.command(.weightByHand)
        #expect(shop.view.digits.isEmpty)
        try shop.type("500")
        #expect(shop.view.details.contains(.gross(Grams(500))))
    }

    @Test func `do not enter the count of a drawer, or another trade`() throws {
        var shop = try Shop()
        try shop.take(.scanned(.digit(7)))
        try shop.command(.day)
        #expect(shop.view.digits.isEmpty)
        try shop.type("100000")
        #expect(shop.view.prompt == .confirmCount(difference: .zero))
        try shop.take(.scanned(.digit(7)))
        try shop.command(.no)
        try shop.type("100000")
        #expect(shop.view.prompt == .confirmCount(difference: .zero))
    }

    @Test func `are over with a quote that lapses`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        try shop.take(.scanned(.digit(5)))
        shop.monotonic += 900_001
        try shop.take(.deadline)
        #expect(shop.view.notice == .refused(.quoteExpired) || shop.view.signedIn == nil)
        #expect(shop.view.digits.isEmpty)
    }
}
