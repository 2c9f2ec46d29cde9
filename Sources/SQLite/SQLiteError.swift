import CSQLite

/// What SQLite answered, with the statement that it answered to.
public struct SQLiteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Primary result code, `SQLITE_FULL` and the like.
    public let code: Int32
    /// The same with its reason, `SQLITE_IOERR_FSYNC` and the like.
    public let extendedCode: Int32
    /// `errno` of the system call that failed; 0 where none did.
    public let systemError: Int32
    public let message: String
    public let sql: String

    init(_ connection: OpaquePointer?, code: Int32, sql: String) {
        self.code = code & 0xff
        extendedCode = connection.map { sqlite3_extended_errcode($0) } ?? code
        let isOfSystem = self.code == SQLITE_IOERR || self.code == SQLITE_CANTOPEN
        systemError = isOfSystem ? connection.map { Self.systemError($0) } ?? 0 : 0
        message = connection.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
        self.sql = sql
    }

    /// The answer of a statement to something that only this module knows to be wrong.
    init(code: Int32, message: String, sql: String) {
        self.code = code
        extendedCode = code
        systemError = 0
        self.message = message
        self.sql = sql
    }

    /// SQLite does not note the system's reason where COMMIT fails: then the write-ahead log's own
    /// last one is asked for.
    private static func systemError(_ connection: OpaquePointer) -> Int32 {
        let noted = sqlite3_system_errno(connection)
        guard noted == 0 else { return noted }
        var log: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(
            connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log)
        guard code == SQLITE_OK, let log, let methods = log.pointee.pMethods,
            let ask = methods.pointee.xFileControl
        else { return 0 }
        var number: Int32 = 0
        return ask(log, SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK ? number : 0
    }

    public var description: String {
        let system = systemError == 0 ? "" : ", errno \(systemError)"
        return "\(message) (\(extendedCode)\(system)) in: \(sql)"
    }

    public var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    /// The file is damaged, or no database at all; or the disk cannot read it.
    public var isCorrupt: Bool {
        code == SQLITE_CORRUPT || code == SQLITE_NOTADB || extendedCode == shim_error_read
    }
    /// A table or column that the statement names does not stand in the file. SQLite has no code of
    /// its own for it.
    public var isOfOtherSchema: Bool {
        code == SQLITE_ERROR
            && (message.hasPrefix("no such table") || message.hasPrefix("no such column")
                || message.contains(" has no column named "))
    }
    public var isFull: Bool { code == SQLITE_FULL }
    public var isReadOnly: Bool { code == SQLITE_READONLY }
    public var isCannotOpen: Bool { code == SQLITE_CANTOPEN }
    /// The primary key stands already, as distinct from a trigger's or a check's refusal.
    public var isKeyTaken: Bool {
        extendedCode == shim_constraint_primary_key || extendedCode == shim_constraint_unique
            || extendedCode == shim_constraint_rowid
    }
}
