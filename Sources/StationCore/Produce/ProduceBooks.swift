/// A purchase that can still be reversed, or that a second one may turn out to repeat. Its row
/// names the entry and no more.
public struct PurchaseRecord: Hashable, Sendable {
    public let sequence: Int
    /// Stamp of the entry.
    public let time: Int
    public let bought: ProduceBought

    /// Nil for an entry of another kind.
    init?(_ entry: Entry) throws {
        guard let bought = try entry.content(ProduceBought.self) else { return nil }
        sequence = entry.sequence
        time = entry.moment.time
        self.bought = bought
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
        return [purchase.record(isOpen: false)]
            + addToDay {
                $0.produceReversed += 1
                if reversed.handedBack { $0.cashHandedBack = $0.cashHandedBack + reversed.cash }
            }
    }

    /// A new day: only the last purchase that stands can still be undone.
    mutating func closePurchases() -> [BookRecord] {
        let kept = lastPurchase?.sequence
        var records: [BookRecord] = []
        for purchase in purchases.values.sorted(by: { $0.sequence < $1.sequence })
        where purchase.sequence != kept {
            records.append(purchase.record(isOpen: false))
            purchases[purchase.sequence] = nil
        }
        return records
    }
}
