import StationCore
import Testing

/// A counter with everything around it that a workflow loop would do: numbering, stamping and
/// letting the books take what was decided. Time moves when it is told to.
struct Shop {
    var counter: Counter
    private(set) var entries: [Entry] = []
    var monotonic = 1_000_000
    var quality = ClockQuality.network
    /// Milliseconds by which somebody moved the clock.
    var clockMoved = 0
    static let start = 1_790_000_000_000

    static let apple = "00123"
    static let scale = ScaleIdentity(
        model: "test-scale", path: "1-1",
        division: Division(magnitude: Magnitude(2), unit: .gram), tellsStability: true)

    /// Enrolled, with lists; `open` also signs in operator 1 and opens the first day.
    init(settings: CounterSettings = CounterSettings(language: .english), open: Bool = true) throws
    {
        counter = Counter(books: Books(), settings: settings)
        try book(StationEnrolled(hub: "hub.example:443", key: "AA=="), by: .station)
        try book(
            PricesAdopted(list: 1, validFrom: Shop.start, digest: "p"), by: .headOffice)
        try book(
            ArticlesAdopted(list: 1, validFrom: Shop.start, digest: "a"), by: .headOffice)
        guard open else { return }
        try signIn()
        try openDay(counted: 100_000)
    }

    var moment: Moment {
        Moment(
            time: Shop.start + monotonic + clockMoved, quality: quality, monotonic: monotonic)
    }
    var books: Books { counter.books }
    var view: CounterView { counter.view(at: moment) }
    var last: Entry? { entries.last }

    func balance(_ account: Account, _ unit: LedgerUnit = .money) -> Int {
        books.ledger[account, unit]
    }

    /// What the loop does with an event. Returns the decision.
    @discardableResult
    mutating func take(_ event: CounterEvent) throws -> Decision {
        var next = counter
        let decision = next.handle(event, at: moment)
        if let draft = decision.entry { try record(draft, &next) }
        counter = next
        return decision
    }

    private mutating func record(_ draft: EntryDraft, _ next: inout Counter) throws {
        let entry = Entry(
            station: try #require(StationNumber("423141")), epoch: 1,
            sequence: next.books.lastSequence + 1, kind: draft.kind, version: draft.version,
            moment: moment, boot: "boot-1", actor: draft.actor, postings: draft.postings,
            body: draft.body)
        _ = try next.record(entry)
        entries.append(entry)
    }

    mutating func book(
        _ content: some EntryContent, by actor: StationCore.Actor, _ lines: [Posting] = []
    ) throws {
        var next = counter
        try record(try EntryDraft(content, by: actor, try Postings(lines)), &next)
        counter = next
    }

    @discardableResult
    mutating func command(_ command: Command) throws -> Decision {
        monotonic += 2_000
        return try take(.scanned(.command(command)))
    }

    @discardableResult
    mutating func scan(_ code: Recognised) throws -> Decision {
        monotonic += 2_000
        return try take(.scanned(code))
    }

    @discardableResult
    mutating func touch(_ input: CounterInput) throws -> Decision {
        monotonic += 2_000
        return try take(.touched(input, revision: counter.revision))
    }

    /// By number keys and Enter.
    @discardableResult
    mutating func type(_ number: String) throws -> Decision {
        for digit in number {
            let value = try #require(digit.wholeNumberValue)
            try take(.scanned(.digit(value)))
        }
        return try command(.enter)
    }

    /// - Parameter milliseconds: How long the report waited until the counter took it.
    @discardableResult
    mutating func load(
        _ grams: Int, _ status: WeightStatus = .stable, waiting milliseconds: Int = 0
    ) throws -> Decision {
        monotonic += 200
        let reported = monotonic
        monotonic += milliseconds
        return try take(
            .weighed(
                WeightReading(
                    status: grams == 0 ? .zero : status, grams: Grams(grams),
                    magnitude: Magnitude(grams), unit: .gram, frame: [3, 4, 2, 0, 0, 0]),
                Shop.scale, at: reported))
    }

    /// While the last report is still fresh.
    @discardableResult
    mutating func takeWeight() throws -> Decision {
        monotonic += 100
        return try take(.touched(.command(.takeWeight), revision: counter.revision))
    }

    mutating func signIn(_ number: Int = 1) throws {
        let number = try #require(OperatorNumber(number))
        try scan(.badge(number, pinIsSet: true))
        try touch(.pin("123456"))
        try take(.pinChecked(number, .right))
    }

    mutating func openDay(counted: Int) throws {
        try command(.day)
        try type(String(counted))
        try command(.confirmCount)
    }

    static func price(
        _ fenPerKilogram: Int = 450, of produce: String = apple
    ) throws -> ProducePrice {
        ProducePrice(
            produce: try #require(ProduceCode(produce)),
            name: try #require(LocalizedName(["en": "Apples"])),
            price: FenPerKilogram(fenPerKilogram))
    }

    static func article(_ code: String = "6901234567892", price: Int = 1_290) throws -> Article {
        Article(
            article: try #require(ArticleCode(code)),
            name: try #require(LocalizedName(["en": "Soap"])), price: Fen(price))
    }

    /// From the free counter to the load that a price waits for.
    mutating func loadProduce(
        grams: Int = 2_000, seller: Int? = nil, price: ProducePrice? = nil
    ) throws {
        try load(0)
        if let seller {
            try scan(.villager(VillagerNumber(seller)))
        } else {
            try command(.produce)
            try command(.anonymous)
        }
        try scan(.produce(try price ?? Shop.price()))
        try load(grams)
    }

    /// From the free counter to the cleared scale.
    @discardableResult
    mutating func sellProduce(
        grams: Int = 2_000, seller: Int? = nil, fenPerKilogram: Int = 450
    ) throws -> Decision {
        try loadProduce(grams: grams, seller: seller, price: try Shop.price(fenPerKilogram))
        try takeWeight()
        if case .alreadyBooked = view.prompt { try command(.yes) }
        let paid = try command(.payCash)
        try load(0)
        return paid
    }

    @discardableResult
    mutating func payOrder(price: Int = 1_290, tendered: String = "5000") throws -> EntryName {
        try scan(.article(try Shop.article(price: price)))
        try command(.basketDone)
        try type(tendered)
        try command(.takeCash)
        return try #require(last).name
    }

    /// An order that head office does not buy: all of it is owed back.
    mutating func rejectOrder(villager: Int? = nil, number: Int = 1) throws -> OrderRecord {
        try command(.order)
        if let villager { try scan(.villager(VillagerNumber(villager))) }
        let name = try payOrder()
        try receive(
            number, .decision,
            OrderDecision(identity: "d\(number)", order: name, verdict: .rejected, cost: nil))
        return try #require(books.orders[name])
    }

    @discardableResult
    mutating func receive(
        _ number: Int, _ kind: HeadOfficeMessage.Kind, _ body: some Encodable,
        wasApplied: Bool = false, list: MessageFacts.ListArrival = .none
    ) throws -> Decision {
        let message = HeadOfficeMessage(
            number: number, kind: kind, body: try CanonicalCoding.encode(body))
        return try take(.message(message, MessageFacts(wasApplied: wasApplied, list: list)))
    }
}
