public import Cryptography
public import Journal
public import StationCore

/// SplitMix64: the same seed gives the same run everywhere.
public struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    public mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}

/// A station that trades at random, by seed: every entry is legal in the books that it meets, and
/// goes the way of the daemon's own: drafted, applied to a copy, committed, adopted.
public final class TradingStation {
    public let journal: JournalWriter
    public private(set) var books: Books
    public var random: SeededRandom
    private var clock: Int

    public static let boot = "3d0c7c52-90a1-4a55-8b35-6ed1f0a3c001"

    public init(_ journal: JournalWriter, seed: UInt64) throws {
        self.journal = journal
        books = try journal.reader.books()
        random = SeededRandom(seed: seed)
        clock = 1_767_225_600_000 + books.lastSequence * 60_000
    }

    /// Of every station in these tests; its seed is public, so that no one trusts it.
    public static func key() throws -> Ed25519.PrivateKey {
        try Ed25519.PrivateKey(seed: Array(0..<32))
    }

    private func tick() -> Moment {
        clock += 1_000 + random.below(60_000)
        return Moment(time: clock, quality: .network, monotonic: clock - 1_767_225_500_000)
    }

    /// Entry 1.
    @discardableResult
    public func enrol(
        as number: String = "990001", local: [LocalChange] = []
    ) throws -> StoredEntry {
        guard let station = StationNumber(number) else { throw Impossible() }
        let key = Base64.encode(try TradingStation.key().publicKey.raw)
        let entry = try journal.enrolment(
            StationEnrolled(hub: "hub.example:8443", key: key), by: .station, station: station,
            epoch: 1, at: tick(), boot: TradingStation.boot)
        return try commit(entry, local)
    }

    @discardableResult
    public func append(
        _ draft: EntryDraft, local: [LocalChange] = []
    ) throws -> StoredEntry {
        try commit(try journal.next(draft, at: tick(), boot: TradingStation.boot), local)
    }

    private func commit(_ entry: StoredEntry, _ local: [LocalChange]) throws -> StoredEntry {
        var next = books
        let changes = try next.apply(entry.entry)
        try journal.commit(entry, changes, local: local)
        books = next
        return entry
    }

    /// Some entries of all kinds in one transaction.
    public func trade(group count: Int) throws {
        var next = books
        var group: [JournalCommit] = []
        for _ in 0..<count {
            books = next
            let entry = try journal.next(
                draft(), after: group.last?.entry, at: tick(), boot: TradingStation.boot)
            group.append(JournalCommit(entry: entry, changes: try next.apply(entry.entry)))
        }
        try journal.commit(group)
        books = next
    }

    /// One entry more.
    @discardableResult
    public func trade(local: [LocalChange] = []) throws -> StoredEntry {
        try append(try draft(), local: local)
    }

    public func trade(entries: Int) throws {
        for _ in 0..<entries { try trade() }
    }

    struct Impossible: Error {}
}

extension TradingStation {
    private static let clerk = OperatorNumber(1).map { Actor.of($0) } ?? .station

    /// What could come next.
    public func draft() throws -> EntryDraft {
        guard books.day != nil else { return try openDay() }
        // Paper comes back before the queue is long.
        if books.slips.count > 8 { return try settleSlip() ?? printSlip() ?? openOrFill() }
        switch random.below(16) {
        case 0..<4: return try buyProduce()
        case 4: return try takeOrder()
        case 5..<9: return try printSlip() ?? buyProduce()
        case 9: return try settleSlip() ?? buyProduce()
        case 10..<12: return try decide() ?? buyProduce()
        case 12: return try payRefund() ?? buyProduce()
        case 13: return try reverse() ?? buyProduce()
        case 14: return try hearFromHeadOffice()
        default: return try closeDay()
        }
    }

    public func openDay() throws -> EntryDraft {
        let drawer = books.ledger.money(.drawer)
        let counted = Fen(max(drawer.count + random.below(200) - 100, 500_000))
        let difference = counted.count - drawer.count
        let first = books.facts.firstDay == nil
        return try EntryDraft(
            DayOpened(counted: counted, expected: drawer, first: first),
            by: TradingStation.clerk,
            try Postings([
                Posting(.drawer, difference),
                Posting(first ? .operatorEquity : .cashDifference, -difference),
            ]))
    }

    public func closeDay() throws -> EntryDraft {
        guard let day = books.day, books.doubtfulSlips.isEmpty else { return try buyProduce() }
        let drawer = books.ledger.money(.drawer)
        return try EntryDraft(
            DayClosed(
                language: .simplifiedChinese, opened: day.opened, counted: drawer,
                expected: drawer, exposure: books.ledger.exposure,
                float: books.ledger.money(.float), slipsOwed: books.owedSlips.count,
                refundsOwed: books.ledger.refundsOwed,
                owedByVillagers: Fen(books.ledger.sum(under: "receivable.villager.")),
                totals: day.totals),
            by: TradingStation.clerk)
    }

    public func buyProduce() throws -> EntryDraft {
        let kinds = [("apple", "苹果"), ("walnut", "核桃"), ("10001", "花椒 \"大红袍\"")]
        let (code, name) = kinds[random.below(kinds.count)]
        let price = FenPerKilogram(200 + random.below(3_000))
        let gross = Grams(400 + random.below(20_000))
        let tare = Grams(random.below(200))
        guard let produce = ProduceCode(code), let amount = price.amount(for: gross - tare)
        else { throw Impossible() }
        let cash = amount.rounded(toStep: 10)
        guard books.ledger.money(.drawer) >= cash else { return try openOrFill() }
        let evidence = WeighingEvidence(
            frame: "03040b00e803", status: "stable", shown: "\(gross.count) g",
            scale: "scale-hid 1-1.2", division: "2 g", settled: 700 + random.below(900))
        return try EntryDraft(
            ProduceBought(
                language: .simplifiedChinese, seller: VillagerNumber(1 + random.below(40)),
                produce: produce, name: name, gross: gross, tare: tare, price: price, list: 3,
                amount: amount, cash: cash, evidence: evidence, replaces: nil),
            by: TradingStation.clerk,
            try Postings([
                Posting(.inventory(produce: produce), amount.count),
                Posting(.drawer, -cash.count),
                Posting(.roundingDifference, cash.count - amount.count),
                Posting(.bay, (gross - tare).count, .grams(produce: code)),
                Posting(.produceSource, -(gross - tare).count, .grams(produce: code)),
            ]))
    }

    /// The drawer is empty: the operator's float brings cash.
    private func openOrFill() throws -> EntryDraft {
        let amount = 1_000_000 + random.below(1_000)
        return try EntryDraft(
            FloatToppedUp(amount: Fen(amount), decision: "top-\(random.next())"), by: .headOffice,
            try Postings([Posting(.drawer, amount), Posting(.operatorEquity, -amount)]))
    }

    public func takeOrder() throws -> EntryDraft {
        guard let article = ArticleCode("6901234567892") else { throw Impossible() }
        let line = OrderLine(
            article: article, name: "洗衣粉 2kg", quantity: 1 + random.below(3),
            price: Fen(1_000 + random.below(2_000)))
        let cash = line.amount.rounded(toStep: 10)
        let name = EntryName(epoch: books.epoch, sequence: books.lastSequence + 1)
        return try EntryDraft(
            OrderPaid(
                language: .mongolian, villager: nil, lines: [line], total: line.amount,
                cash: cash, tendered: Fen(cash.count + random.below(500)), list: 7),
            by: TradingStation.clerk,
            try Postings([
                Posting(.drawer, cash.count), Posting(.prepaid(name), -line.amount.count),
                Posting(.roundingDifference, line.amount.count - cash.count),
            ]))
    }

    private func decide() throws -> EntryDraft? {
        let waiting = books.orders.values.filter { $0.state == .paid }
        guard let order = waiting.min(by: { $0.name.sequence < $1.name.sequence }) else {
            return nil
        }
        let identity = "decision-\(random.next())"
        guard random.below(3) > 0 else {
            return try EntryDraft(
                OrderRejected(
                    language: order.language, order: order.name, decision: identity,
                    lines: order.lines, refund: order.total),
                by: .headOffice,
                try Postings([
                    Posting(.prepaid(order.name), order.total.count),
                    Posting(.refundOwed(order.name), -order.total.count),
                ]))
        }
        let cost = Fen(order.total.count - random.below(100))
        return try EntryDraft(
            OrderBought(
                language: order.language, order: order.name, decision: identity,
                lines: order.lines, total: order.total, cost: cost),
            by: .headOffice,
            try Postings([
                Posting(.prepaid(order.name), order.total.count),
                Posting(.float, -cost.count),
                Posting(.refundOwed(order.name), cost.count - order.total.count),
            ]))
    }

    private func payRefund() throws -> EntryDraft? {
        let owed = books.orders.values.filter { $0.refundOwed != .zero }
        guard let order = owed.min(by: { $0.name.sequence < $1.name.sequence }) else {
            return nil
        }
        let cash = order.refundOwed.rounded(toStep: 10)
        guard books.ledger.money(.drawer) >= cash else { return nil }
        return try EntryDraft(
            RefundPaid(
                language: order.language, order: order.name, amount: order.refundOwed, cash: cash,
                proof: RefundProof(first: .slip, second: .person)),
            by: TradingStation.clerk,
            try Postings([
                Posting(.refundOwed(order.name), order.refundOwed.count),
                Posting(.drawer, -cash.count),
                Posting(.roundingDifference, cash.count - order.refundOwed.count),
            ]))
    }

    private func reverse() throws -> EntryDraft? {
        guard let purchase = books.lastPurchase,
            let stored = try journal.reader.entry(purchase.sequence)
        else { return nil }
        let bought = purchase.bought
        return try EntryDraft(
            ProduceReversed(
                language: bought.language, reverses: purchase.sequence, reason: .wrongWeight,
                produce: bought.produce, name: bought.name, net: bought.net,
                amount: bought.amount, cash: bought.cash, handedBack: true, slipReplaced: true),
            by: TradingStation.clerk, stored.entry.postings.negated)
    }

    public func printSlip() throws -> EntryDraft? {
        guard let slip = books.owedSlips.first else { return nil }
        if random.below(8) == 0 {
            return try EntryDraft(SlipDoubtful(slip: slip.sequence), by: .station)
        }
        return try EntryDraft(
            SlipPrinted(slip: slip.sequence, confirmation: .answered), by: .station)
    }

    /// The slip of entry `sequence` came out.
    @discardableResult
    public func printed(_ sequence: Int) throws -> StoredEntry {
        try append(
            EntryDraft(SlipPrinted(slip: sequence, confirmation: .answered), by: .station))
    }

    private func settleSlip() throws -> EntryDraft? {
        guard let slip = books.doubtfulSlips.first else { return nil }
        return try EntryDraft(
            SlipSettled(slip: slip.sequence, cameOut: random.below(2) == 0),
            by: TradingStation.clerk)
    }

    private func hearFromHeadOffice() throws -> EntryDraft {
        switch random.below(3) {
        case 0:
            let amount = 100_000 + random.below(100_000)
            return try EntryDraft(
                FloatToppedUp(amount: Fen(amount), decision: "top-\(random.next())"),
                by: .headOffice,
                try Postings([Posting(.float, amount), Posting(.operatorEquity, -amount)]))
        case 1:
            return try EntryDraft(
                LimitSet(exposure: Fen(100_000 + random.below(200_000))), by: .headOffice)
        default:
            return try EntryDraft(
                MessageRefused(number: random.below(1_000), reason: .unknownOrder),
                by: .station)
        }
    }
}
