import Glibc
import SQLite

extension JournalReader {
    /// Whether the file is there, and whether this user may read it.
    static func checkRight(to directory: StateDirectory) throws(JournalError) {
        let path = directory.journalFile
        guard access(path, R_OK) != 0 else { return }
        switch errno {
        case ENOENT: throw .missing(path: path)
        case EACCES: throw .noRight(path: path, owner: owner(of: path) ?? owner(of: directory.path))
        default: throw JournalError(SystemError("read", path))
        }
    }

    /// Nil where not even that can be seen.
    private static func owner(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) }
            ?? "user \(status.st_uid)"
    }

    /// - Parameter isSalvage: A file that SQLite refuses as a whole is read as far as it goes.
    static func open(_ path: String, isSalvage: Bool) throws(SQLiteError) -> Connection {
        let connection = try Connection(path: path, mode: try mode(for: path))
        do { try prepare(connection) } catch {
            guard isSalvage, error.isCorrupt else { throw error }
            // SQLite refuses a file that is shorter than its header says, and one with a table
            // that it cannot place, unless somebody may be about to mend the schema by hand.
            try connection.execute("PRAGMA writable_schema = ON")
            try prepare(connection)
        }
        return connection
    }

    private static func prepare(_ connection: borrowing Connection) throws(SQLiteError) {
        try connection.execute("PRAGMA cache_size = -128; PRAGMA trusted_schema = OFF")
        _ = try connection.integer("SELECT count(*) FROM sqlite_schema")
    }

    /// On a disk that cannot be written, SQLite cannot make the files that it shares between
    /// connections. Where no write-ahead log waits, the file can be read alone.
    private static func mode(for path: String) throws(SQLiteError) -> Connection.Mode {
        do {
            let connection = try Connection(path: path, mode: .readOnly)
            _ = try connection.integer("PRAGMA user_version")
            return .readOnly
        } catch {
            if error.isCorrupt { return .readOnly }
            guard error.isCannotOpen || error.isReadOnly, size(of: path + "-wal") == 0 else {
                throw error
            }
            return .immutable
        }
    }

    /// Bytes; 0 where there is none.
    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// What badge and card digits are hashed with: without it every one of them is unknown.
    static func salt(_ connection: borrowing Connection) throws -> [UInt8] {
        var select = try connection.prepare("SELECT value FROM local WHERE key = ?")
        let salt = try select.first(.text(LocalKey.salt.rawValue)) { $0.blob(0) }
        guard let salt, salt.count == Schema.saltSize else {
            throw JournalError.damaged("the salt of badges and cards is missing")
        }
        return salt
    }

    /// What is said of a file that ends before its last page; nil where it is as long as its
    /// header says. Where the write-ahead log holds pages, the file may be shorter.
    ///
    /// Source: SQLite's file format, 1.3: bytes 16 and 17 are the page's size, 28 to 31 the count.
    static func shortening(of path: String) throws(SystemError) -> String? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open", path) }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 32)
        guard pread(descriptor, &header, header.count, 0) == header.count else { return nil }
        func number(_ range: Range<Int>) -> Int { header[range].reduce(0) { $0 << 8 | Int($1) } }
        let pageSize = number(16..<18)
        let wanted = number(28..<32)
        guard pageSize > 1, size(of: path + "-wal") == 0 else { return nil }
        let there = size(of: path) / pageSize
        return there < wanted ? "it was cut short: of \(wanted) pages \(there) are there" : nil
    }
}
