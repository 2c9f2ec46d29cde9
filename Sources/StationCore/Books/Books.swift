/// What the station knows from its journal, as far as decisions ask for it: every balance, the
/// open day, orders of which something is still expected, slips that are owed, the last purchases.
/// It does not grow with the years. A pure fold over the entries: the same function runs when an
/// entry is decided, when a journal is rebuilt and when it is verified.
public struct Books: Equatable, Sendable {
    /// Sequence of the last entry; 0 before entry 1.
    public private(set) var lastSequence = 0
    public private(set) var lastMoment: Moment?
    public private(set) var lastBoot: String?
    public private(set) var station: StationNumber?
    public private(set) var epoch = 0
    public private(set) var ledger = Ledger()
    /// Those that wait to be bought, or for which a refund is owed.
    public var orders: [EntryName: OrderRecord] = [:]
    /// Owed and doubtful slips by the sequence of their entry.
    public var slips: [Int: SlipRecord] = [:]
    /// Sequence of the entry whose slip was printed last: the one that a copy is made of.
    public var lastPrintedSlip: Int?
    /// The last purchases that stand, by sequence.
    public var purchases: [Int: PurchaseRecord] = [:]
    public var day: DayRecord?
    public var facts = Facts()

    public init() {}

    /// Takes the next entry in, or changes nothing and says why it cannot stand.
    ///
    /// - Returns: The rows to store in the entry's own transaction.
    public mutating func apply(_ entry: Entry) throws(BooksError) -> BookChanges {
        var next = self
        let changes = try next.fold(entry)
        self = next
        return changes
    }

    /// Takes the next entry in, without the copy that `apply` keeps to go back to: for a rebuild,
    /// which goes over a million of them. When it throws, these books are of no use any more.
    public mutating func fold(_ entry: Entry) throws(BooksError) -> BookChanges {
        guard entry.sequence == lastSequence + 1 else {
            throw .sequence(expected: lastSequence + 1, found: entry.sequence)
        }
        guard entry.kind.isKnown(version: entry.version) else {
            throw .unknown(entry.kind, version: entry.version)
        }
        var changes = BookChanges()
        do {
            changes.balances = try ledger.post(entry.postings)
        } catch { throw .ledger(error) }
        lastSequence = entry.sequence
        lastMoment = entry.moment
        lastBoot = entry.boot
        station = entry.station
        epoch = entry.epoch
        do {
            changes.records += try applyStation(entry)
            changes.records += try applyOperators(entry)
            changes.records += try applyVillagers(entry)
            changes.records += try applyDay(entry)
            changes.records += try applyProduce(entry)
            changes.records += try applyOrder(entry)
            changes.records += try applyHeadOffice(entry)
            changes.records += try applySlips(entry)
        } catch let error as BooksError {
            throw error
        } catch {
            throw .undecoded(entry.kind, error)
        }
        return changes
    }

    /// Books as they were stored: the balances and the open records.
    ///
    /// - Parameters:
    ///   - entry: Reads an entry that a record only names.
    ///   - last: The last entry that is in them.
    public init(
        balances: [AccountUnit: Int], openRecords: [BookRecord], last: Entry?,
        entry: (Int) throws -> Entry?
    ) throws {
        ledger = Ledger(balances: balances)
        if let last {
            lastSequence = last.sequence
            lastMoment = last.moment
            lastBoot = last.boot
            station = last.station
            epoch = last.epoch
        }
        for record in openRecords {
            if record.collection == .purchase {
                let named = try Int(record.key).flatMap { try entry($0) }
                guard let purchase = try named.flatMap({ try PurchaseRecord($0) }) else {
                    throw BooksError.state(.produceBought, "purchase \(record.key) is no entry")
                }
                purchases[purchase.sequence] = purchase
            } else {
                try load(record, try record.value())
            }
        }
    }

    private mutating func load(_ record: BookRecord, _ value: CanonicalValue) throws(BooksError) {
        do {
            switch record.collection {
            case .order:
                let order = try CanonicalCoding.decode(OrderRecord.self, from: value)
                orders[order.name] = order
            case .slip:
                let slip = try CanonicalCoding.decode(SlipRecord.self, from: value)
                slips[slip.sequence] = slip
            case .lastPrintedSlip:
                lastPrintedSlip = try CanonicalCoding.decode(Int.self, from: value)
            case .day: day = try CanonicalCoding.decode(DayRecord.self, from: value)
            case .fact: facts = try CanonicalCoding.decode(Facts.self, from: value)
            default: break
            }
        } catch {
            throw .undecoded(EntryKind(rawValue: record.collection.rawValue), error)
        }
    }
}

/// Single values that entries set.
public struct Facts: Hashable, Codable, Sendable {
    /// Told by head office; the configured limit holds until then.
    public var exposureLimit: Fen?
    /// What head office said the float was, for comparison.
    public var statedFloat: Fen?
    public var priceList: AdoptedList?
    public var articleList: AdoptedList?
    /// Sequence of the first `day.opened`.
    public var firstDay: Int?
    /// The next villager to be registered.
    public var nextVillager = 1
    /// Digest of the configuration of the last start.
    public var configuration: String?
    /// `host:port` of head office.
    public var hub: String?

    public init() {}

    func record() -> BookRecord {
        BookRecord(.fact, key: "facts", isOpen: true, self)
    }
}

/// A list in force.
public struct AdoptedList: Hashable, Codable, Sendable {
    public let list: Int
    /// Milliseconds of UTC since 1970.
    public let validFrom: Int
    public let digest: String

    public init(list: Int, validFrom: Int, digest: String) {
        self.list = list
        self.validFrom = validFrom
        self.digest = digest
    }
}

extension Books {
    /// Whether an entry with this content could stand next. The entry itself is made by the
    /// journal; number and stamp do not change the answer.
    func allow(_ draft: EntryDraft, at moment: Moment) -> Bool {
        guard let station else { return false }
        var trial = self
        let entry = Entry(
            station: station, epoch: epoch, sequence: lastSequence + 1, kind: draft.kind,
            version: draft.version, moment: moment, boot: lastBoot ?? "", actor: draft.actor,
            postings: draft.postings, body: draft.body)
        do {
            _ = try trial.apply(entry)
            return true
        } catch { return false }
    }
}

extension Entry {
    /// Slips and the day's sums are made of what the body says of cash, the ledger of the postings.
    ///
    /// - Parameter said: Into the drawer; negative out of it.
    func checkCash(_ said: Fen) throws(BooksError) {
        let lines = postings.lines.filter { $0.account == .drawer }
        let posted = Fen(lines.reduce(0) { $0 + $1.amount })
        guard posted == said else { throw .cash(kind, said: said, posted: posted) }
    }
}
