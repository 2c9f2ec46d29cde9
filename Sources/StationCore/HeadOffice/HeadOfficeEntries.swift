extension EntryKind {
    public static let floatToppedUp = EntryKind(rawValue: "float.toppedUp")
    public static let floatStated = EntryKind(rawValue: "float.stated")
    public static let limitSet = EntryKind(rawValue: "float.limitSet")
    public static let pricesAdopted = EntryKind(rawValue: "list.pricesAdopted")
    public static let articlesAdopted = EntryKind(rawValue: "list.articlesAdopted")
}

/// The operator's balance with head office grew.
public struct FloatToppedUp: EntryContent {
    public static let kind = EntryKind.floatToppedUp
    public let amount: Fen
    /// The top-up's own identity, under which it is booked once.
    public let decision: String

    public init(amount: Fen, decision: String) {
        self.amount = amount
        self.decision = decision
    }
}

/// Head office says what the balance is there; nothing is posted, the difference is shown.
public struct FloatStated: EntryContent {
    public static let kind = EntryKind.floatStated
    public let balance: Fen

    public init(balance: Fen) { self.balance = balance }
}

/// How far the operator's exposure may go.
public struct LimitSet: EntryContent {
    public static let kind = EntryKind.limitSet
    public let exposure: Fen

    public init(exposure: Fen) { self.exposure = exposure }
}

/// A price list is in force from now on.
public struct PricesAdopted: EntryContent {
    public static let kind = EntryKind.pricesAdopted
    public let list: Int
    /// Milliseconds of UTC since 1970.
    public let validFrom: Int
    public let digest: String

    public init(list: Int, validFrom: Int, digest: String) {
        self.list = list
        self.validFrom = validFrom
        self.digest = digest
    }
}

public struct ArticlesAdopted: EntryContent {
    public static let kind = EntryKind.articlesAdopted
    public let list: Int
    public let validFrom: Int
    public let digest: String

    public init(list: Int, validFrom: Int, digest: String) {
        self.list = list
        self.validFrom = validFrom
        self.digest = digest
    }
}
