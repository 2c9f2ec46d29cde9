/// Where a slip stands.
public enum SlipState: String, CaseIterable, Codable, Sendable {
    case owed, doubtful, printed
    /// Its entry was reversed before it came out: the correction slip says all.
    case replaced
}

public enum SlipEvent: CaseIterable, Sendable {
    /// Sent and confirmed.
    case printed
    /// Lost or timed out with some byte sent, or the power was cut while it may have printed.
    case lost
    /// The operator looked at a doubtful slip.
    case cameOut, didNotComeOut
    /// Its entry was reversed.
    case entryReversed
}

extension SlipState {
    /// Something is still to come of it.
    var isOpen: Bool { self == .owed || self == .doubtful }

    /// The table of a slip's life; nil for what is not legal.
    public func next(_ event: SlipEvent) -> SlipState? {
        switch (self, event) {
        case (.owed, .printed): .printed
        case (.owed, .lost): .doubtful
        case (.owed, .entryReversed): .replaced
        case (.doubtful, .cameOut): .printed
        case (.doubtful, .didNotComeOut): .owed
        case (.doubtful, .entryReversed): .replaced
        case (.printed, .entryReversed): .printed
        case (.owed, _), (.doubtful, _), (.printed, _), (.replaced, _): nil
        }
    }
}

/// A slip that an entry owes.
public struct SlipRecord: Hashable, Codable, Sendable {
    /// Sequence of its entry: the slip's number.
    public let sequence: Int
    /// Kind of its entry.
    public let kind: String
    public var state: SlipState

    public init(sequence: Int, kind: String, state: SlipState) {
        self.sequence = sequence
        self.kind = kind
        self.state = state
    }

    func record() -> BookRecord {
        BookRecord(.slip, key: String(sequence), isOpen: state.isOpen, self)
    }
}

extension EntryKind {
    /// The kinds that owe a slip, one each.
    private static let owingSlips: Set<EntryKind> = [
        .produceBought, .produceReversed, .orderPaid, .orderBought, .orderRejected, .refundPaid,
        .dayClosed,
    ]

    public var owesSlip: Bool { EntryKind.owingSlips.contains(self) }
}

extension Books {
    /// Owed slips, oldest first: the printer's queue.
    public var owedSlips: [SlipRecord] {
        slips.values.filter { $0.state == .owed }.sorted { $0.sequence < $1.sequence }
    }

    public var doubtfulSlips: [SlipRecord] {
        slips.values.filter { $0.state == .doubtful }.sorted { $0.sequence < $1.sequence }
    }

    mutating func applySlips(_ entry: Entry) throws -> [BookRecord] {
        if entry.kind.owesSlip {
            let slip = SlipRecord(
                sequence: entry.sequence, kind: entry.kind.rawValue, state: .owed)
            slips[slip.sequence] = slip
            var records = [slip.record()]
            if let reversed = try entry.content(ProduceReversed.self),
                reversed.slipReplaced, slips[reversed.reverses] != nil
            {
                records.append(try step(reversed.reverses, .entryReversed, entry))
            }
            return records
        }
        if let printed = try entry.content(SlipPrinted.self) {
            return [try step(printed.slip, .printed, entry), printedLast(printed.slip)]
        }
        if let doubtful = try entry.content(SlipDoubtful.self) {
            return [try step(doubtful.slip, .lost, entry)]
        }
        if let settled = try entry.content(SlipSettled.self) {
            let slip = try step(
                settled.slip, settled.cameOut ? .cameOut : .didNotComeOut, entry)
            guard settled.cameOut else { return [slip] }
            return [slip, printedLast(settled.slip)]
        }
        return []
    }

    private mutating func printedLast(_ sequence: Int) -> BookRecord {
        lastPrintedSlip = sequence
        return BookRecord(.lastPrintedSlip, key: "", isOpen: true, value: .integer(sequence))
    }

    private mutating func step(
        _ sequence: Int, _ event: SlipEvent, _ entry: Entry
    ) throws -> BookRecord {
        guard var slip = slips[sequence], let state = slip.state.next(event) else {
            throw BooksError.state(entry.kind, "slip \(sequence) is not owed")
        }
        slip.state = state
        slips[sequence] = state.isOpen ? slip : nil
        return slip.record()
    }
}

/// What stands on a slip large enough to be compared: the operator reads it to the box.
public struct PrintedSlip: Hashable, Sendable {
    public let number: Int
    /// In double size.
    public let amount: Fen
    /// Milliseconds of UTC since 1970.
    public let time: Int
    public let clock: ClockQuality

    public init(number: Int, amount: Fen, time: Int, clock: ClockQuality) {
        self.number = number
        self.amount = amount
        self.time = time
        self.clock = clock
    }
}
