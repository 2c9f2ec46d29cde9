import Journal
import LocalServer
import Logging
import Ports
import Receipts
import StationCore

/// A code is recognised once: here it is looked up, and the counter is handed what it is.
extension StationState {
    func recognise(_ barcode: Barcode) -> Recognised {
        do throws(JournalError) {
            return try lookUp(barcode)
        } catch {
            logger.error("look-up failed", metadata: [LogKey.error: "\(error)"])
            return .unknown
        }
    }

    /// A number or text that was typed: our own codes and article numbers as if scanned; else a
    /// produce's or an article's own number, produce also without its leading zeros.
    func recognise(typed text: String) -> Recognised {
        recognise(Barcode(text: text))
    }

    private func lookUp(_ barcode: Barcode) throws(JournalError) -> Recognised {
        switch barcode {
        case .gtin(let gtin):
            for spelling in gtin.spellings {
                let found = try lookUp(number: spelling)
                if found != .unknown { return found }
            }
            return .unknown
        case .inStore(let code): return try lookUp(number: code.item.text)
        case .villagerCard(let digits):
            return try journal.reader.villager(card: digits.text).map { .villager($0) }
                ?? .unknown
        case .badge(let digits):
            guard let secret = try journal.reader.operatorSecret(badge: digits.text) else {
                return .unknown
            }
            return .badge(secret.number, pinIsSet: secret.verifier != nil)
        case .command(let number, let secret):
            guard secret.text == local.stationSecret else { return .foreignSheet }
            return Command(rawValue: number.number).map { .command($0) } ?? .unknown
        case .numberKey(let digit, let secret):
            guard secret.text == local.stationSecret else { return .foreignSheet }
            return .digit(digit.number)
        case .slip(let code):
            guard code.station.text == books.station?.text, code.epoch.number == books.epoch
            else { return .foreignSlip }
            return try slip(
                code.sequence.number, where: { $0 == code.mark },
                { order, _ in .orderSlip(order, .slip) })
        case .slipShort(let code):
            return try slip(
                code.sequence.number, where: { $0.firstHalf == code.halfMark },
                { (order, entry) throws(JournalError) in
                    .shortSlip(order, try Self.printed(entry))
                })
        case .unknown(let text, nil): return try lookUp(number: text)
        case .rackPlace, .parcelLabel, .runLine, .enrolment, .pairing, .unknown:
            return .unknown
        }
    }

    private func lookUp(number text: String) throws(JournalError) -> Recognised {
        let digits = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let padded =
            digits && text.count < 5
            ? String(repeating: "0", count: 5 - text.count) + text : text
        for key in [text, padded] {
            if let price = try journal.reader.item(of: ProducePrice.self, key: key) {
                return .produce(price)
            }
        }
        return try journal.reader.item(of: Article.self, key: text).map { .article($0) }
            ?? .unknown
    }

    private func slip(
        _ sequence: Int, where agrees: (Digits<8>) -> Bool,
        _ shown: (OrderRecord, Entry) throws(JournalError) -> Recognised
    ) throws(JournalError) -> Recognised {
        guard let stored = try journal.reader.entry(sequence),
            let mark = Digits<8>.mark(ofHash: stored.hash.bytes), agrees(mark)
        else { return .foreignSlip }
        guard let name = try order(of: stored.entry) else { return .otherSlip(sequence) }
        guard let order = try order(name) else { return .unknown }
        return try shown(order, stored.entry)
    }

    private static func printed(_ entry: Entry) throws(JournalError) -> PrintedSlip {
        do {
            return PrintedSlip(
                number: entry.sequence, amount: try Slip.sum(of: entry),
                time: entry.moment.time, clock: entry.moment.quality)
        } catch { throw .damaged("entry \(entry.sequence): \(error)") }
    }

    /// The order that an entry is about; nil for another trade's.
    private func order(of entry: Entry) throws(JournalError) -> EntryName? {
        do {
            return entry.kind == .orderPaid
                ? entry.name
                : try entry.content(OrderBought.self)?.order
                    ?? entry.content(OrderRejected.self)?.order
                    ?? entry.content(RefundPaid.self)?.order
        } catch { throw .damaged("entry \(entry.sequence): \(error)") }
    }

    /// An order, over or not.
    func order(_ name: EntryName) throws(JournalError) -> OrderRecord? {
        if let order = books.orders[name] { return order }
        guard let record = try journal.reader.record(.order, key: name.description) else {
            return nil
        }
        do { return try CanonicalCoding.decode(OrderRecord.self, from: try record.value()) } catch {
            throw .damaged("order \(name): \(error)")
        }
    }
}
