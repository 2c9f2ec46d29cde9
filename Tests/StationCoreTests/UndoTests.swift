import StationCore
import Testing

@Suite("Undoing a purchase")
struct UndoTests {
    /// Undoes the last purchase, the cash handed back. Returns the decision.
    @discardableResult
    private func undo(_ shop: inout Shop) throws -> Decision {
        try shop.command(.undo)
        try shop.touch(.reason(.wrongWeight))
        return try shop.command(.yes)
    }

    @Test func `a purchase of the day before is undone in today's day`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let number = try #require(shop.last).sequence
        let drawer = shop.balance(.drawer)
        for _ in ["closed", "opened"] { try shop.openDay(counted: drawer) }
        let today = try #require(shop.books.day).opened
        #expect(try undo(&shop).refusal == nil)
        #expect(try shop.last?.content(ProduceReversed.self)?.reverses == number)
        #expect(shop.balance(.drawer) == 100_000)
        let day = try #require(shop.books.day)
        #expect(day.opened == today)
        #expect(day.totals.produceBought == 0)
        #expect(day.totals.produceReversed == 1)
        #expect(day.totals.cashHandedBack == Fen(900))
    }

    @Test func `without an open day nothing is undone`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        try shop.openDay(counted: shop.balance(.drawer))
        #expect(try shop.command(.undo).refusal == .dayNotOpen)
    }

    @Test func `a second undo takes back the one before, and none is taken back twice`() throws {
        var shop = try Shop()
        var numbers: [Int] = []
        for grams in [1_000, 2_000] {
            try shop.sellProduce(grams: grams)
            numbers.append(try #require(shop.last).sequence)
        }
        for number in numbers.reversed() {
            try shop.command(.undo)
            #expect(shop.view.prompt == .undoReason(number: number))
            try shop.touch(.reason(.wrongWeight))
            try shop.command(.yes)
            #expect(try shop.last?.content(ProduceReversed.self)?.reverses == number)
            try shop.command(.cancel)
        }
        #expect(try shop.command(.undo).refusal == .nothingToUndo)
        #expect(shop.balance(.drawer) == 100_000)
    }

    @Test func `a doubtful slip is replaced by the slip of its undo`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let slip = try #require(shop.last).sequence
        try shop.take(.slipTaken(slip))
        try shop.take(.slip(slip, .doubtful))
        #expect(shop.view.slipsDoubtful == [slip])
        try undo(&shop)
        #expect(shop.view.slipsDoubtful.isEmpty)
        #expect(shop.books.owedSlips.map(\.sequence) == [slip + 2])
        #expect(try shop.last?.content(ProduceReversed.self)?.slipReplaced == true)
        try shop.command(.cancel)
        #expect(try shop.command(.settleSlips).refusal == .noSlipDoubtful)
        #expect(try shop.command(.day).refusal == nil)
    }

    /// What left of 2,000 g for 900 fen: fen of its cost and grams of the bay.
    @Test(arguments: [(1, 0), (0, 1), (900, 2_000), (450, 1_000)])
    func `an undo that the bay or its cost cannot stand is refused`(cost: Int, grams: Int) throws {
        var shop = try Shop()
        try shop.sellProduce(grams: 2_000)
        let number = try #require(shop.last).sequence
        let inventory = try #require(Account(path: "inventory.produce." + Shop.apple))
        let shrinkage = try #require(Account(path: "expense.shrinkage"))
        let bay = try #require(Account(path: "bay"))
        let sent = try #require(Account(path: "produce.sent"))
        let unit = LedgerUnit.grams(produce: Shop.apple)
        // No trade of this release takes from the bay: an entry that is none stands for it.
        try shop.book(
            BadgeIssued(operator: try #require(OperatorNumber(9))), by: .technician,
            [
                Posting(inventory, -cost), Posting(shrinkage, cost),
                Posting(bay, -grams, unit), Posting(sent, grams, unit),
            ])
        let before = shop.books
        #expect(try undo(&shop).refusal == .cannotReverse(number: number))
        #expect(shop.books == before)
        #expect(shop.view.notice == .refused(.cannotReverse(number: number)))
    }
}
