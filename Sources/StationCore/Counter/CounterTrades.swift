/// Which trade an input begins, and how it and the time go on with the one that is there.
extension Counter {
    /// Begins a trade from what was scanned or touched at the free counter.
    mutating func begin(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        switch input {
        case .command(.day):
            if let refusal = refusalOfNewTrade(needsDay: false) { return .refuse(refusal) }
            if books.day != nil, !books.doubtfulSlips.isEmpty {
                return .refuse(.slipsDoubtful)
            }
            activity = .day(DayCount())
            return .stay()
        case .command(.settleSlips):
            guard let slip = books.doubtfulSlips.first else { return .refuse(.noSlipDoubtful) }
            activity = .slips(SlipSettling(slip: slip.sequence))
            return .stay()
        case .command(.produce), .code(.villager):
            return beginProduce(input, desk)
        case .command(.order), .code(.article):
            return beginOrder(input, desk)
        case .command(.refund), .code(.orderSlip), .code(.shortSlip), .code(.foreignSlip):
            return beginRefund(input, desk)
        case .command(.undo):
            if let refusal = refusalOfNewTrade() { return .refuse(refusal) }
            guard let purchase = books.lastPurchase else { return .refuse(.nothingToUndo) }
            activity = .undo(PurchaseUndo(purchase))
            return .stay()
        case .code, .command, .number, .pin, .reason:
            return .refuse(.notExpected)
        }
    }

    private func refusalOfNewTrade(needsDay: Bool = true) -> Refusal? {
        if isForked { return .forked }
        if let diskTrouble { return diskTrouble }
        if books.facts.priceList == nil || books.facts.articleList == nil { return .listMissing }
        if needsDay, books.day == nil { return .dayNotOpen }
        return nil
    }

    private mutating func beginProduce(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        if let refusal = refusalOfNewTrade() { return .refuse(refusal) }
        activity = .produce(ProduceSale())
        if case .command = input { return .stay() }
        return go(on: input, desk)
    }

    private mutating func beginOrder(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        if let refusal = refusalOfNewTrade() { return .refuse(refusal) }
        activity = .order(OrderSale())
        if case .command = input { return .stay() }
        return go(on: input, desk)
    }

    private mutating func beginRefund(_ input: CounterInput, _ desk: Desk) -> TradeStep {
        if let record = input.order {
            if books.ledger[.refundOwed(record.name)] == 0 {
                let order = books.orders[record.name] ?? record
                return .stay(
                    .orderStands(number: order.name.sequence, order.state, owed: .zero))
            }
        }
        if let refusal = refusalOfNewTrade() { return .refuse(refusal) }
        var refund = RefundPayment()
        if case .command = input {
            activity = .refund(refund)
            return .stay()
        }
        let step = refund.handle(input, desk)
        if case .refuse = step { return step }
        activity = .refund(refund)
        return step
    }

    mutating func go(on input: CounterInput, _ desk: Desk) -> TradeStep {
        switch activity {
        case .slips(let settling):
            return settling.handle(input, desk)
        case _ where isForked:
            return .refuse(.forked)
        case .idle, .signingIn:
            return .refuse(.notExpected)
        case .produce(var sale):
            let step = sale.handle(input, desk)
            activity = .produce(sale)
            return step
        case .order(var sale):
            let step = sale.handle(input, desk)
            activity = .order(sale)
            return step
        case .refund(var refund):
            let step = refund.handle(input, desk)
            activity = .refund(refund)
            return step
        case .day(var count):
            let step = count.handle(input, desk)
            activity = .day(count)
            return step
        case .undo(var undo):
            let step = undo.handle(input, desk)
            activity = .undo(undo)
            return step
        }
    }

    /// What time alone does to the trade that is going on.
    mutating func waited(at moment: Moment) -> TradeStep? {
        let desk = desk(signedIn.map(Actor.of) ?? .station, moment)
        switch activity {
        case .produce(var sale):
            let step = sale.wait(desk)
            activity = .produce(sale)
            return step
        case .order(var sale):
            let step = sale.wait(desk)
            activity = .order(sale)
            return step
        case .refund(var refund):
            let step = refund.wait(desk)
            activity = .refund(refund)
            return step
        case .idle, .signingIn, .day, .undo, .slips:
            return nil
        }
    }
}
