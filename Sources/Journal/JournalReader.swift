import Cryptography
import SQLite
public import StationCore
public import SyncProtocol

/// An entry as it stands in the journal.
public struct StoredEntry: Hashable, Sendable {
    public let entry: Entry
    /// What is hashed: the entry's one spelling.
    public let canonical: [UInt8]
    /// Of the chain up to this entry.
    public let hash: ChainHash

    public init(entry: Entry, canonical: [UInt8], hash: ChainHash) {
        self.entry = entry
        self.canonical = canonical
        self.hash = hash
    }
}

extension StoredEntry {
    /// The columns sequence, canonical, hash; the row that is to be entry `sequence`.
    fileprivate init(_ row: borrowing Row, as sequence: Int) throws(EntryFault) {
        guard row.integer(0) == sequence else { throw .missing }
        let canonical = row.blob(1)
        let entry: Entry
        do { entry = try Entry(canonical: canonical) } catch {
            throw EntryFault(error, of: canonical)
        }
        guard entry.sequence == sequence else { throw .number(entry.sequence) }
        guard let hash = ChainHash(row.blob(2)) else { throw .hash }
        self.init(entry: entry, canonical: canonical, hash: hash)
    }
}

/// Entries that can be read, and why there are no more of them.
public struct SalvagedEntries: Sendable {
    public let entries: [StoredEntry]
    /// What is wrong with the entry after the last of these; nil where they are all.
    public let damage: JournalError?

    public init(entries: [StoredEntry], damage: JournalError?) {
        self.entries = entries
        self.damage = damage
    }
}

/// Where the journal ends.
public struct JournalHead: Hashable, Sendable {
    public let station: StationNumber
    public let epoch: Int
    public let sequence: Int
    public let hash: ChainHash

    init(_ last: StoredEntry) {
        station = last.entry.station
        epoch = last.entry.epoch
        sequence = last.entry.sequence
        hash = last.hash
    }
}

/// Reads the journal through a connection of its own, beside the writer and without waiting for
/// it. It belongs to one owner at a time; each call sees what was committed before it.
public final class JournalReader {
    let connection: Connection
    let path: String
    /// Nil where a damaged journal has lost it.
    private let salt: [UInt8]?

    /// - Throws: `.missing`, `.noRight` or `.holdsNone` where there is nothing to read;
    ///   `.newerSchema`, `.damaged`.
    public convenience init(_ directory: StateDirectory) throws(JournalError) {
        try self.init(directory, isSalvage: false)
    }

    /// Reads what is left of a journal that may be damaged: one that was cut short, or whose
    /// tables are not all there. For whoever looks after a station, never for its trade.
    public convenience init(salvaging directory: StateDirectory) throws(JournalError) {
        try self.init(directory, isSalvage: true)
    }

    private init(_ directory: StateDirectory, isSalvage: Bool) throws(JournalError) {
        path = directory.journalFile
        try JournalReader.checkRight(to: directory)
        do {
            do { connection = try JournalReader.open(path, isSalvage: isSalvage) } catch {
                guard error.isCorrupt, let shortening = try? JournalReader.shortening(of: path)
                else { throw error }
                throw JournalError.damaged(shortening)
            }
            let found = try connection.integer("PRAGMA user_version") ?? 0
            guard found > 0 else { throw JournalError.holdsNone(path: path) }
            guard found <= Schema.version else {
                throw JournalError.newerSchema(found: found, known: Schema.version)
            }
            do { salt = try JournalReader.salt(connection) } catch {
                guard isSalvage, case .damaged = JournalError(error) else { throw error }
                salt = nil
            }
        } catch { throw JournalError(error) }
    }

    /// The last entry's place; nil before entry 1.
    public func head() throws(JournalError) -> JournalHead? {
        try lastEntry().map(JournalHead.init)
    }

    public func lastEntry() throws(JournalError) -> StoredEntry? {
        try attempt {
            let last = try connection.integer("SELECT max(sequence) FROM entry")
            return try last.flatMap { try entry($0) }
        }
    }

    public func entry(_ sequence: Int) throws(JournalError) -> StoredEntry? {
        guard sequence > 0 else { return nil }
        return try entries(from: sequence, limit: 1).first
    }

    /// In order, at most `limit` of them.
    public func entries(from sequence: Int, limit: Int) throws(JournalError) -> [StoredEntry] {
        let found = try salvage(from: sequence, limit: limit)
        if let damage = found.damage { throw damage }
        return found.entries
    }

    /// In order, at most `limit` of them, as far as they can be read.
    public func salvage(
        from sequence: Int, limit: Int
    ) throws(JournalError) -> SalvagedEntries {
        let first = max(1, sequence)
        var entries: [StoredEntry] = []
        let fault: EntryFault
        do {
            var select = try connection.prepare(
                """
                SELECT sequence, canonical, hash FROM entry WHERE sequence >= ?
                ORDER BY sequence LIMIT ?
                """)
            try select.forEach(.integer(first), .integer(limit)) { row in
                entries.append(try StoredEntry(row, as: first + entries.count))
                return true
            }
            return SalvagedEntries(entries: entries, damage: nil)
        } catch let found as EntryFault {
            fault = found
        } catch let error as SQLiteError where error.isCorrupt {
            fault = .unreadable(error.message)
        } catch { throw JournalError(error) }
        let wrong = WrongEntry(sequence: first + entries.count, fault: fault)
        return SalvagedEntries(entries: entries, damage: JournalError(wrong))
    }

    /// The last entries, newest first, below `sequence` where one is given.
    public func latest(
        before sequence: Int? = nil, limit: Int
    ) throws(JournalError) -> [StoredEntry] {
        let last = try lastEntry()?.entry.sequence ?? 0
        let end = min(sequence ?? .max, last + 1)
        let start = max(1, end - limit)
        return try entries(from: start, limit: end - start).reversed()
    }

    /// The chain's hash after entry `sequence`; at 0 what stands before entry 1. Nil where there
    /// is no such entry.
    public func hash(at sequence: Int) throws(JournalError) -> ChainHash? {
        if sequence == 0 { return try genesis() }
        return try entry(sequence)?.hash
    }

    /// What stands before entry 1, worked out from it.
    private func genesis() throws(JournalError) -> ChainHash? {
        guard let first = try entry(1) else { return nil }
        return try attempt { try HashChain.genesis(of: first.entry) }
    }

    /// Balances, what is open, and the last entry: what the core decides with.
    public func books() throws(JournalError) -> Books {
        try attempt {
            try connection.snapshot {
                let last = try connection.integer("SELECT max(sequence) FROM entry") ?? 0
                return try ProjectionTables.live.books(at: last, connection)
            }
        }
    }

    public func ledger() throws(JournalError) -> Ledger {
        try attempt { Ledger(balances: try ProjectionTables.live.balances(connection)) }
    }

    public func record(
        _ collection: BookRecord.Collection, key: String
    ) throws(JournalError) -> BookRecord? {
        try attempt {
            var select = try connection.prepare(
                """
                SELECT collection, key, open, value FROM record
                WHERE open IN (0, 1) AND collection = ? AND key = ?
                """)
            return try select.all(.text(collection.rawValue), .text(key)) { row in
                try ProjectionTables.record(row)
            }.first
        }
    }

    /// Open records of one collection, or the newest closed ones.
    public func records(
        _ collection: BookRecord.Collection, isOpen: Bool, limit: Int
    ) throws(JournalError) -> [BookRecord] {
        try attempt {
            var select = try connection.prepare(
                isOpen
                    ? """
                    SELECT collection, key, open, value FROM record
                    WHERE open = 1 AND collection = ? ORDER BY key LIMIT ?
                    """
                    : """
                    SELECT collection, key, open, value FROM record
                    WHERE open = 0 AND collection = ? ORDER BY key DESC LIMIT ?
                    """)
            return try select.all(.text(collection.rawValue), .integer(limit)) { row in
                try ProjectionTables.record(row)
            }
        }
    }
}

extension JournalReader {
    public func localState() throws(JournalError) -> LocalState {
        try attempt { try LocalState(connection) }
    }

    /// How badge and card digits are kept: SHA-256 with a salt of this box.
    public func hash(ofCode digits: String) -> [UInt8] {
        guard let salt else { preconditionFailure("a code looked up in what was salvaged") }
        return SHA256.digest(salt + Array(digits.utf8))
    }

    public func operatorSecret(
        _ number: OperatorNumber
    ) throws(JournalError) -> OperatorSecret? {
        try operatorSecret(where: "operator", .integer(number.value))
    }

    /// - Parameter badge: Its eight digits.
    public func operatorSecret(badge digits: String) throws(JournalError) -> OperatorSecret? {
        try operatorSecret(where: "badge", .blob(hash(ofCode: digits)))
    }

    private func operatorSecret(
        where column: String, _ value: Value
    ) throws(JournalError) -> OperatorSecret? {
        try attempt {
            var select = try connection.prepare(
                """
                SELECT operator, badge, verifier, wrong FROM operator_secret
                WHERE \(column) = ?
                """)
            return try select.first(value) { row -> OperatorSecret? in
                guard let number = OperatorNumber(row.integer(0)) else { return nil }
                return OperatorSecret(
                    number: number, badge: row.blob(1),
                    verifier: row.isNull(2) ? nil : row.text(2), wrongTries: row.integer(3))
            } ?? nil
        }
    }

    /// - Parameter card: Its eight digits.
    public func villager(card digits: String) throws(JournalError) -> VillagerNumber? {
        try attempt {
            var select = try connection.prepare("SELECT villager FROM card WHERE hash = ?")
            return try select.first(.blob(hash(ofCode: digits))) { VillagerNumber($0.integer(0)) }
        }
    }

    /// The list that the downlink copy holds. Where the books say another one, the copy was lost
    /// and is asked for again.
    public func copiedList(
        _ kind: HeadOfficeMessage.Kind
    ) throws(JournalError) -> AdoptedList? {
        try attempt {
            var select = try connection.prepare(
                "SELECT list, valid_from, digest FROM list WHERE kind = ?")
            return try select.first(.text(kind.rawValue)) { row in
                AdoptedList(
                    list: row.integer(0), validFrom: row.integer(1), digest: row.text(2))
            }
        }
    }

    /// Every item of the copied list, in the list's order.
    public func items<Item: ListItem>(of type: Item.Type) throws(JournalError) -> [Item] {
        try attempt {
            var select = try connection.prepare(
                "SELECT value FROM list_item WHERE kind = ? ORDER BY rowid")
            return try select.all(.text(Item.message.rawValue)) { row in
                try CanonicalCoding.decode(
                    Item.self, from: try CanonicalForm.value(parsing: row.blob(0)))
            }
        }
    }

    public func item<Item: ListItem>(
        of type: Item.Type, key: String
    ) throws(JournalError) -> Item? {
        try attempt {
            var select = try connection.prepare(
                "SELECT value FROM list_item WHERE kind = ? AND key = ?")
            return try select.all(.text(Item.message.rawValue), .text(key)) { row in
                try CanonicalCoding.decode(
                    Item.self, from: try CanonicalForm.value(parsing: row.blob(0)))
            }.first
        }
    }

    /// What a chunk that came down comes to with those that are staged.
    public func assemble<Item: ListItem>(
        _ chunk: ListChunk<Item>
    ) throws(JournalError) -> ListAssembly<Item> {
        try attempt { try ListCopy.assemble(chunk, connection) }
    }
}

extension HashChain {
    /// - Parameter first: Entry 1, which carries the station's key.
    static func genesis(of first: Entry) throws -> ChainHash {
        guard let enrolled = try first.content(StationEnrolled.self),
            let raw = Base64.decode(enrolled.key)
        else { throw JournalError.damaged("entry 1 does not enrol the station") }
        return genesis(
            epoch: first.epoch, key: try Ed25519.PublicKey(raw: raw), station: first.station)
    }
}
