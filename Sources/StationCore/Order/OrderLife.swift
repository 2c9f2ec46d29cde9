/// Where an order stands.
public enum OrderState: String, CaseIterable, Codable, Sendable {
    case paid, repriced, bought, shipped, arrived, handedOver, ended
}

/// What can happen to an order after `paid`, in the words of its entries.
public enum OrderStep: Hashable, Sendable {
    case bought
    case repriced
    /// Some lines, or all that were left.
    case soldOut(all: Bool)
    case rejected
    case cancelRequested
    case toppedUp
    case declined
    case shipped
    case arrived
    case handedOver
    case refundGranted(all: Bool)
    case refundPaid
}

extension OrderState {
    /// The table of an order's life; nil for what is not legal in this state. That a refund needs
    /// something owed, and that head office buys for at most what is prepaid, the ledger holds.
    public func next(_ step: OrderStep) -> OrderState? {
        if step == .refundPaid { return self }
        switch (self, step) {
        case (.paid, .bought): return .bought
        case (.paid, .repriced): return .repriced
        case (.paid, .soldOut(all: false)): return .paid
        case (.paid, .soldOut(all: true)): return .ended
        case (.paid, .rejected): return .ended
        case (.paid, .cancelRequested): return .paid
        case (.repriced, .toppedUp): return .paid
        case (.repriced, .declined), (.repriced, .rejected): return .ended
        case (.bought, .shipped): return .shipped
        case (.shipped, .arrived): return .arrived
        case (.arrived, .handedOver): return .handedOver
        case (.bought, .refundGranted(let all)), (.shipped, .refundGranted(let all)),
            (.arrived, .refundGranted(let all)):
            return all ? .ended : self
        case (.handedOver, .refundGranted): return .handedOver
        case (.paid, _), (.repriced, _), (.bought, _), (.shipped, _), (.arrived, _),
            (.handedOver, _), (.ended, _):
            return nil
        }
    }

    /// Head office has not decided yet, or its new price is not answered.
    public var isUndecided: Bool { self == .paid || self == .repriced }

    /// Nothing more is expected of the order itself; a refund may still be owed.
    public var isOver: Bool { self == .handedOver || self == .ended }
}
