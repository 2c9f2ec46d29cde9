import CSQLite

/// One connection to one database file. It belongs to one owner at a time: SQLite is opened
/// without locks of its own.
public struct Connection: ~Copyable {
    private let handle: OpaquePointer

    public enum Mode: Sendable {
        case create
        case readWrite
        case readOnly
        /// For a file on a disk that cannot be written: nobody else may change it meanwhile.
        case immutable
    }

    /// - Parameter busyLimit: Milliseconds to wait for another connection's lock.
    public init(path: String, mode: Mode, busyLimit: Int32 = 5_000) throws(SQLiteError) {
        let name = mode == .immutable ? Connection.uri(path) : path
        let flags =
            switch mode {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            case .immutable: SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
            }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let error = SQLiteError(opened, code: code, sql: "open \(path)")
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, busyLimit)
    }

    deinit { sqlite3_close_v2(handle) }

    /// `file:` with every byte that a URI would read otherwise spelled in hexadecimal.
    private static func uri(_ path: String) -> String {
        var text = "file:"
        for byte in path.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "/"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16)
                text += byte < 16 ? "%0" + digits : "%" + digits
            }
        }
        return text + "?immutable=1"
    }

    /// Runs one or more statements that give no rows.
    public func execute(_ sql: String) throws(SQLiteError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(handle, code: code, sql: sql) }
    }

    /// Compiles a statement to be kept and run many times.
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        var compiled: OpaquePointer?
        let code = sqlite3_prepare_v3(
            handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
        guard code == SQLITE_OK, let compiled else {
            throw SQLiteError(handle, code: code, sql: sql)
        }
        return Statement(compiled, sql: sql)
    }

    /// The first column of the first row: how a pragma or a count is read.
    public func integer(_ sql: String) throws(SQLiteError) -> Int? {
        var statement = try prepare(sql)
        return try statement.first { row in row.isNull(0) ? nil : row.integer(0) } ?? nil
    }

    /// See `integer(_:)`.
    public func text(_ sql: String) throws(SQLiteError) -> String? {
        var statement = try prepare(sql)
        return try statement.first { row in row.isNull(0) ? nil : row.text(0) } ?? nil
    }

    /// Whether a transaction is open.
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Rows that the last INSERT, UPDATE or DELETE changed.
    public var changes: Int { Int(sqlite3_changes64(handle)) }

    /// Begins a transaction that may write, and commits it when `body` returns. What `body` throws
    /// is thrown on after everything was taken back.
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            try rollBackIfOpen()
            throw error
        }
    }

    /// SQLite has rolled back by itself after some errors; a second time is an error.
    func rollBackIfOpen() throws(SQLiteError) {
        if isInTransaction { try execute("ROLLBACK") }
    }

    /// Runs `body` on one unchanging state of the database. Writers go on meanwhile, and the
    /// write-ahead log grows, so it should not last.
    public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try execute("BEGIN")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            try rollBackIfOpen()
            throw error
        }
    }

    /// Leaves the files of the write-ahead log in place when the last connection closes: the next
    /// one needs no room to make them, and a disk that became read-only can be read.
    public func keepLogFiles() throws(SQLiteError) {
        var on: Int32 = 1
        let code = sqlite3_file_control(handle, nil, SQLITE_FCNTL_PERSIST_WAL, &on)
        guard code == SQLITE_OK else {
            throw SQLiteError(handle, code: code, sql: "keep the write-ahead log")
        }
    }

    public struct Checkpoint: Hashable, Sendable {
        /// Pages in the write-ahead log.
        public let logged: Int
        /// Of these, pages that stand in the database file now.
        public let moved: Int
    }

    /// Moves as much of the write-ahead log into the database as is possible without waiting for
    /// anybody.
    public func checkpoint() throws(SQLiteError) -> Checkpoint {
        var logged: Int32 = 0
        var moved: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(
            handle, nil, SQLITE_CHECKPOINT_PASSIVE, &logged, &moved)
        guard code == SQLITE_OK else {
            throw SQLiteError(handle, code: code, sql: "passive checkpoint")
        }
        return Checkpoint(logged: Int(logged), moved: Int(moved))
    }
}
