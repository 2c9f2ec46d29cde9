import ControlProtocol
import Cryptography
import Journal
import LocalServer
import Logging
import Ports
import Receipts
import StationCore

/// The counter as the pages use it.
struct CounterService: CounterDesk {
    let workflow: Workflow
    let entrance: Entrance
    let board: Screens

    func screen() async -> CounterScreen { board.latest }

    func screens() -> AsyncStream<CounterScreen> { board.stream() }

    func touch(_ input: CounterInput, revision: Int) async -> TouchAnswer {
        await answer { () async throws(Workflow.Ended) in
            try await entrance.touch(input, revision: revision)
        }
    }

    func touch(code text: String, revision: Int) async -> TouchAnswer {
        await answer { () async throws(Workflow.Ended) in
            try await entrance.touch(code: text, revision: revision)
        }
    }

    private func answer(
        _ touch: () async throws(Workflow.Ended) -> Refusal?
    ) async -> TouchAnswer {
        do {
            let refusal = try await touch()
            return TouchAnswer(refusal: refusal, screen: board.latest)
        } catch {
            return TouchAnswer(refusal: .books, screen: board.latest)
        }
    }

    func present(badge digits: String) async -> BadgeAnswer {
        guard let digits = Digits<8>(digits) else { return .refused(.badgeUnknown) }
        do {
            return try await workflow.perform { state in
                guard case .badge(let number, let pinIsSet) = state.recognise(.badge(digits))
                else { return .refused(.badgeUnknown) }
                if state.counter.signedIn == number { return .hasCounter(number) }
                let decision = await state.decide(
                    .scanned(.badge(number, pinIsSet: pinIsSet)))
                return decision.refusal.map { .refused($0) } ?? .lies
            }
        } catch { return .refused(.books) }
    }

    func signIn(
        pin: String, answering asked: Prompt?, proving number: OperatorNumber?
    ) async -> SignInAnswer {
        do {
            if let number { return try await prove(number, pin) }
            let typed = try await entrance.type(pin: pin, answering: asked)
            if let refusal = typed.refusal { return .refused(refusal) }
            return typed.signedIn.map { .signedIn($0) } ?? .again
        } catch { return .refused(.books) }
    }

    private func prove(
        _ number: OperatorNumber, _ pin: String
    ) async throws(Workflow.Ended) -> SignInAnswer {
        guard let check = try await entrance.check(number, pin: pin) else {
            return .refused(.books)
        }
        switch check {
        case .right, .stored:
            let screen = board.latest
            return screen.view.signedIn == number
                ? .signedIn(screen) : .refused(.notSignedIn)
        case .wrong(let left): return .refused(.pinWrong(triesLeft: left))
        case .locked(let seconds): return .refused(.pinLocked(seconds: seconds))
        }
    }
}

/// The lists and papers that the pages show beside the counter, read past the loop.
actor ShelfService: CounterShelf {
    private let reader: JournalReader
    private let letterhead: Letterhead
    private let logger: Logger

    init(reader: sending JournalReader, letterhead: Letterhead, logger: Logger) {
        self.reader = reader
        self.letterhead = letterhead
        self.logger = logger
    }

    func produce() -> [ProducePrice] { read([]) { try reader.items(of: ProducePrice.self) } }

    func articles() -> [Article] { read([]) { try reader.items(of: Article.self) } }

    func openOrders() -> [OrderRecord] {
        read([]) {
            try reader.records(.order, isOpen: true, limit: Self.orderCountMax)
                .map { try CanonicalCoding.decode(OrderRecord.self, from: $0.value()) }
                .sorted { $0.name.sequence < $1.name.sequence }
        }
    }

    func recentTrades(atMost count: Int) -> [Entry] {
        read([]) {
            let latest = try reader.latest(limit: Self.lookBack)
            return Array(latest.map(\.entry).filter { $0.kind.owesSlip }.prefix(count))
        }
    }

    func slipText(of sequence: Int) -> String? {
        read(nil) {
            guard let stored = try reader.entry(sequence), stored.entry.kind.owesSlip else {
                return nil
            }
            return PlainText.render(
                try Slip.document(
                    for: stored.entry, hash: stored.hash.bytes, letterhead: letterhead))
        }
    }

    /// More than one page of a phone shows.
    private static let orderCountMax = 500
    /// Entries that are looked through for the last trades.
    private static let lookBack = 200

    private func read<Value>(_ fallback: Value, _ body: () throws -> Value) -> Value {
        do { return try body() } catch {
            logger.error("not read", metadata: [LogKey.error: "\(error)"])
            return fallback
        }
    }
}
