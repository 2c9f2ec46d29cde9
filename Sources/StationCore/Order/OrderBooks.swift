/// An order as the counter and head office's decisions need it.
public struct OrderRecord: Hashable, Codable, Sendable {
    public let name: EntryName
    /// Stamp of its `order.paid`.
    public let time: Int
    public let clock: ClockQuality
    public let language: Language
    public let villager: VillagerNumber?
    public let lines: [OrderLine]
    public let total: Fen
    public let cash: Fen
    public var state: OrderState
    /// What is to be paid out; the balance of `refund.owed`.
    public var refundOwed = Fen.zero
    /// What its purchase took from the float.
    public var cost = Fen.zero

    init(_ entry: Entry, _ paid: OrderPaid) {
        name = entry.name
        time = entry.moment.time
        clock = entry.moment.quality
        language = paid.language
        villager = paid.villager
        lines = paid.lines
        total = paid.total
        cash = paid.cash
        state = .paid
    }

    /// An order stays in the books while head office has not decided or a refund is owed; another
    /// one is looked up when somebody asks for it.
    public var isOpen: Bool { state.isUndecided || refundOwed != .zero }

    /// What the slip of its `order.paid` says.
    public var slip: PrintedSlip {
        PrintedSlip(number: name.sequence, amount: total, time: time, clock: clock)
    }

    func record() -> BookRecord {
        BookRecord(.order, key: name.description, isOpen: isOpen, self)
    }
}

extension Books {
    mutating func applyOrder(_ entry: Entry) throws -> [BookRecord] {
        if let paid = try entry.content(OrderPaid.self) {
            try entry.checkCash(paid.cash)
            let order = OrderRecord(entry, paid)
            orders[order.name] = order
            return [order.record()]
                + addToDay {
                    $0.ordersPaid += 1
                    $0.ordersCash = $0.ordersCash + paid.cash
                }
        }
        if let bought = try entry.content(OrderBought.self) {
            let order = try step(bought.order, .bought, entry) { $0.cost = bought.cost }
            return [order, decision(bought.decision)]
        }
        if let rejected = try entry.content(OrderRejected.self) {
            return [try step(rejected.order, .rejected, entry), decision(rejected.decision)]
        }
        if let refund = try entry.content(RefundPaid.self) {
            try entry.checkCash(-refund.cash)
            return try [step(refund.order, .refundPaid, entry)]
                + addToDay {
                    $0.refundsPaid += 1
                    $0.refundsCash = $0.refundsCash + refund.cash
                }
        }
        return []
    }

    private mutating func step(
        _ name: EntryName, _ step: OrderStep, _ entry: Entry,
        _ change: (inout OrderRecord) -> Void = { _ in }
    ) throws -> BookRecord {
        guard var order = orders[name] else {
            throw BooksError.state(entry.kind, "no order \(name)")
        }
        guard let state = order.state.next(step) else {
            throw BooksError.state(entry.kind, "order \(name) is \(order.state.rawValue)")
        }
        order.state = state
        order.refundOwed = -ledger.money(.refundOwed(name))
        change(&order)
        orders[name] = order.isOpen ? order : nil
        return order.record()
    }

    func decision(_ identity: String) -> BookRecord {
        BookRecord(
            .decision, key: identity, isOpen: false, value: .empty, mayExist: false)
    }
}
