/// A purchase that can still be reversed, or that a second one may turn out to repeat. Its row
/// names the entry and no more.
public struct PurchaseRecord: Hashable, Sendable {
    public let sequence: Int
    let moment: Moment
    let boot: String
    let postings: Postings
    public let bought: ProduceBought

    /// Nil for an entry of another kind.
    init?(_ entry: Entry) throws {
        guard let bought = try entry.content(ProduceBought.self) else { return nil }
        sequence = entry.sequence
        moment = entry.moment
        boot = entry.boot
        postings = entry.postings
        self.bought = bought
    }

    /// Milliseconds since it was booked: exact within one boot, whatever becomes of the clock.
    func age(at now: Moment, inBoot boot: String?) -> Int {
        boot == self.boot ? now.monotonic - moment.monotonic : now.time - moment.time
    }

    func record(isOpen: Bool) -> BookRecord {
        BookRecord(.purchase, key: String(sequence), isOpen: isOpen, value: .empty)
    }
}

extension Books {
    /// As many as a counter takes in ten minutes, within which a purchase may be a repetition, and
    /// far more than are ever undone one after the other.
    static let purchaseCountMax = 32

    /// The last purchase that stands.
    public var lastPurchase: PurchaseRecord? {
        purchases.values.max { $0.sequence < $1.sequence }
    }

    mutating func applyProduce(_ entry: Entry) throws -> [BookRecord] {
        if let purchase = try PurchaseRecord(entry) {
            try entry.checkCash(-purchase.bought.cash)
            purchases[purchase.sequence] = purchase
            var records = [purchase.record(isOpen: true)]
            if purchases.count > Books.purchaseCountMax,
                let oldest = purchases.values.min(by: { $0.sequence < $1.sequence })
            {
                purchases[oldest.sequence] = nil
                records.append(oldest.record(isOpen: false))
            }
            return records
                + addToDay {
                    $0.produceBought += 1
                    $0.produceCash = $0.produceCash + purchase.bought.cash
                }
        }
        guard let reversed = try entry.content(ProduceReversed.self) else { return [] }
        guard let purchase = purchases.removeValue(forKey: reversed.reverses) else {
            throw BooksError.state(entry.kind, "No. \(reversed.reverses) does not stand")
        }
        try entry.checkCash(reversed.handedBack ? reversed.cash : .zero)
        return [purchase.record(isOpen: false)]
            + addToDay {
                $0.produceReversed += 1
                if reversed.handedBack { $0.cashHandedBack = $0.cashHandedBack + reversed.cash }
            }
    }
}
