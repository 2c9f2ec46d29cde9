extension EntryKind {
    /// Every kind of entry that this release reads, with the newest version of its body. One that is
    /// forgotten here cannot be booked.
    public static let known = Dictionary(
        uniqueKeysWithValues: contents.map { ($0.kind, $0.version) })

    public func isKnown(version: Int) -> Bool {
        version >= 1 && version <= EntryKind.known[self, default: 0]
    }

    private static let contents: [any EntryContent.Type] = [
        StationEnrolled.self, StationStarted.self, StationConfigured.self, StationMoved.self,
        ClockCorrected.self, MessageRefused.self,
        SlipPrinted.self, SlipDoubtful.self, SlipSettled.self,
        DayOpened.self, DayClosed.self,
        OperatorSignedIn.self, OperatorSignedOut.self, BadgeIssued.self,
        VillagerRegistered.self, CardIssued.self,
        FloatToppedUp.self, FloatStated.self, LimitSet.self,
        PricesAdopted.self, ArticlesAdopted.self,
        ProduceBought.self, ProduceReversed.self,
        OrderPaid.self, OrderBought.self, OrderRejected.self, RefundPaid.self,
    ]
}
