import StationCore
import Testing

@Suite("Whether a purchase repeats one")
struct RepetitionTests {
    private static let pear = "00124"

    /// Villager 7 sold 2,000 g of apples.
    private func shop() throws -> (Shop, number: Int) {
        var shop = try Shop()
        try shop.sellProduce(seller: 7)
        return (shop, try #require(shop.last).sequence)
    }

    @Test(arguments: [
        (8, 2_000, Shop.apple), (nil, 2_000, Shop.apple), (7, 2_000, pear),
        (7, 2_004, Shop.apple), (7, 1_996, Shop.apple), (7, 2_003, Shop.apple),
    ])
    func `another seller, produce or weight does not ask`(
        seller: Int?, grams: Int, produce: String
    ) throws {
        var (shop, _) = try shop()
        try shop.loadProduce(
            grams: grams, seller: seller, price: try Shop.price(of: produce))
        #expect(try shop.takeWeight().refusal == nil)
        guard case .payProduce = shop.view.prompt else {
            Issue.record("\(shop.view.prompt)")
            return
        }
    }

    @Test(arguments: [2_000, 2_002, 1_998])
    func `the same within one division asks, and YES goes on to pay`(grams: Int) throws {
        var (shop, number) = try shop()
        try shop.loadProduce(grams: grams, seller: 7)
        try shop.takeWeight()
        #expect(shop.view.prompt == .alreadyBooked(number: number))
        #expect(try shop.command(.payCash).refusal == .notExpected)
        try shop.command(.yes)
        #expect(try shop.command(.payCash).refusal == nil)
        #expect(try #require(shop.last).sequence > number)
    }

    @Test(arguments: [(600_000, true), (600_001, false)])
    func `ten minutes are the limit`(age: Int, asks: Bool) throws {
        var (shop, number) = try shop()
        let booked = try #require(shop.last).moment.monotonic
        try shop.loadProduce(seller: 7)
        shop.monotonic = booked + age - 200
        try shop.load(2_000)
        try shop.take(.touched(.command(.takeWeight), revision: shop.counter.revision))
        #expect((shop.view.prompt == .alreadyBooked(number: number)) == asks)
    }

    @Test func `two anonymous sellers of the same are asked about too`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let number = try #require(shop.last).sequence
        try shop.loadProduce()
        try shop.takeWeight()
        #expect(shop.view.prompt == .alreadyBooked(number: number))
    }

    @Test func `what was undone is no repetition`() throws {
        var (shop, _) = try shop()
        try shop.command(.undo)
        try shop.touch(.reason(.changedMind))
        try shop.command(.yes)
        try shop.command(.cancel)
        try shop.loadProduce(seller: 7)
        try shop.takeWeight()
        #expect(shop.view.prompt == .payProduce(Fen(900)))
    }
}
