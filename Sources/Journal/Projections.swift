import Cryptography
import SQLite
import StationCore
import SyncProtocol

/// One set of the tables that are made from the journal: the live one, the one that a rebuild
/// fills beside it, or the one that a verification compares with.
///
/// The rows stand in the order of their keys, open ones beside each other and without an index, so
/// that what one trade touches lies on few pages.
struct ProjectionTables {
    /// Raised when `Books` makes other rows of the same entries.
    private static let rows = 1

    /// Stands in the file beside the projections: of how they are made, and of the kinds of entry
    /// that they can be made of. A release that finds another one rebuilds at its start, an older one
    /// too, which refuses what it does not know then.
    static let version = version(of: EntryKind.known)

    static func version(of known: [EntryKind: Int]) -> Int {
        let kinds = known.map { "\($0.key) \($0.value)" }.sorted()
        let text = ([String(rows)] + kinds).joined(separator: "\n")
        return SHA256.digest(Array(text.utf8)).prefix(6).reduce(0) { $0 << 8 | Int($1) }
    }

    let schema: String
    let suffix: String

    static let live = ProjectionTables(schema: "main", suffix: "")
    static let shadow = ProjectionTables(schema: "main", suffix: "_shadow")
    static let check = ProjectionTables(schema: "temp", suffix: "_check")

    var balance: String { "\(schema).balance\(suffix)" }
    var record: String { "\(schema).record\(suffix)" }

    var creation: String {
        """
        CREATE TABLE \(balance) (
            account TEXT NOT NULL,
            unit TEXT NOT NULL,
            amount INTEGER NOT NULL CHECK (amount <> 0),
            PRIMARY KEY (account, unit)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE \(record) (
            collection TEXT NOT NULL,
            key TEXT NOT NULL,
            open INTEGER NOT NULL CHECK (open IN (0, 1)),
            value TEXT NOT NULL,
            PRIMARY KEY (open, collection, key)
        ) STRICT, WITHOUT ROWID;
        """
    }

    /// The books after entry `position`, which is the last one that is in these tables.
    func books(at position: Int, _ connection: borrowing Connection) throws -> Books {
        var select = try connection.prepare(
            "SELECT canonical FROM main.entry WHERE sequence = ?")
        func entry(_ sequence: Int) throws -> Entry? {
            try select.all(.integer(sequence)) { try Entry(canonical: $0.blob(0)) }.first
        }
        let last = position == 0 ? nil : try entry(position)
        guard position == 0 || last != nil else {
            throw JournalError.damaged("entry \(position) is not there")
        }
        return try Books(
            balances: try balances(connection), openRecords: try openRecords(connection),
            last: last, entry: entry)
    }

    private func openRecords(_ connection: borrowing Connection) throws -> [BookRecord] {
        var select = try connection.prepare(
            "SELECT collection, key, open, value FROM \(record) WHERE open = 1")
        return try select.all { row in try ProjectionTables.record(row) }
    }

    func balances(_ connection: borrowing Connection) throws -> [AccountUnit: Int] {
        var select = try connection.prepare("SELECT account, unit, amount FROM \(balance)")
        var balances: [AccountUnit: Int] = [:]
        try select.forEach { row in
            guard let account = Account(path: row.text(0)), let unit = LedgerUnit(name: row.text(1))
            else { throw JournalError.damaged("balance of \(row.text(0)), \(row.text(1))") }
            balances[AccountUnit(account, unit)] = row.integer(2)
            return true
        }
        return balances
    }

    /// The columns collection, key, open, value.
    static func record(_ row: borrowing Row) throws -> BookRecord {
        BookRecord(
            BookRecord.Collection(rawValue: row.text(0)), key: row.text(1),
            isOpen: row.integer(2) == 1,
            value: try CanonicalForm.value(parsing: row.blob(3)))
    }
}

/// Writes what `Books.apply` says into one set of tables, with statements that are kept.
struct ProjectionWriter: ~Copyable {
    private var setBalance: Statement
    private var removeBalance: Statement
    private var setValue: Statement
    private var setRecord: Statement
    private var addRecord: Statement
    private var removeRecord: Statement

    init(_ connection: borrowing Connection, _ tables: ProjectionTables) throws {
        let setBalance = try connection.prepare(
            """
            INSERT INTO \(tables.balance) (account, unit, amount) VALUES (?, ?, ?)
            ON CONFLICT (account, unit) DO UPDATE SET amount = excluded.amount
            """)
        let removeBalance = try connection.prepare(
            "DELETE FROM \(tables.balance) WHERE account = ? AND unit = ?")
        let addRecord = try connection.prepare(
            "INSERT INTO \(tables.record) (collection, key, open, value) VALUES (?, ?, ?, ?)")
        let setValue = try connection.prepare(
            "UPDATE \(tables.record) SET value = ? WHERE open = ? AND collection = ? AND key = ?")
        let setRecord = try connection.prepare(
            """
            UPDATE \(tables.record) SET open = 1 - open, value = ?
            WHERE open = 1 - ? AND collection = ? AND key = ?
            """)
        let removeRecord = try connection.prepare(
            "DELETE FROM \(tables.record) WHERE open = 1 AND collection = ? AND key = ?")
        self.setBalance = setBalance
        self.removeBalance = removeBalance
        self.setValue = setValue
        self.setRecord = setRecord
        self.addRecord = addRecord
        self.removeRecord = removeRecord
    }

    mutating func write(_ key: AccountUnit, _ amount: Int) throws {
        let account = Value.text(key.account.path)
        let unit = Value.text(key.unit.name)
        if amount == 0 {
            try removeBalance.run(account, unit)
        } else {
            try setBalance.run(account, unit, .integer(amount))
        }
    }

    mutating func write(_ record: BookRecord, _ connection: borrowing Connection) throws {
        let collection = Value.text(record.collection.rawValue)
        let key = Value.text(record.key)
        guard record.isKept else { return try removeRecord.run(collection, key) }
        let bytes = CanonicalForm.bytes(of: try record.value())
        let value = Value.text(String(decoding: bytes, as: UTF8.self))
        let open = Value.integer(record.isOpen ? 1 : 0)
        if record.mayExist {
            try setValue.run(value, open, collection, key)
            guard connection.changes == 0 else { return }
            try setRecord.run(value, open, collection, key)
            guard connection.changes == 0 else { return }
        }
        do {
            try addRecord.run(collection, key, open, value)
        } catch {
            guard error.isKeyTaken else { throw error }
            throw JournalError.repeated(record.collection, key: record.key)
        }
    }
}
