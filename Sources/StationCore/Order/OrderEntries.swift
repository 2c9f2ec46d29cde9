extension EntryKind {
    public static let orderPaid = EntryKind(rawValue: "order.paid")
    public static let orderBought = EntryKind(rawValue: "order.bought")
    public static let orderRejected = EntryKind(rawValue: "order.rejected")
    public static let refundPaid = EntryKind(rawValue: "order.refundPaid")
}

/// One line of an order.
public struct OrderLine: Codable, Hashable, Sendable {
    public let article: ArticleCode
    /// In the order's language, as printed.
    public let name: String
    public let quantity: Int
    /// Fen for one.
    public let price: Fen

    /// Fits, whoever made the line.
    public var amount: Fen { Fen(price.count * quantity) }

    public init(article: ArticleCode, name: String, quantity: Int, price: Fen) {
        self.article = article
        self.name = name
        self.quantity = quantity
        self.price = price
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        article = try members.decode(ArticleCode.self, forKey: .article)
        name = try members.decode(String.self, forKey: .name)
        quantity = try members.decode(Int.self, forKey: .quantity)
        price = try members.decode(Fen.self, forKey: .price)
        let (amount, overflow) = price.count.multipliedReportingOverflow(by: quantity)
        guard !overflow, amount.magnitude <= CanonicalValue.integerMax else {
            throw DecodingError.dataCorruptedError(
                forKey: .price, in: members, debugDescription: "the line's amount is too large")
        }
    }
}

/// Cash was taken; nothing is bought yet.
public struct OrderPaid: EntryContent {
    public static let kind = EntryKind.orderPaid
    public let language: Language
    public let villager: VillagerNumber?
    public let lines: [OrderLine]
    public let total: Fen
    /// The total rounded to the cash step: what came into the drawer.
    public let cash: Fen
    public let tendered: Fen
    public let change: Fen
    /// Version of the article list.
    public let list: Int

    public init(
        language: Language, villager: VillagerNumber?, lines: [OrderLine], total: Fen, cash: Fen,
        tendered: Fen, list: Int
    ) {
        self.language = language
        self.villager = villager
        self.lines = lines
        self.total = total
        self.cash = cash
        self.tendered = tendered
        change = tendered - cash
        self.list = list
    }
}

/// Head office bought the order, for at most what was prepaid; the rest is owed back.
public struct OrderBought: EntryContent {
    public static let kind = EntryKind.orderBought
    public let language: Language
    public let order: EntryName
    /// The decision's own identity, under which it is applied once.
    public let decision: String
    public let lines: [OrderLine]
    public let total: Fen
    public let cost: Fen
    /// What is owed back to the villager.
    public let refund: Fen

    public init(
        language: Language, order: EntryName, decision: String, lines: [OrderLine], total: Fen,
        cost: Fen
    ) {
        self.language = language
        self.order = order
        self.decision = decision
        self.lines = lines
        self.total = total
        self.cost = cost
        refund = total - cost
    }
}

/// Head office does not buy the order; all of it is owed back.
public struct OrderRejected: EntryContent {
    public static let kind = EntryKind.orderRejected
    public let language: Language
    public let order: EntryName
    public let decision: String
    public let lines: [OrderLine]
    public let refund: Fen

    public init(
        language: Language, order: EntryName, decision: String, lines: [OrderLine], refund: Fen
    ) {
        self.language = language
        self.order = order
        self.decision = decision
        self.lines = lines
        self.refund = refund
    }
}

/// What was owed for an order was paid out in cash, all of it.
public struct RefundPaid: EntryContent {
    public static let kind = EntryKind.refundPaid
    public let language: Language
    public let order: EntryName
    public let amount: Fen
    public let cash: Fen
    public let proof: RefundProof

    public init(language: Language, order: EntryName, amount: Fen, cash: Fen, proof: RefundProof) {
        self.language = language
        self.order = order
        self.amount = amount
        self.cash = cash
        self.proof = proof
    }
}

/// The two proofs that a refund was paid against.
public struct RefundProof: Codable, Hashable, Sendable {
    public let first: First
    public let second: Second

    public enum First: String, Codable, Sendable {
        /// The slip's QR code: station, epoch, sequence and mark agreed.
        case slip
        /// The slip's Code 128: half the mark agreed, and the operator compared date and amount.
        case slipShort
        /// The slip is lost; the order was found by date and amount.
        case lostSlip
    }

    public enum Second: String, Codable, Sendable {
        /// The operator knows the person.
        case person
        /// The villager's card was scanned.
        case card
    }

    public init(first: First, second: Second) {
        self.first = first
        self.second = second
    }
}
