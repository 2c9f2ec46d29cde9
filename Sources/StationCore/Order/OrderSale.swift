/// A villager orders goods: articles and numbers, a quote, cash tendered, change.
struct OrderSale: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case basket
        /// The list of articles is old, or of unknown age: shall it be ordered at its prices?
        case oldList(days: Int?)
        /// The quote binds until `until`, in monotonic milliseconds.
        case tender(until: Int)
        case takeCash(tendered: Fen, until: Int)
    }

    struct Item: Equatable, Sendable {
        let article: Article
        var quantity = 1

        func line(in language: Language) -> OrderLine {
            OrderLine(
                article: article.article, name: article.name.text(in: language),
                quantity: quantity, price: article.price)
        }
    }

    static let quoteTime = 900_000
    static let quantityMax = 999
    /// Digits of `quantityMax`.
    static let quantityDigits = 3
    static let lineCountMax = 40
    /// Fen at the most that a villager hands over at once.
    static let tenderedMax = 100_000_000

    var step = Step.basket
    private(set) var items: [Item] = []
    /// The list that the items' prices stand in; nil before the first one.
    private var list: AdoptedList?
    var villager: VillagerNumber?

    /// Fits: `lineCountMax` lines of `quantityMax` pieces at `Article.priceMax`, at the most.
    var total: Fen { lines(in: .english).reduce(.zero) { $0 + $1.amount } }

    /// The names are drawn when somebody reads them: a language may be chosen at any step.
    func lines(in language: Language) -> [OrderLine] { items.map { $0.line(in: language) } }

    func cash(_ desk: Desk) -> Fen { total.rounded(toStep: desk.settings.cashStep) }

    mutating func handle(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch step {
        case .basket: handleBasket(input, desk)
        case .oldList: handleOldList(input, desk)
        case .tender(let until): handleTender(input, until, desk)
        case .takeCash(let tendered, let until): handleTakeCash(input, tendered, until, desk)
        }
    }

    private mutating func handleBasket(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .code(.article(let article)):
            return add(article, desk)
        case .code(.villager(let card)):
            villager = card
            return .stay()
        case .number(let quantity):
            return setQuantity(quantity)
        case .command(.removeLast):
            guard !items.isEmpty else { return .refuse(.basketEmpty) }
            items.removeLast()
            return .stay()
        case .command(.basketDone):
            return close(desk)
        case .code, .command, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    /// Another list came since the basket was begun: its prices may be others, and what it no
    /// longer has is withdrawn.
    private mutating func dropOldBasket(_ desk: Desk) -> Bool {
        guard let list, list != desk.books.facts.articleList else { return false }
        items = []
        self.list = nil
        return true
    }

    private mutating func add(_ article: Article, _ desk: Desk) -> TradeStep {
        if dropOldBasket(desk) { return .refuse(.listChanged) }
        guard article.isPriced else { return .refuse(.amountTooLarge) }
        list = desk.books.facts.articleList
        if let index = items.firstIndex(where: { $0.article.article == article.article }) {
            guard items[index].quantity < Self.quantityMax else {
                return .refuse(.quantityOutOfRange)
            }
            // What was scanned last is what a number belongs to.
            var item = items.remove(at: index)
            item.quantity += 1
            items.append(item)
        } else {
            guard items.count < Self.lineCountMax else { return .refuse(.quantityOutOfRange) }
            items.append(Item(article: article))
        }
        return .stay()
    }

    /// The number belongs to the article that was scanned last; one of more than three digits,
    /// leading zeros too, is an article's code.
    private mutating func setQuantity(_ typed: TypedNumber) -> TradeStep {
        guard typed.text.utf8.count <= Self.quantityDigits else {
            return .ask(.lookUp(typed.text))
        }
        guard !items.isEmpty else { return .refuse(.basketEmpty) }
        guard typed.value >= 1 else { return .refuse(.quantityOutOfRange) }
        items[items.count - 1].quantity = typed.value
        return .stay()
    }

    private mutating func close(_ desk: Desk) -> TradeStep {
        guard !items.isEmpty, let list else { return .refuse(.basketEmpty) }
        if dropOldBasket(desk) { return .refuse(.listChanged) }
        switch desk.age(of: list) {
        case .fresh: return quote(desk)
        case .doubtful(let days):
            step = .oldList(days: days)
            return .stay()
        case .tooOld(let days):
            step = .oldList(days: days)
            return .stay()
        }
    }

    private mutating func handleOldList(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .command(.yes):
            step = .basket
            return dropOldBasket(desk) ? .refuse(.listChanged) : quote(desk)
        case .command(.no):
            step = .basket
            return .stay()
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func quote(_ desk: Desk) -> TradeStep {
        if let trouble = desk.diskTrouble { return .refuse(trouble) }
        guard total.count <= Self.tenderedMax else { return .refuse(.amountTooLarge) }
        if let refusal = refusalOfExposure(desk) { return .refuse(refusal) }
        step = .tender(until: desk.moment.monotonic + Self.quoteTime)
        let exposure = exposure(desk)
        return .stay(
            desk.isHigh(exposure: exposure)
                ? .exposureHigh(exposure, limit: desk.exposureLimit) : nil)
    }

    /// What it would be with this order.
    private func exposure(_ desk: Desk) -> Fen { desk.books.ledger.exposure + total }

    private func refusalOfExposure(_ desk: Desk) -> Refusal? {
        let exposure = exposure(desk)
        let limit = desk.exposureLimit
        return exposure <= limit ? nil : .exposureLimit(exposure, limit: limit)
    }

    private mutating func handleTender(
        _ input: CounterInput, _ until: Int, _ desk: Desk
    ) -> TradeStep {
        guard desk.moment.monotonic <= until else { return expire() }
        let due = cash(desk)
        switch input {
        case .number(let typed):
            let tendered = Fen(typed.value)
            guard typed.value <= Self.tenderedMax else { return .refuse(.numberTooLarge) }
            guard tendered >= due else { return .refuse(.tenderedTooLittle(needs: due)) }
            step = .takeCash(tendered: tendered, until: until)
            return .stay()
        case .command(.exactCash):
            step = .takeCash(tendered: due, until: until)
            return .stay()
        case .code, .command, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func handleTakeCash(
        _ input: CounterInput, _ tendered: Fen, _ until: Int, _ desk: Desk
    ) -> TradeStep {
        guard desk.moment.monotonic <= until else { return expire() }
        switch input {
        case .command(.takeCash):
            // Head office may have lowered the limit since the quote.
            if let refusal = refusalOfExposure(desk) {
                step = .basket
                return .refuse(refusal)
            }
            return book(tendered, desk)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func expire() -> TradeStep {
        step = .basket
        return .refuse(.quoteExpired)
    }

    private func book(_ tendered: Fen, _ desk: Desk) -> TradeStep {
        guard let list else { return .refuse(.listMissing) }
        // No look at the drawer: the change comes out of it and of the notes just given, which are
        // more than the change. Whether they can be split only who holds them knows.
        let cash = cash(desk)
        let number = desk.books.lastSequence + 1
        let name = EntryName(epoch: desk.books.epoch, sequence: number)
        let content = OrderPaid(
            language: desk.language, villager: villager, lines: lines(in: desk.language),
            total: total, cash: cash,
            tendered: tendered, list: list.list)
        let paid = draft(
            content, by: desk.actor,
            [
                Posting(.drawer, cash.count),
                Posting(.prepaid(name), -total.count),
                Posting(.roundingDifference, total.count - cash.count),
            ])
        guard let paid else { return .refuse(.books) }
        return .book(paid, .received(number: number, takenIn: cash), then: .idle)
    }

    mutating func wait(_ desk: Desk) -> TradeStep? {
        guard let deadline, desk.moment.monotonic >= deadline else { return nil }
        step = .basket
        return .refuse(.quoteExpired)
    }

    var deadline: Int? {
        switch step {
        case .basket, .oldList: nil
        case .tender(let until), .takeCash(_, let until): until + 1
        }
    }

    /// Days since the list became valid; nil where nobody knows.
    func listAge(_ desk: Desk) -> Int? { list.flatMap { desk.age(of: $0).days } }

    func prompt(_ desk: Desk) -> Prompt {
        switch step {
        case .basket: items.isEmpty ? .articles : .moreArticles
        case .oldList(let days): .oldArticles(days: days)
        case .tender: .tender(cash(desk))
        case .takeCash(let tendered, _): .takeCash(change: tendered - cash(desk))
        }
    }
}
