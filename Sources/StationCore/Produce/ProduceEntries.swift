extension EntryKind {
    public static let produceBought = EntryKind(rawValue: "produce.bought")
    public static let produceReversed = EntryKind(rawValue: "produce.reversed")
}

/// A villager sold produce.
public struct ProduceBought: EntryContent {
    public static let kind = EntryKind.produceBought
    public let language: Language
    /// Missing for an anonymous seller.
    public let seller: VillagerNumber?
    public let produce: ProduceCode
    /// In `language`, as printed.
    public let name: String
    public let gross: Grams
    public let tare: Grams
    public let net: Grams
    public let price: FenPerKilogram
    /// Version of the price list.
    public let list: Int
    public let amount: Fen
    /// What left the drawer: the amount rounded to the cash step.
    public let cash: Fen
    /// Missing for a weight that was entered by hand.
    public let evidence: WeighingEvidence?
    /// Number of the reversed entry that this one puts right.
    public let replaces: Int?

    public init(
        language: Language, seller: VillagerNumber?, produce: ProduceCode, name: String,
        gross: Grams, tare: Grams, price: FenPerKilogram, list: Int, amount: Fen, cash: Fen,
        evidence: WeighingEvidence?, replaces: Int?
    ) {
        self.language = language
        self.seller = seller
        self.produce = produce
        self.name = name
        self.gross = gross
        self.tare = tare
        net = gross - tare
        self.price = price
        self.list = list
        self.amount = amount
        self.cash = cash
        self.evidence = evidence
        self.replaces = replaces
    }
}

/// What proves a weight: the scale's own report and how it became a sale weight.
public struct WeighingEvidence: Codable, Hashable, Sendable {
    /// The report's bytes, hexadecimal.
    public let frame: String
    /// Status of the report.
    public let status: String
    /// As shown by the scale, with its unit: `1.250 kg`.
    public let shown: String
    /// Name of the scale's catalog row and the socket it is plugged into.
    public let scale: String
    public let division: String
    /// Milliseconds from the first report of this weight until it was taken.
    public let settled: Int

    public init(
        frame: String, status: String, shown: String, scale: String, division: String,
        settled: Int
    ) {
        self.frame = frame
        self.status = status
        self.shown = shown
        self.scale = scale
        self.division = division
        self.settled = settled
    }
}

/// The postings of a `produce.bought`, negated. Its slip is the correction slip.
public struct ProduceReversed: EntryContent {
    public static let kind = EntryKind.produceReversed
    public let language: Language
    public let reverses: Int
    public let reason: ReversalReason
    public let produce: ProduceCode
    public let name: String
    public let net: Grams
    public let amount: Fen
    /// The cash that the reversed entry paid out.
    public let cash: Fen
    /// Whether the cash came back; else it stands in `receivable.villager`.
    public let handedBack: Bool
    /// The reversed entry's slip, where it is still owed or doubtful, will not print any more;
    /// false while it is on its way through the printer.
    public let slipReplaced: Bool

    public init(
        language: Language, reverses: Int, reason: ReversalReason, produce: ProduceCode,
        name: String, net: Grams, amount: Fen, cash: Fen, handedBack: Bool, slipReplaced: Bool
    ) {
        self.language = language
        self.reverses = reverses
        self.reason = reason
        self.produce = produce
        self.name = name
        self.net = net
        self.amount = amount
        self.cash = cash
        self.handedBack = handedBack
        self.slipReplaced = slipReplaced
    }
}

/// The fixed list of reasons for a reversal.
public enum ReversalReason: String, CaseIterable, Codable, Sendable {
    case wrongProduce, wrongWeight, wrongSeller, wrongPayment, changedMind
}
