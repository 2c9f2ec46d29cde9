/// Which way a trade's cash went.
public enum CashMoved: Hashable, Sendable {
    case paidOut(Fen)
    case takenIn(Fen)

    public var amount: Fen {
        switch self {
        case .paidOut(let cash), .takenIn(let cash): cash
        }
    }
}

extension Entry {
    /// The cash that a trade of the counter moved, zero where none of it did; nil for entries that
    /// are no such trade: head office's decisions move none, and a count only looks.
    ///
    /// - Throws: Where the body is not what its kind says.
    public var cashMoved: CashMoved? {
        get throws {
            if let bought = try content(ProduceBought.self) { return .paidOut(bought.cash) }
            if let order = try content(OrderPaid.self) { return .takenIn(order.cash) }
            if let refund = try content(RefundPaid.self) { return .paidOut(refund.cash) }
            return try content(ProduceReversed.self).map {
                .takenIn($0.handedBack ? $0.cash : .zero)
            }
        }
    }
}
