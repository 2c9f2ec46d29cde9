extension EntryKind {
    public static let signedIn = EntryKind(rawValue: "operator.signedIn")
    public static let signedOut = EntryKind(rawValue: "operator.signedOut")
    public static let badgeIssued = EntryKind(rawValue: "operator.badgeIssued")
}

/// Who signed in stands in the head.
public struct OperatorSignedIn: EntryContent {
    public static let kind = EntryKind.signedIn
    public init() {}
}

public struct OperatorSignedOut: EntryContent {
    public static let kind = EntryKind.signedOut
    public let `operator`: Int
    /// True after ten idle minutes; the entry is then the station's own.
    public let automatic: Bool

    public init(operator number: OperatorNumber, automatic: Bool) {
        self.operator = number.value
        self.automatic = automatic
    }
}

/// The badge's digits stand in local state, hashed.
public struct BadgeIssued: EntryContent {
    public static let kind = EntryKind.badgeIssued
    public let `operator`: Int

    public init(operator number: OperatorNumber) { self.operator = number.value }
}
