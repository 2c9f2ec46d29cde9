/// A villager sells produce: seller, produce, load, weight, cash, clear the scale.
struct ProduceSale: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case seller
        case produce
        case oldPrices(Priced, days: Int?)
        case load
        case byHand
        /// The weight holds until `until`, in monotonic milliseconds.
        case alreadyBooked(number: Int, Weighed, until: Int)
        /// Money may leave the drawer until `until`, in monotonic milliseconds.
        case pay(Weighed, until: Int)
        case clear
    }

    /// A price and the list that it stood in when it was chosen; another list may come meanwhile.
    struct Priced: Equatable, Sendable {
        let price: ProducePrice
        let list: Int
    }

    /// What was weighed and what it comes to.
    struct Weighed: Equatable, Sendable {
        let gross: Grams
        /// Nil when it was entered by hand.
        let weight: SaleWeight?
        let amount: Fen
        let cash: Fen
    }

    static let repeatTime = 600_000
    /// Grams at the most: beyond it a typed weight is a slip of the finger.
    static let handMassMax = 1_000_000

    var step = Step.seller
    var seller: VillagerNumber?
    private var priced: Priced?
    var price: ProducePrice? { priced?.price }
    let replaces: Int?

    init(replaces: Int? = nil) { self.replaces = replaces }

    mutating func handle(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch step {
        case .seller: handleSeller(input, desk)
        case .produce: handleProduce(input, desk)
        case .oldPrices(let chosen, _): handleOldPrices(input, chosen)
        case .load: handleLoad(input, desk)
        case .byHand: handleByHand(input, desk)
        case .alreadyBooked(_, let weighed, let until):
            handleAlreadyBooked(input, weighed, until, desk)
        case .pay(let weighed, let until): handlePay(input, weighed, until, desk)
        case .clear: handleClear(input)
        }
    }

    private mutating func handleSeller(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .code(.villager(let villager)):
            seller = villager
            step = .produce
            return .stay()
        case .command(.anonymous):
            step = .produce
            return .stay()
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func handleProduce(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .code(.produce(let chosen)):
            return choose(chosen, desk)
        case .number(let number):
            return .ask(.lookUp(number.text))
        case .code, .command, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func choose(_ chosen: ProducePrice, _ desk: Desk) -> TradeStep {
        guard let list = desk.books.facts.priceList else { return .refuse(.listMissing) }
        let chosen = Priced(price: chosen, list: list.list)
        switch desk.age(of: list) {
        case .fresh:
            priced = chosen
            step = .load
        case .doubtful(let days): step = .oldPrices(chosen, days: days)
        case .tooOld(let days): return .refuse(.priceListTooOld(days: days))
        }
        return .stay()
    }

    private mutating func handleOldPrices(
        _ input: CounterInput, _ chosen: Priced
    ) -> TradeStep {
        switch input {
        case .command(.yes):
            priced = chosen
            step = .load
            return .stay()
        case .command(.no):
            return .leave(.cancelled)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func handleLoad(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .command(.takeWeight):
            do {
                let weight = try desk.weighing.saleWeight(at: desk.moment.monotonic)
                return weighed(weight.grams, weight, desk)
            } catch { return .refuse(.weight(error)) }
        case .command(.weightByHand):
            guard desk.weighing.scale == nil else { return .refuse(.notExpected) }
            step = .byHand
            return .stay()
        case .code(.produce(let chosen)):
            return choose(chosen, desk)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func handleByHand(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .number(let grams):
            guard (1...Self.handMassMax).contains(grams.value) else {
                return .refuse(.numberTooLarge)
            }
            return weighed(Grams(grams.value), nil, desk)
        case .code, .command, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func weighed(
        _ gross: Grams, _ weight: SaleWeight?, _ desk: Desk
    ) -> TradeStep {
        guard let price, let amount = price.price.amount(for: gross),
            amount.count <= CanonicalValue.integerMax
        else { return .refuse(.amountTooLarge) }
        let weighed = Weighed(
            gross: gross, weight: weight, amount: amount,
            cash: amount.rounded(toStep: desk.settings.cashStep))
        if let earlier = repeated(weighed, desk) {
            step = .alreadyBooked(
                number: earlier.sequence, weighed, until: desk.moment.monotonic + Desk.payTime)
            return .stay()
        }
        return askForPayment(weighed, desk)
    }

    /// The same seller, produce and gross within one division, within ten minutes.
    private func repeated(_ weighed: Weighed, _ desk: Desk) -> PurchaseRecord? {
        desk.books.purchases.values
            .filter { earlier in
                guard earlier.sequence != replaces, earlier.bought.seller == seller,
                    earlier.bought.produce == price?.produce,
                    earlier.age(at: desk.moment, inBoot: desk.books.lastBoot) <= Self.repeatTime
                else { return false }
                return isWithinOneDivision(weighed, of: earlier.bought, desk)
            }
            .max { $0.sequence < $1.sequence }
    }

    private func isWithinOneDivision(
        _ weighed: Weighed, of earlier: ProduceBought, _ desk: Desk
    ) -> Bool {
        guard let division = desk.weighing.scale?.division, let weight = weighed.weight,
            let shown = earlier.evidence.flatMap({ shownMagnitude($0, in: division.unit) })
        else { return weighed.gross == earlier.gross }
        return weight.magnitude.isWithin(1, of: division.magnitude, from: shown)
    }

    private mutating func askForPayment(_ weighed: Weighed, _ desk: Desk) -> TradeStep {
        if let trouble = desk.diskTrouble { return .refuse(trouble) }
        let drawer = desk.books.ledger.money(.drawer)
        guard drawer >= weighed.cash else {
            step = .load
            return .refuse(.drawerTooLow(has: drawer, needs: weighed.cash))
        }
        step = .pay(weighed, until: desk.moment.monotonic + Desk.payTime)
        return .stay()
    }

    private mutating func handleAlreadyBooked(
        _ input: CounterInput, _ weighed: Weighed, _ until: Int, _ desk: Desk
    ) -> TradeStep {
        switch input {
        case .command(.yes):
            guard desk.moment.monotonic <= until else {
                step = .load
                return .refuse(.payTooLate)
            }
            return askForPayment(weighed, desk)
        case .command(.no): return .leave(.cancelled)
        case .code, .command, .number, .pin, .reason: return .refuse(.notExpected)
        }
    }

    private mutating func handlePay(
        _ input: CounterInput, _ weighed: Weighed, _ until: Int, _ desk: Desk
    ) -> TradeStep {
        switch input {
        case .command(.payCash):
            guard desk.moment.monotonic <= until else {
                step = .load
                return .refuse(.payTooLate)
            }
            return book(weighed, desk)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private func book(_ weighed: Weighed, _ desk: Desk) -> TradeStep {
        guard let priced else { return .refuse(.listMissing) }
        let price = priced.price
        let content = ProduceBought(
            language: desk.language, seller: seller, produce: price.produce,
            name: price.name.text(in: desk.language), gross: weighed.gross, tare: .zero,
            price: price.price, list: priced.list, amount: weighed.amount, cash: weighed.cash,
            evidence: weighed.weight?.evidence, replaces: replaces)
        let mass = weighed.gross.count
        let unit = LedgerUnit.grams(produce: price.produce.text)
        let booked = draft(
            content, by: desk.actor,
            [
                Posting(.inventory(produce: price.produce), weighed.amount.count),
                Posting(.drawer, -weighed.cash.count),
                Posting(.roundingDifference, weighed.cash.count - weighed.amount.count),
                Posting(.bay, mass, unit),
                Posting(.produceSource, -mass, unit),
            ])
        guard let booked else { return .refuse(.books) }
        var after = self
        after.step = .clear
        return .book(
            booked, .booked(number: desk.books.lastSequence + 1, paidOut: weighed.cash),
            then: desk.weighing.scale == nil ? .idle : .produce(after))
    }

    private func handleClear(_ input: CounterInput) -> TradeStep {
        switch input {
        case .code, .command, .number, .pin, .reason: .refuse(.notExpected)
        }
    }

    /// Time passed: an offer to pay lapses, and a cleared scale frees the counter.
    mutating func wait(_ desk: Desk) -> TradeStep? {
        switch step {
        case .pay(_, let until) where desk.moment.monotonic > until,
            .alreadyBooked(_, _, let until) where desk.moment.monotonic > until:
            step = .load
            return .refuse(.payTooLate)
        case .clear where desk.weighing.isCleared || desk.weighing.scale == nil:
            return .leave()
        case .seller, .produce, .oldPrices, .load, .byHand, .alreadyBooked, .pay, .clear:
            return nil
        }
    }

    var deadline: Int? {
        switch step {
        case .pay(_, let until), .alreadyBooked(_, _, let until): until + 1
        case .seller, .produce, .oldPrices, .load, .byHand, .clear: nil
        }
    }

    func prompt(_ desk: Desk) -> Prompt {
        switch step {
        case .seller: .seller
        case .produce: .produce
        case .oldPrices(_, let days): .oldPrices(days: days)
        case .load: loadPrompt(desk)
        case .byHand: .typeGrams
        case .alreadyBooked(let number, _, _): .alreadyBooked(number: number)
        case .pay(let weighed, _): .payProduce(weighed.cash)
        case .clear: clearPrompt(desk)
        }
    }

    private func loadPrompt(_ desk: Desk) -> Prompt {
        let name = price?.name.text(in: desk.language) ?? ""
        do {
            _ = try desk.weighing.saleWeight(at: desk.moment.monotonic)
            return .takeWeight
        } catch {
            switch error {
            case .moving: return .waitForStable
            case .notCleared: return .clearScale
            case .stale, .belowMinimum: return .loadScale(name: name)
            case .noScale, .underZero, .overload, .fault, .needsZero, .needsCalibration,
                .unknownUnit, .otherUnit:
                return .mendScale(error)
            }
        }
    }

    /// A scale that is in trouble cannot say that its load is gone.
    private func clearPrompt(_ desk: Desk) -> Prompt {
        if case .mendScale(let trouble) = loadPrompt(desk) {
            .mendScale(trouble)
        } else {
            .clearScale
        }
    }
}

/// What an evidence says the scale showed, where it is in that unit.
func shownMagnitude(_ evidence: WeighingEvidence, in unit: MassUnit) -> Magnitude? {
    let parts = evidence.shown.split(separator: " ")
    guard parts.count == 2, parts[1] == unit.rawValue else { return nil }
    return Magnitude(String(parts[0]))
}
