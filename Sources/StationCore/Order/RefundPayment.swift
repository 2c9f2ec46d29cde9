/// What is owed for an order is paid out, against two proofs.
struct RefundPayment: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        case slip
        /// A Code 128 carries half the mark only: the operator compares date and amount.
        case compare(EntryName, PrintedSlip)
        /// The slip is lost: the orders of the sum that was typed are shown one by one.
        case find(OrderRecord, then: ArraySlice<OrderRecord>)
        case secondProof(EntryName, RefundProof.First)
        case pay(EntryName, RefundProof, until: Int)
    }

    var step = Step.slip

    mutating func handle(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch step {
        case .slip:
            return handleSlip(input, desk)
        case .compare(let name, _):
            switch input {
            case .command(.yes):
                step = .secondProof(name, .slipShort)
                return .stay()
            case .command(.no):
                return .leave(.cancelled)
            case .code, .command, .number, .pin, .reason:
                return .refuse(.notExpected)
            }
        case .find(let shown, let others):
            return handleFound(input, shown, others)
        case .secondProof(let name, let first):
            return handleSecondProof(input, name, first, desk)
        case .pay(let name, let proof, let until):
            return handlePay(input, name, proof, until, desk)
        }
    }

    private mutating func handleSlip(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        if let record = input.order {
            guard owed(record.name, desk) > .zero else {
                return .refuse(.nothingOwed(number: record.name.sequence))
            }
        }
        switch input {
        case .code(.orderSlip(let order, let proof)):
            step = .secondProof(order.name, proof)
            return .stay()
        case .code(.shortSlip(let order, let slip)):
            step = .compare(order.name, slip)
            return .stay()
        case .code(.foreignSlip):
            return .refuse(.foreignSlip)
        case .number(let sum):
            return find(ordersOwed(of: Fen(sum.value), desk)[...], of: Fen(sum.value))
        case .code, .command, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    /// For which a refund is owed and of which the villager says that he paid `sum`; the latest
    /// first.
    private func ordersOwed(of sum: Fen, _ desk: Desk) -> [OrderRecord] {
        desk.books.orders.values
            .filter { $0.refundOwed > .zero && ($0.total == sum || $0.cash == sum) }
            .sorted { $0.name.sequence > $1.name.sequence }
    }

    private mutating func find(_ orders: ArraySlice<OrderRecord>, of sum: Fen) -> TradeStep {
        guard let shown = orders.first else {
            step = .slip
            return .refuse(.noRefundOf(sum))
        }
        step = .find(shown, then: orders.dropFirst())
        return .stay()
    }

    private mutating func handleFound(
        _ input: CounterInput, _ shown: OrderRecord, _ others: ArraySlice<OrderRecord>
    ) -> TradeStep {
        switch input {
        case .command(.yes):
            step = .secondProof(shown.name, .lostSlip)
            return .stay()
        case .command(.no):
            return find(others, of: shown.total)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func handleSecondProof(
        _ input: CounterInput, _ name: EntryName, _ first: RefundProof.First, _ desk: Desk
    ) -> TradeStep {
        switch input {
        case .command(.knowPerson):
            return ask(name, RefundProof(first: first, second: .person), desk)
        case .code(.villager(let card)):
            guard desk.books.orders[name]?.villager == card else {
                return .refuse(.otherVillager)
            }
            return ask(name, RefundProof(first: first, second: .card), desk)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private mutating func ask(
        _ name: EntryName, _ proof: RefundProof, _ desk: Desk
    ) -> TradeStep {
        if let trouble = desk.diskTrouble { return .refuse(trouble) }
        let cash = owed(name, desk).rounded(toStep: desk.settings.cashStep)
        let drawer = desk.books.ledger.money(.drawer)
        guard drawer >= cash else { return .refuse(.drawerTooLow(has: drawer, needs: cash)) }
        step = .pay(name, proof, until: desk.moment.monotonic + Desk.payTime)
        return .stay()
    }

    private mutating func handlePay(
        _ input: CounterInput, _ name: EntryName, _ proof: RefundProof, _ until: Int,
        _ desk: Desk
    ) -> TradeStep {
        switch input {
        case .command(.payCash):
            guard desk.moment.monotonic <= until else {
                step = .secondProof(name, proof.first)
                return .refuse(.payTooLate)
            }
            return book(name, proof, desk)
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private func book(_ name: EntryName, _ proof: RefundProof, _ desk: Desk) -> TradeStep {
        let amount = owed(name, desk)
        guard let order = desk.books.orders[name], amount > .zero else {
            return .refuse(.nothingOwed(number: name.sequence))
        }
        let cash = amount.rounded(toStep: desk.settings.cashStep)
        let refund = draft(
            RefundPaid(
                language: desk.chosenLanguage ?? order.language, order: name, amount: amount,
                cash: cash, proof: proof),
            by: desk.actor,
            [
                Posting(.refundOwed(name), amount.count),
                Posting(.drawer, -cash.count),
                Posting(.roundingDifference, cash.count - amount.count),
            ])
        guard let refund else { return .refuse(.books) }
        return .book(
            refund, .booked(number: desk.books.lastSequence + 1, paidOut: cash), then: .idle)
    }

    private func owed(_ name: EntryName, _ desk: Desk) -> Fen {
        -desk.books.ledger.money(.refundOwed(name))
    }

    mutating func wait(_ desk: Desk) -> TradeStep? {
        guard case .pay(let name, let proof, let until) = step, desk.moment.monotonic > until
        else { return nil }
        step = .secondProof(name, proof.first)
        return .refuse(.payTooLate)
    }

    var deadline: Int? {
        if case .pay(_, _, let until) = step { until + 1 } else { nil }
    }

    func prompt(_ desk: Desk) -> Prompt {
        switch step {
        case .slip: .refundSlip
        case .compare(_, let slip):
            .compareSlip(slip, utcOffsetMinutes: desk.settings.utcOffsetMinutes)
        case .find(let shown, _):
            .isItOrder(shown.slip, utcOffsetMinutes: desk.settings.utcOffsetMinutes)
        case .secondProof: .secondProof
        case .pay(let name, _, _):
            .payRefund(owed(name, desk).rounded(toStep: desk.settings.cashStep))
        }
    }
}
