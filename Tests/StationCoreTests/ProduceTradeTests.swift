import StationCore
import Testing

@Suite("Buying produce")
struct ProduceTradeTests {
    @Test func `a weighing is priced, paid, booked and owes one slip`() throws {
        var shop = try Shop()
        try shop.sellProduce(grams: 2_346, seller: 7, fenPerKilogram: 455)
        let entry = try #require(shop.last)
        let bought = try #require(try entry.content(ProduceBought.self))
        #expect(bought.amount == Fen(1_067))  // 2.346 x 4.55 = 10.6743, and half up
        #expect(bought.cash == Fen(1_070))
        #expect(bought.seller == VillagerNumber(7))
        #expect(bought.evidence?.shown == "2346 g")
        #expect(shop.balance(.drawer) == 100_000 - 1_070)
        #expect(shop.balance(.roundingDifference) == 3)
        #expect(shop.balance(.bay, .grams(produce: Shop.apple)) == 2_346)
        #expect(shop.books.owedSlips.map(\.sequence) == [entry.sequence])
        #expect(shop.view.prompt == .chooseTrade)
    }

    @Test func `a moving weight is not priced`() throws {
        var shop = try Shop()
        try shop.load(0)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.load(2_000, .moving)
        #expect(try shop.command(.takeWeight).refusal == .weight(.stale))
        try shop.load(2_000, .moving)
        #expect(
            try shop.takeWeight().refusal
                == .weight(.moving))
    }

    @Test func `a weight is as old as its report, however long that waited for the counter`() throws
    {
        var shop = try Shop()
        try shop.load(0)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.load(2_000, waiting: 901)
        #expect(try shop.takeWeight().refusal == .weight(.stale))
        try shop.load(2_000, waiting: 900)
        #expect(try shop.takeWeight().refusal == nil)
    }

    @Test(arguments: [
        (38, WeightStatus.stable, WeightRefusal.belowMinimum), (2_000, .overload, .overload),
        (2_000, .underZero, .underZero), (2_000, .fault, .fault), (2_000, .needsZero, .needsZero),
    ])
    func `a weight that is none is refused by its own name`(
        grams: Int, status: WeightStatus, refusal: WeightRefusal
    ) throws {
        var shop = try Shop()
        try shop.load(0)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.load(grams, status)
        #expect(
            try shop.takeWeight().refusal
                == .weight(refusal))
    }

    @Test func `the sentence says that the scale is away, and what else goes`() throws {
        var shop = try Shop()
        try shop.load(0)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        let name = try Shop.price().name.text(in: .english)
        #expect(shop.view.prompt == .loadScale(name: name))
        try shop.take(.scaleLost)
        #expect(shop.view.prompt == .mendScale(.noScale))
        #expect(shop.view.commands.contains(.weightByHand))
        try shop.load(0)
        #expect(shop.view.prompt == .loadScale(name: name))
        try shop.load(40_000, .overload)
        #expect(shop.view.prompt == .mendScale(.overload))
    }

    @Test func `the load of the last sale is not sold twice`() throws {
        var shop = try Shop()
        try shop.loadProduce()
        try shop.takeWeight()
        try shop.command(.payCash)
        #expect(shop.view.prompt == .clearScale)
        try shop.load(2_002)
        #expect(shop.view.prompt == .clearScale)
        try shop.load(2)
        #expect(shop.view.prompt == .chooseTrade)
    }

    @Test func `the same again within ten minutes asks first`() throws {
        var shop = try Shop()
        try shop.sellProduce(seller: 7)
        let number = try #require(shop.last).sequence
        try offerAgain(&shop)
        #expect(shop.view.prompt == .alreadyBooked(number: number))
        try shop.command(.no)
        #expect(shop.view.prompt == .chooseTrade)
        #expect(shop.last?.sequence == number)
    }

    private func offerAgain(_ shop: inout Shop) throws {
        try shop.loadProduce(grams: 2_002, seller: 7)
        try shop.takeWeight()
    }

    @Test(arguments: [-3_600_000, 3_600_000])
    func `a clock that was moved meanwhile hides no repetition`(moved: Int) throws {
        var shop = try Shop()
        try shop.sellProduce(seller: 7)
        let number = try #require(shop.last).sequence
        shop.clockMoved = moved
        try offerAgain(&shop)
        #expect(shop.view.prompt == .alreadyBooked(number: number))
    }

    @Test func `a new day begun meanwhile hides no repetition`() throws {
        var shop = try Shop()
        try shop.sellProduce(seller: 7)
        let number = try #require(shop.last).sequence
        try shop.sellProduce(seller: 8)
        let drawer = shop.balance(.drawer)
        for _ in ["closed", "opened"] { try shop.openDay(counted: drawer) }
        try offerAgain(&shop)
        #expect(shop.view.prompt == .alreadyBooked(number: number))
    }

    @Test func `after ten minutes the same is another trade, whatever the clock says`() throws {
        var shop = try Shop()
        try shop.sellProduce(seller: 7)
        shop.monotonic += 600_001
        shop.clockMoved = -600_000
        try shop.signIn()
        try offerAgain(&shop)
        #expect(shop.view.prompt == .payProduce(Fen(900)))
    }

    @Test func `a weight that waits for an answer holds thirty seconds, then it is asked again`()
        throws
    {
        var shop = try Shop()
        try shop.sellProduce(seller: 7)
        let count = shop.entries.count
        try offerAgain(&shop)
        shop.monotonic += 26_000
        try shop.command(.yes)
        #expect(shop.view.prompt == .payProduce(Fen(900)))
        try shop.command(.cancel)
        try offerAgain(&shop)
        shop.monotonic += 30_001
        try shop.take(.deadline)
        #expect(shop.view.notice == .refused(.payTooLate))
        #expect(shop.view.commands.contains(.takeWeight))
        #expect(shop.entries.count == count)
    }

    @Test func `a sign-out from an offer to pay sells no load`() throws {
        var shop = try Shop()
        try shop.loadProduce()
        try shop.takeWeight()
        try shop.command(.signOut)
        try shop.signIn()
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.load(2_000)
        #expect(shop.view.prompt == .takeWeight)
    }

    @Test func `an offer to pay lapses after thirty seconds`() throws {
        var shop = try Shop()
        try shop.loadProduce()
        try shop.takeWeight()
        #expect(shop.view.prompt == .payProduce(Fen(900)))
        shop.monotonic += 30_001
        try shop.take(.deadline)
        #expect(shop.view.notice == .refused(.payTooLate))
        #expect(try shop.command(.payCash).refusal == .notExpected)
        #expect(shop.balance(.drawer) == 100_000)
    }

    @Test(arguments: [(7 * 24, false), (7 * 24 + 2, true), (30 * 24, true)])
    func `a price list of more than seven days asks`(hours: Int, asks: Bool) throws {
        var shop = try Shop()
        shop.monotonic = (hours - 1) * 3_600_000
        try shop.signIn(2)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        #expect((shop.view.prompt == .oldPrices(days: (hours - 1) / 24)) == asks)
    }

    @Test func `a price list of more than thirty days buys nothing`() throws {
        var shop = try Shop()
        shop.monotonic = 30 * 86_400_000 + 3_600_000
        try shop.signIn(2)
        try shop.command(.produce)
        try shop.command(.anonymous)
        #expect(
            try shop.scan(.produce(try Shop.price())).refusal == .priceListTooOld(days: 30))
    }

    @Test func `a list that is valid from far ahead has no age that could be believed`() throws {
        var shop = try Shop()
        try shop.book(
            PricesAdopted(list: 2, validFrom: Shop.start + 90 * 86_400_000, digest: "p2"),
            by: .headOffice)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        #expect(shop.view.prompt == .oldPrices(days: nil))
    }

    @Test func `a list that comes in the middle changes neither price nor the list named`() throws {
        var shop = try Shop()
        try shop.load(0)
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.book(
            PricesAdopted(list: 2, validFrom: Shop.start, digest: "p2"), by: .headOffice)
        try shop.load(2_000)
        try shop.takeWeight()
        try shop.command(.payCash)
        let bought = try #require(try shop.last?.content(ProduceBought.self))
        #expect(bought.list == 1)
        #expect(bought.amount == Fen(900))
    }

    @Test func `under an unset clock the age of prices is unknown and asked`() throws {
        var shop = try Shop()
        shop.quality = .unset
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        #expect(shop.view.prompt == .oldPrices(days: nil))
    }

    @Test func `no more is paid out than the drawer holds`() throws {
        var shop = try Shop()
        try shop.loadProduce(price: try Shop.price(100_000))
        let decision = try shop.takeWeight()
        #expect(
            decision.refusal == .drawerTooLow(has: Fen(100_000), needs: Fen(200_000)))
    }

    @Test func `a weight is typed only while no scale is there, and has no evidence`() throws {
        var shop = try Shop()
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.command(.weightByHand)
        try shop.type("1500")
        try shop.command(.payCash)
        let bought = try #require(try shop.last?.content(ProduceBought.self))
        #expect(bought.evidence == nil)
        #expect(bought.gross == Grams(1_500))
        #expect(shop.view.prompt == .chooseTrade)
    }

    @Test(arguments: [true, false])
    func `an undo posts the purchase negated`(handedBack: Bool) throws {
        var shop = try Shop()
        try shop.sellProduce(grams: 2_346, fenPerKilogram: 455)
        let number = try #require(shop.last).sequence
        try shop.command(.undo)
        try shop.type("2")
        try shop.command(handedBack ? .yes : .no)
        let reversed = try #require(try shop.last?.content(ProduceReversed.self))
        #expect(reversed.reason == .wrongWeight)
        #expect(shop.balance(.bay, .grams(produce: Shop.apple)) == 0)
        #expect(shop.balance(.drawer) == (handedBack ? 100_000 : 98_930))
        let owed = Account(path: "receivable.villager.1-\(number)")
        #expect(shop.balance(try #require(owed)) == (handedBack ? 0 : 1_070))
        #expect(shop.books.owedSlips.map(\.sequence) == [shop.books.lastSequence])
        #expect(try shop.command(.cancel).refusal == nil)
        #expect(try shop.command(.undo).refusal == .nothingToUndo)
    }

    @Test func `the right entry after an undo says which one it replaces`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let number = try #require(shop.last).sequence
        try shop.command(.undo)
        try shop.touch(.reason(.wrongWeight))
        try shop.command(.yes)
        try shop.command(.anonymous)
        try shop.scan(.produce(try Shop.price()))
        try shop.load(1_000)
        try shop.takeWeight()
        try shop.command(.payCash)
        #expect(try shop.last?.content(ProduceBought.self)?.replaces == number)
    }

    @Test func `cancel takes back what is only on the counter`() throws {
        var shop = try Shop()
        let before = shop.books
        try shop.command(.produce)
        try shop.command(.anonymous)
        try shop.command(.cancel)
        #expect(shop.view.prompt == .chooseTrade)
        #expect(shop.books == before)
    }
}
