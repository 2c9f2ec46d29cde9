internal import StationCore
internal import Texts

extension ProduceBought: SlipContent {
    var title: SlipTitle { .produceBought }
    var advice: [any Text] { [] }
    var sum: Fen { cash }

    func write(to writer: inout PaperWriter) {
        if let replaces { writer.line(ProduceSlipText.replaces(replaces)) }
        writer.name(name)
        writer.pair(ProduceSlipText.net, writer.text(net))
        writer.line(ProduceSlipText.grossAndTare(gross: Kilograms(gross), tare: Kilograms(tare)))
        if evidence == nil { writer.line(ProduceSlipText.weightByHand, style: .bold) }
        writer.pair(ProduceSlipText.pricePerKilogram, price.figures)
        writer.rounded(ProduceSlipText.amount, amount, cash: cash)
        writer.amount(SlipText.paidInCash, sum)
    }
}

/// The correction slip is given to the person: what does not count any more, and what was handed
/// back.
extension ProduceReversed: SlipContent {
    var title: SlipTitle { .correction }
    var advice: [any Text] { [] }
    var sum: Fen { cash }

    func write(to writer: inout PaperWriter) {
        writer.line(ProduceSlipText.cancelled(reverses), style: .bold)
        writer.line(reason)
        writer.name(name)
        writer.pair(ProduceSlipText.net, writer.text(net))
        writer.rounded(ProduceSlipText.amount, amount, cash: cash)
        writer.amount(
            handedBack ? ProduceSlipText.handedBack : ProduceSlipText.stillToHandBack, sum)
    }
}

extension OrderPaid: SlipContent {
    var title: SlipTitle { .orderPaid }
    var advice: [any Text] { [OrderSlipText.whatHappensNext] }
    var sum: Fen { cash }

    func write(to writer: inout PaperWriter) {
        writer.line(OrderSlipText.notYetBought, style: .bold)
        for line in lines { writer.order(line) }
        writer.rule()
        writer.rounded(SlipText.total, total, cash: cash)
        writer.pair(OrderSlipText.tendered, tendered.figures)
        writer.pair(OrderSlipText.change, change.figures)
        writer.amount(OrderSlipText.received, sum)
    }
}

extension OrderBought: SlipContent {
    var title: SlipTitle { .orderBought }
    var advice: [any Text] {
        [OrderSlipText.goodsWillCome] + (refund == .zero ? [] : [OrderSlipText.fetchRefund])
    }
    var sum: Fen { refund == .zero ? cost : refund }

    func write(to writer: inout PaperWriter) {
        writer.line(OrderSlipText.ofOrder(order.sequence), style: .bold)
        for line in lines { writer.order(line) }
        writer.rule()
        writer.pair(SlipText.total, total.figures)
        if refund == .zero {
            writer.amount(OrderSlipText.boughtFor, sum)
        } else {
            writer.pair(OrderSlipText.boughtFor, cost.figures)
            writer.amount(OrderSlipText.refundForYou, sum)
        }
    }
}

extension OrderRejected: SlipContent {
    var title: SlipTitle { .orderRejected }
    var advice: [any Text] { [OrderSlipText.fetchRefund] }
    var sum: Fen { refund }

    func write(to writer: inout PaperWriter) {
        writer.line(OrderSlipText.ofOrder(order.sequence), style: .bold)
        for line in lines { writer.order(line) }
        writer.rule()
        writer.amount(OrderSlipText.refundForYou, sum)
    }
}

extension RefundPaid: SlipContent {
    var title: SlipTitle { .refundPaid }
    var advice: [any Text] { [] }
    var sum: Fen { cash }

    func write(to writer: inout PaperWriter) {
        writer.line(OrderSlipText.ofOrder(order.sequence), style: .bold)
        switch proof.first {
        case .slip, .slipShort: writer.line(OrderSlipText.againstSlip)
        case .lostSlip: writer.line(OrderSlipText.withoutSlip)
        }
        writer.rounded(ProduceSlipText.amount, amount, cash: cash)
        writer.amount(SlipText.paidInCash, sum)
    }
}

extension DayClosed: SlipContent {
    var title: SlipTitle { .dayClosed }
    var advice: [any Text] { [] }
    var sum: Fen { counted - expected }

    func write(to writer: inout PaperWriter) {
        writer.line(DaySlipText.openedAs(opened))
        writer.pair(DaySlipText.produce(totals.produceBought), (-totals.produceCash).figures)
        if totals.produceReversed > 0 {
            writer.pair(
                DaySlipText.undone(totals.produceReversed), totals.cashHandedBack.figures)
        }
        writer.pair(DaySlipText.orders(totals.ordersPaid), totals.ordersCash.figures)
        writer.pair(DaySlipText.refunds(totals.refundsPaid), (-totals.refundsCash).figures)
        writer.rule()
        writer.pair(DaySlipText.ledger, expected.figures)
        writer.pair(DaySlipText.counted, counted.figures)
        writer.amount(DaySlipText.difference, sum)
        writer.rule()
        writer.pair(DaySlipText.exposure, exposure.figures)
        writer.pair(DaySlipText.float, float.figures)
        writer.pair(DaySlipText.refundsOwed, refundsOwed.figures)
        if owedByVillagers != .zero {
            writer.pair(DaySlipText.owedByVillagers, owedByVillagers.figures)
        }
        writer.pair(DaySlipText.slipsOwed, String(slipsOwed))
    }
}
