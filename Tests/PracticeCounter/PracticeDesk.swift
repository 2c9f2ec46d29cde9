public import ControlProtocol
public import LocalServer
public import StationCore
import Synchronization

/// Stands in for whoever owns the counter: a real `Counter`, entries numbered in memory, a clock
/// that moves when it is told to, one badge and one PIN.
public actor PracticeDesk: CounterDesk, CounterShelf, StationControl {
    public static let start = 1_790_000_000_000
    public static let badge = "22048102"
    public static let scale = ScaleIdentity(
        model: "test-scale", path: "1-1",
        division: Division(magnitude: Magnitude(2), unit: .gram), tellsStability: true)

    public private(set) var counter: Counter
    public private(set) var entries: [Entry] = []
    public private(set) var requests: [PrintRequest] = []
    private var monotonic = 1_000_000
    private var pin: String?
    private var signInEntry: Int?
    private var isStopping = false
    private let watchers = Watchers()
    private let prices: [ProducePrice]
    private let goods: [Article]

    public init(settings: CounterSettings = CounterSettings(language: .english)) throws {
        prices = try [
            ("00123", "Apples", "苹果", "Алим", 450), ("00207", "Walnuts", "核桃", "Хушга", 2_860),
            ("00311", "Potatoes", "土豆", "Төмс", 180),
            ("00412", "Sichuan pepper", "花椒", "Перец", 6_400),
        ].map { code, en, zh, mn, fen in
            ProducePrice(
                produce: try known(ProduceCode(code)),
                name: try known(LocalizedName(["en": en, "zh-Hans": zh, "mn": mn])),
                price: FenPerKilogram(fen))
        }
        goods = try [
            ("6901234567892", "Soap", "肥皂", 1_290), ("6909876543210", "Rice 5 kg", "大米5公斤", 3_850),
            ("6900000000014", "Garden hose 20 m", "花园水管20米", 7_900),
        ].map { code, en, zh, fen in
            Article(
                article: try known(ArticleCode(code)),
                name: try known(LocalizedName(["en": en, "zh-Hans": zh])), price: Fen(fen))
        }
        counter = Counter(books: Books(), settings: settings)
        try Self.book(
            StationEnrolled(hub: "hub.example:443", key: "AA=="), by: .station, &counter, &entries)
        try Self.book(
            PricesAdopted(list: 1, validFrom: Self.start, digest: "p"), by: .headOffice, &counter,
            &entries)
        try Self.book(
            ArticlesAdopted(list: 1, validFrom: Self.start, digest: "a"), by: .headOffice,
            &counter, &entries)
    }

    // MARK: - The loop

    private var moment: Moment {
        Moment(time: Self.start + monotonic, quality: .network, monotonic: monotonic)
    }

    private static func book(
        _ content: some EntryContent, by actor: StationCore.Actor, _ counter: inout Counter,
        _ entries: inout [Entry]
    ) throws {
        let moment = Moment(time: Self.start, quality: .network, monotonic: 1_000)
        try record(try EntryDraft(content, by: actor), at: moment, &counter, &entries)
    }

    private static func record(
        _ draft: EntryDraft, at moment: Moment, _ counter: inout Counter, _ entries: inout [Entry]
    ) throws {
        let entry = Entry(
            station: try known(StationNumber("423141")), epoch: 1,
            sequence: counter.books.lastSequence + 1, kind: draft.kind, version: draft.version,
            moment: moment, boot: "boot-1", actor: draft.actor, postings: draft.postings,
            body: draft.body)
        _ = try counter.record(entry)
        entries.append(entry)
    }

    /// Whatever the core refuses to record shows up as a counter that did not move.
    @discardableResult
    public func take(_ event: CounterEvent, after milliseconds: Int = 1_500) -> Decision {
        monotonic += milliseconds
        var next = counter
        let decision = next.handle(event, at: moment)
        if let draft = decision.entry {
            do { try Self.record(draft, at: moment, &next, &entries) } catch {
                return Decision(refusal: .books)
            }
            if draft.kind == .signedIn { signInEntry = next.books.lastSequence }
        }
        counter = next
        if counter.signedIn == nil { signInEntry = nil }
        for effect in decision.effects { carryOut(effect) }
        watchers.tell(screenNow)
        return decision
    }

    private func carryOut(_ effect: CounterEffect) {
        switch effect {
        case .verifyPIN(let number, let typed):
            take(.pinChecked(number, typed == pin ? .right : .wrong(triesLeft: 4)), after: 0)
        case .storePIN(let number, let typed):
            pin = typed
            take(.pinChecked(number, .stored), after: 0)
        case .lookUp(let text):
            take(.touched(.code(recognise(text)), revision: counter.revision), after: 0)
        case .printCopy, .sync, .signal:
            break
        }
    }

    private func recognise(_ text: String) -> Recognised {
        if let price = prices.first(where: { $0.key == text }) { return .produce(price) }
        if let article = goods.first(where: { $0.key == text }) { return .article(article) }
        if text == "VK011234567840" { return .villager(VillagerNumber(7)) }
        return .unknown
    }

    public func load(_ grams: Int, _ status: WeightStatus = .stable) {
        take(
            .weighed(
                WeightReading(
                    status: grams == 0 ? .zero : status, grams: Grams(grams),
                    magnitude: Magnitude(grams), unit: .gram, frame: [3, 4, 2, 0, 0, 0]),
                Self.scale, at: monotonic + 200), after: 200)
    }

    private var screenNow: CounterScreen {
        CounterScreen(
            view: counter.view(at: moment), signIn: signInEntry, link: .idle,
            waiting: entries.count)
    }

    // MARK: - CounterDesk

    public func screen() -> CounterScreen { screenNow }

    public nonisolated func screens() -> AsyncStream<CounterScreen> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: CounterScreen.self, bufferingPolicy: .bufferingNewest(1))
        Task {
            continuation.yield(await screen())
            watchers.add(continuation)
        }
        return stream
    }

    public func touch(_ input: CounterInput, revision: Int) -> TouchAnswer {
        let decision = take(.touched(input, revision: revision), after: 200)
        return TouchAnswer(refusal: decision.refusal, screen: screenNow)
    }

    public func touch(code text: String, revision: Int) -> TouchAnswer {
        touch(.code(recognise(text)), revision: revision)
    }

    public func present(badge digits: String) -> BadgeAnswer {
        guard digits == Self.badge, let number = OperatorNumber(1) else {
            return .refused(.badgeUnknown)
        }
        if counter.signedIn == number { return .hasCounter(number) }
        let decision = take(.scanned(.badge(number, pinIsSet: pin != nil)))
        return decision.refusal.map { .refused($0) } ?? .lies
    }

    public func signIn(
        pin typed: String, answering asked: Prompt?, proving: OperatorNumber?
    ) -> SignInAnswer {
        if let proving {
            guard counter.signedIn == proving else { return .refused(.notSignedIn) }
            return typed == pin ? .signedIn(screenNow) : .refused(.pinWrong(triesLeft: 4))
        }
        if let asked, screenNow.view.prompt != asked { return .refused(.stale) }
        let before = counter.signedIn
        let decision = take(.touched(.pin(typed), revision: counter.revision))
        if let refusal = decision.refusal { return .refused(refusal) }
        if case .refused(let refusal) = counter.notice { return .refused(refusal) }
        return counter.signedIn != nil && counter.signedIn != before ? .signedIn(screenNow) : .again
    }

    /// The operator's badge at the scanner of the box.
    public func scanBadge() {
        guard let number = OperatorNumber(1) else { return }
        take(.scanned(.badge(number, pinIsSet: pin != nil)))
    }

    public func signOut() { take(.touched(.command(.signOut), revision: counter.revision)) }

    // MARK: - CounterShelf

    public func produce() -> [ProducePrice] { prices }
    public func articles() -> [Article] { goods }
    public func openOrders() -> [OrderRecord] {
        counter.books.orders.values.filter(\.isOpen).sorted { $0.name.sequence < $1.name.sequence }
    }
    public func recentTrades(atMost count: Int) -> [Entry] {
        entries.reversed().filter { counter.books.slips[$0.sequence] != nil }.prefix(count).map(
            \.self)
    }
    public func slipText(of sequence: Int) -> String? {
        guard counter.books.slips[sequence] != nil else { return nil }
        return "Slip of No. \(sequence)\n  <amount>  45.60"
    }

    // MARK: - StationControl

    /// Has no status any more.
    public func stop() { isStopping = true }

    public func status() throws(ControlUnavailable) -> StationStatus {
        if isStopping { throw ControlUnavailable() }
        return StationStatus(
            version: "1.0.0",
            station: .init(number: "423141", epoch: 1, hub: "hub.example:443"),
            lastEntry: entries.count, clock: .init(time: Self.start, quality: .network),
            devices: [
                .init(
                    kind: .scale, model: "test-scale", path: "1-1", vendor: 0x0922,
                    product: 0x8003, condition: .ready)
            ],
            link: .init(
                state: .idle, acknowledgedThrough: 2, waiting: entries.count - 2,
                lastContact: Self.start, problem: nil),
            slips: .init(owed: [], doubtful: []), day: nil,
            money: .init(
                drawer: .zero, float: .zero, exposure: .zero, exposureLimit: Fen(200_000)),
            lists: .init(articles: nil, prices: nil),
            disk: .init(state: .writable, freeBytes: 1_000_000), isForked: false)
    }
    public func enrol(code: String) -> ControlAnswer {
        ControlAnswer(isDone: false, text: "\(code) is no enrolment code")
    }
    public func setClock(to time: Int) -> ControlAnswer {
        ControlAnswer(isDone: true, text: "the clock was corrected", entry: time)
    }
    public func syncNow() -> ControlAnswer { ControlAnswer(isDone: true, text: "asked") }
    public func print(_ request: PrintRequest) -> ControlAnswer {
        requests.append(request)
        return ControlAnswer(isDone: true, text: "printing")
    }
}

private final class Watchers: Sendable {
    private let all = Mutex<[AsyncStream<CounterScreen>.Continuation]>([])

    func add(_ watcher: AsyncStream<CounterScreen>.Continuation) {
        all.withLock { $0.append(watcher) }
    }
    func tell(_ screen: CounterScreen) {
        all.withLock { for watcher in $0 { watcher.yield(screen) } }
    }
}

/// A constant of this file that is what it must be.
private func known<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw PracticeError.constant("\(Value.self)") }
    return value
}

private enum PracticeError: Error { case constant(String) }
