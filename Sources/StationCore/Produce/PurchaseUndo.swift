/// The last purchase is taken back by reversal: why, and whether the cash came back.
struct PurchaseUndo: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case reason
        case handedBack(ReversalReason)
    }

    let purchase: PurchaseRecord
    var step = Step.reason

    init(_ purchase: PurchaseRecord) { self.purchase = purchase }

    mutating func handle(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch step {
        case .reason: return handleReason(input)
        case .handedBack(let reason):
            switch input {
            case .command(.yes): return book(reason, handedBack: true, desk)
            case .command(.no): return book(reason, handedBack: false, desk)
            case .code, .command, .number, .pin, .reason: return .refuse(.notExpected)
            }
        }
    }

    /// By touch, or by its number in the list, which begins with 1.
    private mutating func handleReason(_ input: CounterInput) -> TradeStep {
        switch input {
        case .reason(let reason):
            step = .handedBack(reason)
            return .stay()
        case .number(let number):
            let reasons = ReversalReason.allCases
            guard (1...reasons.count).contains(number.value) else { return .refuse(.notExpected) }
            step = .handedBack(reasons[number.value - 1])
            return .stay()
        case .code, .command, .pin:
            return .refuse(.notExpected)
        }
    }

    private func book(
        _ reason: ReversalReason, handedBack: Bool, _ desk: Desk
    ) -> TradeStep {
        let bought = purchase.bought
        let content = ProduceReversed(
            language: desk.chosenLanguage ?? bought.language, reverses: purchase.sequence,
            reason: reason,
            produce: bought.produce, name: bought.name, net: bought.net, amount: bought.amount,
            cash: bought.cash, handedBack: handedBack,
            slipReplaced: desk.slipInFlight != purchase.sequence)
        let origin = EntryName(epoch: desk.books.epoch, sequence: purchase.sequence)
        let reversal = draft(
            content, by: desk.actor,
            purchase.postings.negated.lines.map { line in
                handedBack || line.account != .drawer
                    ? line : Posting(.villagerReceivable(origin), line.amount)
            })
        guard let reversal else { return .refuse(.books) }
        return .book(
            reversal, .reversed(number: purchase.sequence),
            then: .produce(ProduceSale(replaces: purchase.sequence)))
    }

    func prompt() -> Prompt {
        switch step {
        case .reason: .undoReason(number: purchase.sequence)
        case .handedBack: .undoHandedBack(purchase.bought.cash)
        }
    }
}
