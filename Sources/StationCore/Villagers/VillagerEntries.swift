extension EntryKind {
    public static let villagerRegistered = EntryKind(rawValue: "villager.registered")
    public static let cardIssued = EntryKind(rawValue: "villager.cardIssued")
}

/// A new villager, with the first card; the card's digits stand in local state, hashed.
public struct VillagerRegistered: EntryContent {
    public static let kind = EntryKind.villagerRegistered
    public let villager: VillagerNumber

    public init(villager: VillagerNumber) { self.villager = villager }
}

/// A further card for a villager: a card is not the villager.
public struct CardIssued: EntryContent {
    public static let kind = EntryKind.cardIssued
    public let villager: VillagerNumber

    public init(villager: VillagerNumber) { self.villager = villager }
}
