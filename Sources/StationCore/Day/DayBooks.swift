/// The open day.
public struct DayRecord: Hashable, Codable, Sendable {
    /// Sequence of its `day.opened`.
    public let opened: Int
    public var totals = DayTotals()

    public init(opened: Int) { self.opened = opened }

    func record(isOpen: Bool) throws -> BookRecord {
        try BookRecord(.day, key: String(opened), isOpen: isOpen, self)
    }
}

extension Books {
    mutating func applyDay(_ entry: Entry) throws -> [BookRecord] {
        if let opened = try entry.content(DayOpened.self) {
            return try open(opened, entry)
        }
        guard try entry.content(DayClosed.self) != nil else { return [] }
        guard let closing = day else {
            throw BooksError.state(entry.kind, "no day is open")
        }
        day = nil
        return [try closing.record(isOpen: false)]
    }

    private mutating func open(_ opened: DayOpened, _ entry: Entry) throws -> [BookRecord] {
        guard day == nil else { throw BooksError.state(entry.kind, "a day is open already") }
        let opening = DayRecord(opened: entry.sequence)
        day = opening
        var records = [try opening.record(isOpen: true)]
        if facts.firstDay == nil {
            facts.firstDay = entry.sequence
            records.append(try facts.record())
        }
        records += try closePurchases()
        return records
    }

    /// Adds to the open day's totals; head office's messages may come while no day is open.
    mutating func addToDay(_ change: (inout DayTotals) -> Void) throws -> [BookRecord] {
        guard var current = day else { return [] }
        change(&current.totals)
        day = current
        return [try current.record(isOpen: true)]
    }
}
