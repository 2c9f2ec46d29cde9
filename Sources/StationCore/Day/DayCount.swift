/// The drawer is counted: the day is opened, or closed when one is open.
struct DayCount: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case count
        case confirm(Fen)
    }

    /// Fen at the most in one drawer.
    static let countedMax = 1_000_000_000

    var step = Step.count

    mutating func handle(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch step {
        case .count:
            switch input {
            case .number(let fen):
                guard (0...Self.countedMax).contains(fen.value) else {
                    return .refuse(.numberTooLarge)
                }
                step = .confirm(Fen(fen.value))
                return .stay()
            case .code, .command, .pin, .reason:
                return .refuse(.notExpected)
            }
        case .confirm(let counted):
            switch input {
            case .command(.confirmCount):
                return desk.books.day == nil ? open(counted, desk) : close(counted, desk)
            case .command(.no), .command(.clearDigits):
                step = .count
                return .stay()
            case .code, .command, .number, .pin, .reason:
                return .refuse(.notExpected)
            }
        }
    }

    private func open(_ counted: Fen, _ desk: Desk) -> TradeStep {
        let expected = desk.books.ledger.money(.drawer)
        let first = desk.books.facts.firstDay == nil
        let difference = (counted - expected).count
        let opened = draft(
            DayOpened(counted: counted, expected: expected, first: first), by: desk.actor,
            [
                Posting(.drawer, difference),
                Posting(first ? .operatorEquity : .cashDifference, -difference),
            ])
        guard let opened else { return .refuse(.books) }
        return .book(opened, .dayOpened, then: .idle)
    }

    private func close(_ counted: Fen, _ desk: Desk) -> TradeStep {
        guard desk.books.doubtfulSlips.isEmpty else { return .refuse(.slipsDoubtful) }
        guard let day = desk.books.day else { return .refuse(.dayNotOpen) }
        let expected = desk.books.ledger.money(.drawer)
        let difference = counted - expected
        let closed = draft(
            DayClosed(
                language: desk.settings.language, opened: day.opened, counted: counted,
                expected: expected, exposure: desk.books.ledger.exposure,
                float: desk.books.ledger.money(.float), slipsOwed: desk.books.owedSlips.count,
                refundsOwed: desk.books.ledger.refundsOwed,
                owedByVillagers: Fen(desk.books.ledger.sum(under: "receivable.villager.")),
                totals: day.totals),
            by: desk.actor,
            [
                Posting(.drawer, difference.count),
                Posting(.cashDifference, -difference.count),
            ])
        guard let closed else { return .refuse(.books) }
        return .book(closed, .dayClosed(difference: difference), then: .idle)
    }

    func prompt(_ desk: Desk) -> Prompt {
        switch step {
        case .count: .countDrawer
        case .confirm(let counted):
            desk.books.facts.firstDay == nil
                ? .confirmFirstCount(counted)
                : .confirmCount(difference: counted - desk.books.ledger.money(.drawer))
        }
    }
}
