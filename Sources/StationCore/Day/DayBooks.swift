/// The open day. Its row is written with every trade, so that the sums stand in it without their
/// names.
public struct DayRecord: Hashable, Codable, Sendable {
    /// Sequence of its `day.opened`.
    public let opened: Int
    public var totals = DayTotals()

    public init(opened: Int) { self.opened = opened }

    public init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        opened = try row.decode(Int.self)
        totals.produceBought = try row.decode(Int.self)
        totals.produceCash = Fen(try row.decode(Int.self))
        totals.produceReversed = try row.decode(Int.self)
        totals.cashHandedBack = Fen(try row.decode(Int.self))
        totals.ordersPaid = try row.decode(Int.self)
        totals.ordersCash = Fen(try row.decode(Int.self))
        totals.refundsPaid = try row.decode(Int.self)
        totals.refundsCash = Fen(try row.decode(Int.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var row = encoder.unkeyedContainer()
        for number in [
            opened, totals.produceBought, totals.produceCash.count, totals.produceReversed,
            totals.cashHandedBack.count, totals.ordersPaid, totals.ordersCash.count,
            totals.refundsPaid, totals.refundsCash.count,
        ] { try row.encode(number) }
    }

    func record(isOpen: Bool) -> BookRecord {
        BookRecord(.day, key: String(opened), isOpen: isOpen, self)
    }
}

extension Books {
    mutating func applyDay(_ entry: Entry) throws -> [BookRecord] {
        if let opened = try entry.content(DayOpened.self) {
            return try open(opened, entry)
        }
        guard let closed = try entry.content(DayClosed.self) else { return [] }
        try entry.checkCash(closed.counted - closed.expected)
        guard let closing = day else {
            throw BooksError.state(entry.kind, "no day is open")
        }
        day = nil
        return [closing.record(isOpen: false)]
    }

    private mutating func open(_ opened: DayOpened, _ entry: Entry) throws -> [BookRecord] {
        guard day == nil else { throw BooksError.state(entry.kind, "a day is open already") }
        try entry.checkCash(opened.counted - opened.expected)
        let opening = DayRecord(opened: entry.sequence)
        day = opening
        var records = [opening.record(isOpen: true)]
        if facts.firstDay == nil {
            facts.firstDay = entry.sequence
            records.append(facts.record())
        }
        return records
    }

    /// Adds to the open day's totals; head office's messages may come while no day is open.
    mutating func addToDay(_ change: (inout DayTotals) -> Void) -> [BookRecord] {
        guard var current = day else { return [] }
        change(&current.totals)
        day = current
        return [current.record(isOpen: true)]
    }
}
