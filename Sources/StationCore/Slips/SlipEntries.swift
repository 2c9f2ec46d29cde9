extension EntryKind {
    public static let slipPrinted = EntryKind(rawValue: "station.slipPrinted")
    public static let slipDoubtful = EntryKind(rawValue: "station.slipDoubtful")
    public static let slipSettled = EntryKind(rawValue: "station.slipSettled")
}

public struct SlipPrinted: EntryContent {
    public static let kind = EntryKind.slipPrinted
    /// Sequence of the entry whose slip it is.
    public let slip: Int
    public let confirmation: Confirmation

    public enum Confirmation: String, Codable, Sendable {
        /// The printer answered after printing.
        case answered
        /// The last byte was accepted by a model that cannot answer.
        case transport
    }

    public init(slip: Int, confirmation: Confirmation) {
        self.slip = slip
        self.confirmation = confirmation
    }
}

/// Some bytes of the slip went out and no more is known.
public struct SlipDoubtful: EntryContent {
    public static let kind = EntryKind.slipDoubtful
    public let slip: Int

    public init(slip: Int) { self.slip = slip }
}

/// The operator looked whether a doubtful slip came out.
public struct SlipSettled: EntryContent {
    public static let kind = EntryKind.slipSettled
    public let slip: Int
    public let cameOut: Bool

    public init(slip: Int, cameOut: Bool) {
        self.slip = slip
        self.cameOut = cameOut
    }
}
