extension EntryKind {
    public static let dayOpened = EntryKind(rawValue: "day.opened")
    public static let dayClosed = EntryKind(rawValue: "day.closed")
}

/// The drawer was counted and the day begins. What was counted beyond the ledger is posted:
/// against `equity.operator` the very first time, else against `cash.difference`.
public struct DayOpened: EntryContent {
    public static let kind = EntryKind.dayOpened
    public let counted: Fen
    /// The drawer by the ledger before this entry.
    public let expected: Fen
    /// Whether it is the first day of the station.
    public let first: Bool

    public init(counted: Fen, expected: Fen, first: Bool) {
        self.counted = counted
        self.expected = expected
        self.first = first
    }
}

public struct DayClosed: EntryContent {
    public static let kind = EntryKind.dayClosed
    public let language: Language
    /// Sequence of the `day.opened`.
    public let opened: Int
    public let counted: Fen
    public let expected: Fen
    public let exposure: Fen
    public let float: Fen
    /// Slips that are owed at this moment, this entry's own not among them.
    public let slipsOwed: Int
    /// For orders, to be paid out in cash.
    public let refundsOwed: Fen
    /// Cash of undone purchases that was not handed back yet.
    public let owedByVillagers: Fen
    public let totals: DayTotals

    public init(
        language: Language, opened: Int, counted: Fen, expected: Fen, exposure: Fen, float: Fen,
        slipsOwed: Int, refundsOwed: Fen, owedByVillagers: Fen, totals: DayTotals
    ) {
        self.language = language
        self.opened = opened
        self.counted = counted
        self.expected = expected
        self.exposure = exposure
        self.float = float
        self.slipsOwed = slipsOwed
        self.refundsOwed = refundsOwed
        self.owedByVillagers = owedByVillagers
        self.totals = totals
    }
}

/// What the day's slip sums up.
public struct DayTotals: Hashable, Codable, Sendable {
    public var produceBought = 0
    public var produceCash = Fen.zero
    /// Purchases undone, which may be of the day before.
    public var produceReversed = 0
    public var cashHandedBack = Fen.zero
    public var ordersPaid = 0
    public var ordersCash = Fen.zero
    public var refundsPaid = 0
    public var refundsCash = Fen.zero

    public init() {}
}
