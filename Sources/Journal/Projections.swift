import SQLite
import StationCore
import SyncProtocol

/// One set of the tables that are made from the journal: the live one, the one that a rebuild
/// fills beside it, or the one that a verification compares with.
///
/// Rows keep their place when they change, so that what one trade touches lies on few pages: the
/// keys are indexes beside the rows, and the index of open records holds row numbers alone.
struct ProjectionTables {
    /// Raised when `Books` makes other rows of the same entries: the next start rebuilds.
    static let version = 1

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
            UNIQUE (account, unit)
        ) STRICT;
        CREATE TABLE \(record) (
            collection TEXT NOT NULL,
            key TEXT NOT NULL,
            open INTEGER NOT NULL CHECK (open IN (0, 1)),
            value TEXT NOT NULL,
            UNIQUE (collection, key)
        ) STRICT;
        """
    }

    var openIndexCreation: String {
        "CREATE INDEX \(schema).record_open ON record\(suffix) (open) WHERE open = 1;"
    }

    func openRecords(_ connection: borrowing Connection) throws -> [BookRecord] {
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
        // Setting `open` to what it is would write the index of open records all the same.
        let setValue = try connection.prepare(
            "UPDATE \(tables.record) SET value = ? WHERE collection = ? AND key = ? AND open = ?")
        let setRecord = try connection.prepare(
            "UPDATE \(tables.record) SET open = ?, value = ? WHERE collection = ? AND key = ?")
        self.setBalance = setBalance
        self.removeBalance = removeBalance
        self.setValue = setValue
        self.setRecord = setRecord
        self.addRecord = addRecord
    }

    mutating func write(_ changes: BookChanges, _ connection: borrowing Connection) throws {
        for (key, amount) in changes.balances { try write(key, amount) }
        for record in changes.records { try write(record, connection) }
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
        let bytes = CanonicalForm.bytes(of: record.value)
        let value = Value.text(String(decoding: bytes, as: UTF8.self))
        let open = Value.integer(record.isOpen ? 1 : 0)
        let key = Value.text(record.key)
        if record.mayExist {
            try setValue.run(value, collection, key, open)
            guard connection.changes == 0 else { return }
            try setRecord.run(open, value, collection, key)
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
