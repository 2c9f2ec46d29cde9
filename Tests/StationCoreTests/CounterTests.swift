import StationCore
import Testing

@Suite("The counter between trades")
struct CounterTests {
    @Test func `the first opening is the operator's equity, later ones a difference`() throws {
        var shop = try Shop()
        #expect(shop.balance(.operatorEquity) == -100_000)
        try shop.openDay(counted: 99_500)
        #expect(shop.books.day == nil)
        #expect(shop.balance(.cashDifference) == 500)
        #expect(shop.books.owedSlips.count == 1)
        try shop.openDay(counted: 99_600)
        #expect(shop.balance(.drawer) == 99_600)
        #expect(shop.balance(.cashDifference) == 400)
        #expect(shop.balance(.operatorEquity) == -100_000)
    }

    @Test func `nothing is traded before somebody signed in and the day is open`() throws {
        var shop = try Shop(open: false)
        #expect(try shop.command(.produce).refusal == .notSignedIn)
        try shop.signIn()
        #expect(try shop.command(.produce).refusal == .dayNotOpen)
    }

    @Test func `a PIN is typed twice the first time`() throws {
        var shop = try Shop(open: false)
        let one = try #require(OperatorNumber(1))
        try shop.scan(.badge(one, pinIsSet: false))
        #expect(shop.view.prompt == .choosePIN)
        for digit in [0, 1, 2, 3, 4, 5] { try shop.take(.scanned(.digit(digit))) }
        #expect(shop.view.prompt == .repeatPIN)
        #expect(try shop.touch(.pin("012346")).refusal == .pinsDiffer)
        try shop.touch(.pin("012345"))
        #expect(try shop.touch(.pin("012345")).effects == [.storePIN(one, "012345")])
        try shop.take(.pinChecked(one, .stored))
        #expect(shop.view.signedIn == one)
        #expect(shop.last?.kind == .signedIn)
        #expect(shop.last?.actor == .of(one))
    }

    @Test func `wrong tries lock for a minute, and each further one for twice as long`() {
        var tries = PINTries()
        for _ in 0..<4 { tries.countWrong() }
        #expect(tries.wait == 0)
        tries.countWrong()
        #expect(tries.wait == 60_000)
        tries.countWrong()
        #expect(tries.wait == 120_000)
    }

    @Test func `ten idle minutes sign out`() throws {
        var shop = try Shop()
        #expect(shop.counter.deadline == shop.monotonic + 600_000)
        shop.monotonic += 600_000
        try shop.take(.deadline)
        #expect(shop.view.signedIn == nil)
        #expect(try shop.last?.content(OperatorSignedOut.self)?.automatic == true)
        #expect(shop.last?.actor == .station)
    }

    @Test func `the badge of who has the counter opens pages for a minute, in a trade too`() throws
    {
        var shop = try Shop()
        let one = try #require(OperatorNumber(1))
        try shop.command(.produce)
        #expect(!shop.view.opensPages)
        let revision = shop.counter.revision
        #expect(try shop.scan(.badge(one, pinIsSet: true)).refusal == nil)
        #expect(shop.view.opensPages)
        #expect(shop.view.prompt == .seller)
        #expect(shop.counter.revision == revision)
        #expect(shop.counter.deadline == shop.monotonic + 60_000)
        shop.monotonic += 60_000
        try shop.take(.deadline)
        #expect(!shop.view.opensPages)
        #expect(shop.view.signedIn == one)
    }

    @Test func `pages are not open to whom another operator hands the counter`() throws {
        var shop = try Shop()
        try shop.scan(.badge(try #require(OperatorNumber(1)), pinIsSet: true))
        try shop.signIn(2)
        #expect(shop.view.signedIn == OperatorNumber(2))
        #expect(!shop.view.opensPages)
    }

    @Test func `a touch on an older revision acts not at all`() throws {
        var shop = try Shop()
        let revision = shop.counter.revision
        try shop.take(.touched(.command(.produce), revision: revision))
        #expect(
            try shop.take(.touched(.command(.produce), revision: revision)).refusal == .stale)
    }

    @Test(arguments: [Command.nextLanguage, .askHeadOffice, .reprint, .produce, .signOut])
    func `two taps on one revision act once, whatever was touched`(command: Command) throws {
        var shop = try Shop()
        try shop.sellProduce()
        let slip = try #require(shop.books.owedSlips.first).sequence
        try shop.take(.slip(slip, .printed(.answered)))
        let revision = shop.counter.revision
        #expect(try shop.take(.touched(.command(command), revision: revision)).refusal == nil)
        #expect(
            try shop.take(.touched(.command(command), revision: revision)).refusal == .stale)
    }

    @Test func `what was booked last is said at start and to who signs in first`() throws {
        var shop = try Shop(open: false)
        let sentence = Notice.lastBooked(number: 7, .paidOut(Fen(4_560)), slip: .owed)
        shop.counter.begin(saying: sentence)
        #expect(shop.view.notice == sentence)
        try shop.signIn()
        #expect(shop.view.notice == sentence)
        try shop.command(.signOut)
        try shop.signIn()
        #expect(shop.view.notice == Notice.signedIn(try #require(OperatorNumber(1))))
    }

    @Test func `the same command twice within a second is a double read`() throws {
        var shop = try Shop()
        try shop.command(.produce)
        try shop.take(.scanned(.command(.anonymous)))
        shop.monotonic += 900
        #expect(try shop.take(.scanned(.command(.anonymous))).refusal == .readTwice)
    }

    @Test func `a forked station neither begins nor confirms a trade`() throws {
        var shop = try Shop()
        try shop.loadProduce()
        try shop.takeWeight()
        var twin = shop
        #expect(try twin.command(.payCash).entry?.kind == .produceBought)
        try shop.take(.forked)
        #expect(shop.view.prompt == .stopped)
        let confirmed = try shop.command(.payCash)
        #expect(confirmed.refusal != nil)
        #expect(confirmed.entry == nil)
        for command in [Command.produce, .order, .refund, .day] {
            #expect(try shop.command(command).refusal == .forked)
        }
    }

    @Test func `a fork leaves neither typed digits nor the language of a trade`() throws {
        var shop = try Shop()
        try shop.command(.nextLanguage)
        try shop.take(.scanned(.digit(7)))
        #expect(shop.view.digits == "7")
        #expect(shop.view.language != .english)
        try shop.take(.forked)
        #expect(shop.view.digits.isEmpty)
        #expect(shop.view.language == .english)
    }

    @Test func `an offer that lapses while head office books is said next, as a refusal`() throws {
        var shop = try Shop()
        try shop.loadProduce()
        try shop.takeWeight()
        #expect(shop.view.prompt == .payProduce(Fen(900)))
        shop.monotonic += 30_001
        #expect(
            try shop.receive(1, .limit, ExposureLimit(exposure: Fen(5_000))).entry != nil)
        let lapse = try shop.take(.deadline)
        #expect(shop.view.notice == .refused(.payTooLate))
        #expect(lapse.effects == [.signal(.refused)])
    }

    @Test func `a quote and a refund that lapse sound like refusals too`() throws {
        var shop = try Shop()
        try shop.scan(.article(try Shop.article()))
        try shop.command(.basketDone)
        // Somebody is there meanwhile, so that nobody is signed out before.
        shop.monotonic += 500_000
        try shop.scan(.unknown)
        shop.monotonic += 400_001
        var lapse = try shop.take(.deadline)
        #expect(shop.view.notice == .refused(.quoteExpired))
        #expect(lapse.effects == [.signal(.refused)])
        try shop.command(.cancel)
        let order = try shop.payOrder()
        try shop.receive(
            1, .decision,
            OrderDecision(identity: "d", order: order, verdict: .rejected, cost: nil))
        let record = try #require(shop.books.orders[order])
        try shop.scan(.orderSlip(record, .slip))
        try shop.command(.knowPerson)
        #expect(shop.view.prompt == .payRefund(Fen(1_290)))
        shop.monotonic += 30_001
        lapse = try shop.take(.deadline)
        #expect(shop.view.notice == .refused(.payTooLate))
        #expect(lapse.effects == [.signal(.refused)])
    }

    @Test func `the cash of an entry is what moved, and an unpaid reversal moved none`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        #expect(try shop.last?.cashMoved == .paidOut(Fen(900)))
        try shop.command(.undo)
        try shop.type("1")
        try shop.command(.no)
        #expect(shop.last?.kind == .produceReversed)
        #expect(try shop.last?.cashMoved == .takenIn(.zero))
        try shop.command(.cancel)
        let order = try shop.payOrder(price: 1_290)
        #expect(try shop.last?.cashMoved == .takenIn(Fen(1_290)))
        try shop.receive(
            1, .decision,
            OrderDecision(identity: "d", order: order, verdict: .bought, cost: Fen(1_000)))
        #expect(shop.last?.kind == .orderBought)
        #expect(try shop.last?.cashMoved == nil)
    }

    @Test func `a forked station settles slips and lets its operator go`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let slip = try #require(shop.books.owedSlips.first).sequence
        try shop.take(.slip(slip, .doubtful))
        try shop.take(.forked)
        #expect(shop.view.commands == [.settleSlips, .signOut])
        try shop.command(.settleSlips)
        #expect(try shop.command(.cameOut).refusal == nil)
        #expect(shop.books.doubtfulSlips.isEmpty)
        try shop.command(.signOut)
        #expect(shop.view.signedIn == nil)
        try shop.take(.joined)
        #expect(shop.view.prompt == .signIn)
    }

    @Test func `a day with doubtful slips is not closed until they are settled`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let slip = try #require(shop.books.owedSlips.first).sequence
        try shop.take(.slipTaken(slip))
        try shop.take(.slip(slip, .doubtful))
        #expect(try shop.command(.day).refusal == .slipsDoubtful)
        try shop.command(.settleSlips)
        try shop.command(.didNotComeOut)
        #expect(shop.books.owedSlips.map(\.sequence) == [slip])
        try shop.take(.slip(slip, .printed(.answered)))
        #expect(shop.books.owedSlips.isEmpty)
        #expect(try shop.command(.day).refusal == nil)
    }

    @Test func `a slip in the printer is not replaced by an undo`() throws {
        var shop = try Shop()
        try shop.sellProduce()
        let slip = try #require(shop.last).sequence
        try shop.take(.slipTaken(slip))
        try shop.command(.undo)
        try shop.type("1")
        try shop.command(.yes)
        #expect(shop.books.owedSlips.map(\.sequence) == [slip, slip + 1])
        try shop.take(.slip(slip, .printed(.transport)))
        #expect(shop.books.owedSlips.map(\.sequence) == [slip + 1])
    }

    @Test func `the life of a slip has no other way`() {
        let legal: [SlipState: [SlipState?]] = [
            .owed: [.printed, .doubtful, nil, nil, .replaced],
            .doubtful: [nil, nil, .printed, .owed, .replaced],
            .printed: [nil, nil, nil, nil, .printed],
            .replaced: [nil, nil, nil, nil, nil],
        ]
        for state in SlipState.allCases {
            #expect(SlipEvent.allCases.map { state.next($0) } == legal[state], "\(state)")
        }
    }

    @Test func `head office's limits and top-ups are booked, other kinds refused`() throws {
        var shop = try Shop()
        try shop.receive(1, .limit, ExposureLimit(exposure: Fen(5_000)))
        try shop.receive(2, .floatToppedUp, FloatTopUp(identity: "t1", amount: Fen(90_000)))
        try shop.receive(3, HeadOfficeMessage.Kind(rawValue: "weather"), ["sun": 1])
        #expect(shop.view.cash.exposureLimit == Fen(5_000))
        #expect(shop.balance(.float) == 90_000)
        #expect(
            try shop.last?.content(MessageRefused.self)
                == MessageRefused(number: 3, reason: .unknownKind))
    }

    @Test(arguments: 0..<60)
    func `whatever is scanned, the books hold and rebuild to the same`(seed: UInt64) throws {
        var shop = try Shop()
        var random = SeededRandom(seed)
        var ends = StepEnds(shop)
        for _ in 0..<300 {
            let (command, decision) = try step(&shop, &random)
            try ends.look(at: shop, after: command, decision)
            if shop.view.signedIn == nil {
                try shop.signIn()
                try ends.look(at: shop)
            }
        }
        var again = Books()
        for entry in shop.entries { _ = try again.apply(entry) }
        #expect(again == shop.books)
        for unit in Set(shop.books.ledger.balances.keys.map(\.unit)) {
            let sum = shop.books.ledger.balances.filter { $0.key.unit == unit }.values.reduce(0, +)
            #expect(sum == 0)
        }
    }

    /// Returns the command that acted, where it was one, and what came of it.
    private func step(
        _ shop: inout Shop, _ random: inout SeededRandom
    ) throws -> (Command?, Decision) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: try shop.load(Int.random(in: 0...3_000, using: &random))
        case 1: try shop.scan(.villager(VillagerNumber(Int.random(in: 1...3, using: &random))))
        case 2: try shop.scan(.produce(try Shop.price(Int.random(in: 1...9_999, using: &random))))
        case 3:
            try shop.scan(
                .article(try Shop.article(price: Int.random(in: 1...9_999, using: &random))))
        case 4:
            return (
                .enter, try shop.type(String(Int.random(in: 0...20_000, using: &random)))
            )
        case 5:
            if let order = shop.books.orders.values.min(by: { $0.name.sequence < $1.name.sequence })
            {
                let verdict: OrderDecision.Verdict =
                    Bool.random(using: &random) ? .bought : .rejected
                try shop.receive(
                    1, .decision,
                    OrderDecision(
                        identity: "d\(shop.books.lastSequence)", order: order.name,
                        verdict: verdict, cost: Fen(Int.random(in: 0...9_999, using: &random))))
            }
        case 6:
            if let order = shop.books.orders.values.max(by: { $0.name.sequence < $1.name.sequence })
            {
                try shop.scan(.orderSlip(order, .slip))
            }
        case 7:
            if let slip = shop.books.owedSlips.first {
                try shop.take(.slipTaken(slip.sequence))
                let outcome: SlipOutcome =
                    Bool.random(using: &random) ? .printed(.answered) : .doubtful
                try shop.take(.slip(slip.sequence, outcome))
            }
        case 8:
            shop.monotonic += Int.random(in: 0...700_000, using: &random)
            try shop.take(.deadline)
        default:
            let command = try #require(Command.allCases.randomElement(using: &random))
            return (command, try shop.command(command))
        }
        return (nil, Decision())
    }
}

/// SplitMix64: the same seed gives the same run on every machine.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
