/// A purchase that can still be reversed, or that a second one may turn out to repeat.
public struct PurchaseRecord: Hashable, Codable, Sendable {
    public let sequence: Int
    /// Stamp of the entry.
    public let time: Int
    public let bought: ProduceBought
    public var isReversed = false

    public init(sequence: Int, time: Int, bought: ProduceBought) {
        self.sequence = sequence
        self.time = time
        self.bought = bought
    }

    func record(isOpen: Bool) throws -> BookRecord {
        try BookRecord(.purchase, key: String(sequence), isOpen: isOpen, self)
    }
}

extension Books {
    /// The last purchase that stands.
    public var lastPurchase: PurchaseRecord? {
        purchases.values.filter { !$0.isReversed }.max { $0.sequence < $1.sequence }
    }

    mutating func applyProduce(_ entry: Entry) throws -> [BookRecord] {
        if let bought = try entry.content(ProduceBought.self) {
            let purchase = PurchaseRecord(
                sequence: entry.sequence, time: entry.moment.time, bought: bought)
            purchases[entry.sequence] = purchase
            return try [purchase.record(isOpen: true)]
                + addToDay {
                    $0.produceBought += 1
                    $0.produceCash = $0.produceCash + bought.cash
                }
        }
        guard let reversed = try entry.content(ProduceReversed.self) else { return [] }
        guard var purchase = purchases[reversed.reverses], !purchase.isReversed else {
            throw BooksError.state(entry.kind, "No. \(reversed.reverses) does not stand")
        }
        purchase.isReversed = true
        purchases[reversed.reverses] = purchase
        return try [purchase.record(isOpen: true)]
            + addToDay {
                $0.produceReversed += 1
                if reversed.handedBack { $0.cashHandedBack = $0.cashHandedBack + reversed.cash }
            }
    }

    /// A new day: only the last purchase that stands can still be undone.
    mutating func closePurchases() throws -> [BookRecord] {
        let kept = lastPurchase?.sequence
        var records: [BookRecord] = []
        for purchase in purchases.values.sorted(by: { $0.sequence < $1.sequence })
        where purchase.sequence != kept {
            records.append(try purchase.record(isOpen: false))
            purchases[purchase.sequence] = nil
        }
        return records
    }
}
