import Testing

@testable import StationCore

@Suite("What the counter says when it is left, and whom it leaves without a way on")
struct CounterMannersTests {
    /// Paid, with the load still on the scale.
    private func paidShop() throws -> (Shop, number: Int) {
        var shop = try Shop()
        try shop.loadProduce()
        try shop.takeWeight()
        try shop.command(.payCash)
        return (shop, try #require(shop.last).sequence)
    }

    @Test func `a sale that is left before the scale is clear stays booked, and that is said`()
        throws
    {
        var (shop, number) = try paidShop()
        #expect(shop.view.prompt == .clearScale)
        #expect(shop.view.commands == [.cancel])
        try shop.command(.produce)
        try shop.command(.cancel)
        #expect(shop.view.notice == .booked(number: number, paidOut: Fen(900)))
        #expect(shop.view.prompt == .chooseTrade)
    }

    @Test func `an undo without another sale stays an undo, and that is said`() throws {
        var (shop, number) = try paidShop()
        try shop.load(0)
        try shop.command(.undo)
        try shop.touch(.reason(.wrongWeight))
        try shop.command(.yes)
        #expect(shop.view.notice == .reversed(number: number))
        try shop.command(.anonymous)
        try shop.command(.cancel)
        #expect(shop.view.notice == .staysUndone(number: number))
        #expect(shop.last?.kind == .produceReversed)
    }

    @Test func `a scale in trouble after a sale is named instead of its load`() throws {
        var (shop, _) = try paidShop()
        try shop.load(2_000, .fault)
        #expect(shop.view.prompt == .mendScale(.fault))
        #expect(shop.view.commands == [.cancel])
    }

    @Test(arguments: [Refusal.diskFull, .diskReadOnly])
    func `no trade is begun and no money asked for while the disk takes nothing`(
        trouble: Refusal
    ) throws {
        var shop = try Shop()
        try shop.loadProduce()
        shop.counter.diskTrouble = trouble
        #expect(try shop.takeWeight().refusal == trouble)
        #expect(shop.view.commands.contains(.takeWeight))
        try shop.command(.cancel)
        for command in [Command.produce, .order, .refund, .undo, .day] {
            #expect(try shop.command(command).refusal == trouble)
        }
        shop.counter.diskTrouble = nil
        try shop.payOrder()
        #expect(shop.last?.kind == .orderPaid)
    }

    @Test func `no quote is given and no refund begun while the disk takes nothing`() throws {
        var shop = try Shop()
        let order = try shop.rejectOrder()
        try shop.scan(.article(try Shop.article()))
        shop.counter.diskTrouble = .diskFull
        #expect(try shop.command(.basketDone).refusal == .diskFull)
        #expect(shop.view.prompt == .moreArticles)
        shop.counter.diskTrouble = nil
        try shop.command(.cancel)
        try shop.scan(.orderSlip(order, .slip))
        shop.counter.diskTrouble = .diskFull
        #expect(try shop.command(.knowPerson).refusal == .diskFull)
        #expect(shop.view.prompt == .secondProof)
    }

    @Test func `a refund and a correction are in the language that was chosen, else the first's`()
        throws
    {
        var shop = try Shop()
        for (number, chosen) in [(1, nil), (2, Language.simplifiedChinese)] {
            let order = try shop.rejectOrder(number: number)
            try shop.scan(.orderSlip(order, .slip))
            if chosen != nil { try shop.command(.nextLanguage) }
            try shop.command(.knowPerson)
            try shop.command(.payCash)
            let paid = try #require(try shop.last?.content(RefundPaid.self))
            #expect(paid.language == chosen ?? .english)
        }
        try shop.sellProduce()
        try shop.command(.undo)
        try shop.command(.nextLanguage)
        try shop.touch(.reason(.wrongWeight))
        try shop.command(.yes)
        let reversed = try #require(try shop.last?.content(ProduceReversed.self))
        #expect(reversed.language == .simplifiedChinese)
    }

    @Test func `an order's articles are named in the language that was chosen at any step`() throws
    {
        var shop = try Shop()
        let name = try #require(LocalizedName(["en": "Salt", "zh-Hans": "食盐"]))
        let salt = Article(
            article: try #require(ArticleCode("9520000100032")), name: name, price: Fen(250))
        try shop.scan(.article(salt))
        #expect(shop.view.details.contains(.line(try line("Salt"))))
        try shop.command(.nextLanguage)
        #expect(shop.view.details.contains(.line(try line("食盐"))))
        try shop.command(.basketDone)
        try shop.command(.exactCash)
        try shop.command(.takeCash)
        let paid = try #require(try shop.last?.content(OrderPaid.self))
        #expect(paid.language == .simplifiedChinese)
        #expect(paid.lines == [try line("食盐")])
    }

    private func line(_ name: String) throws -> OrderLine {
        OrderLine(
            article: try #require(ArticleCode("9520000100032")), name: name, quantity: 1,
            price: Fen(250))
    }

    @Test func `a number of more than three digits is an article's, leading zeros too`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        #expect(try shop.type("00123").effects == [.lookUp("00123")])
        try shop.type("123")
        #expect(shop.view.figure == .money(Fen(1_290 * 123)))
    }

    @Test func `a limit that was lowered since the quote is held before the cash is taken`() throws
    {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        try shop.command(.exactCash)
        try shop.receive(1, .limit, ExposureLimit(exposure: Fen(1_289)))
        #expect(
            try shop.command(.takeCash).refusal == .exposureLimit(Fen(1_290), limit: Fen(1_289)))
        #expect(shop.view.prompt == .moreArticles)
        #expect(shop.books.orders.isEmpty)
    }

    @Test func `no language is chosen for papers that are the operator's`() throws {
        var shop = try Shop()
        try shop.command(.day)
        #expect(try shop.command(.nextLanguage).refusal == .notExpected)
        #expect(shop.view.language == .english)
    }
}
