import StationCore
import Testing

@Suite("What comes in the middle of a trade")
struct MiddleOfTradeTests {
    @Test(arguments: [(0, true), (999, true), (1_000, false), (2_000, false)])
    func `the same code is a double read within a second`(after: Int, isDouble: Bool) throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.take(.scanned(.command(.basketDone)))
        shop.monotonic += after
        let again = try shop.take(.scanned(.command(.basketDone)))
        #expect(again.refusal == (isDouble ? .readTwice : .notExpected))
        #expect(shop.view.prompt == .tender(Fen(1_290)))
    }

    @Test func `another code within a second is none`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.take(.scanned(.command(.basketDone)))
        #expect(try shop.take(.scanned(.command(.exactCash))).refusal == nil)
        #expect(try shop.take(.scanned(.command(.takeCash))).refusal == nil)
        #expect(shop.last?.kind == .orderPaid)
    }

    /// A way into the middle of each trade.
    enum Middle: CaseIterable, Sendable {
        case produce, order, refund, day, undo, slips

        func begin(_ shop: inout Shop) throws {
            switch self {
            case .produce:
                try shop.loadProduce(grams: 1_000, seller: 7)
                try shop.takeWeight()
            case .order:
                try shop.scan(.article(try Shop.article()))
                try shop.command(.basketDone)
            case .refund:
                try shop.scan(.orderSlip(try shop.rejectOrder(), .slip))
                try shop.command(.knowPerson)
            case .day:
                try shop.command(.day)
                try shop.type("100")
            case .undo:
                try shop.command(.undo)
                try shop.type("1")
            case .slips:
                let slip = try #require(shop.books.owedSlips.first).sequence
                try shop.take(.slip(slip, .doubtful))
                try shop.command(.settleSlips)
            }
        }

        /// What would end it next.
        var end: Command {
            switch self {
            case .produce, .refund: .payCash
            case .order: .exactCash
            case .day: .confirmCount
            case .undo: .yes
            case .slips: .cameOut
            }
        }
    }

    @Test(arguments: Middle.allCases)
    func `another operator's badge is refused, and the trade goes on`(middle: Middle) throws {
        var shop = try Shop()
        try shop.sellProduce()
        try middle.begin(&shop)
        let prompt = shop.view.prompt
        let other = try #require(OperatorNumber(2))
        #expect(
            try shop.scan(.badge(other, pinIsSet: true)).refusal == .otherOperatorSignedIn)
        #expect(shop.view.prompt == prompt)
        #expect(shop.view.signedIn == OperatorNumber(1))
        #expect(try shop.command(middle.end).refusal == nil)
    }

    @Test(arguments: Middle.allCases, [true, false])
    func `who signs out or stays away leaves nothing of a trade behind`(
        middle: Middle, asked: Bool
    ) throws {
        var shop = try Shop()
        try shop.sellProduce()
        try middle.begin(&shop)
        for digit in [4, 2] { try shop.take(.scanned(.digit(digit))) }
        let ledger = shop.books.ledger
        if asked {
            try shop.command(.signOut)
        } else {
            shop.monotonic += 600_000
            try shop.take(.deadline)
        }
        #expect(shop.last?.kind == .signedOut)
        #expect(shop.view.prompt == .signIn)
        #expect(shop.view.digits.isEmpty)
        #expect(shop.view.figure == nil)
        #expect(try shop.command(middle.end).refusal == .notSignedIn)
        try shop.signIn(2)
        #expect(shop.view.prompt == .chooseTrade)
        #expect(shop.view.details.isEmpty)
        #expect(try shop.command(middle.end).refusal == .notExpected)
        #expect(shop.books.ledger == ledger)
    }

    @Test func `what nobody booked is said at start and to who signs in first`() throws {
        var shop = try Shop(open: false)
        shop.counter.begin(saying: .nothingBooked)
        #expect(shop.view.notice == .nothingBooked)
        try shop.signIn()
        #expect(shop.view.notice == .nothingBooked)
    }

    @Test func `REMOVE THE LAST takes the line off that was scanned last`() throws {
        var shop = try Shop()
        let soap = try Shop.article()
        let boots = try Shop.article("1001", price: 5_900)
        for article in [soap, boots, soap] { try shop.scan(.article(article)) }
        #expect(shop.view.figure == .money(Fen(8_480)))
        try shop.command(.removeLast)
        #expect(shop.view.figure == .money(Fen(5_900)))
        #expect(
            shop.view.details
                == [
                    .line(
                        OrderLine(
                            article: boots.article, name: "Soap", quantity: 1, price: Fen(5_900)))
                ])
        #expect(shop.view.prompt == .moreArticles)
        try shop.command(.removeLast)
        #expect(shop.view.figure == nil)
        #expect(shop.view.prompt == .articles)
        #expect(try shop.command(.removeLast).refusal == .basketEmpty)
        #expect(try shop.command(.basketDone).refusal == .basketEmpty)
    }

    @Test func `digits not entered are over with what was cancelled, booked or signed in`() throws {
        var shop = try Shop()
        try shop.command(.order)
        try shop.take(.scanned(.digit(7)))
        try shop.command(.cancel)
        #expect(shop.view.digits.isEmpty)
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        try shop.command(.exactCash)
        try shop.take(.scanned(.digit(7)))
        try shop.command(.takeCash)
        #expect(shop.view.digits.isEmpty)
        try shop.take(.scanned(.digit(7)))
        try shop.scan(.badge(try #require(OperatorNumber(2)), pinIsSet: true))
        #expect(shop.view.digits.isEmpty)
    }
}
