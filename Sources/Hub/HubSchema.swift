import Glibc
import SQLite

extension HubStore {
    /// What may be done with the file.
    public enum Opening: Sendable {
        /// It is made where it is missing.
        case orMade
        /// It must be there: a mistyped path shall not become an empty head office.
        case asItIs
    }

    /// Sees to it that the file is there.
    ///
    /// Nothing that exists is opened here: closing a descriptor would drop the locks that another
    /// connection of this process holds.
    ///
    static func makeReady(_ path: String, _ opening: Opening) throws(HubError) {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT else { throw .cannotOpen(path, reason()) }
            guard opening == .orMade else { throw .missing(path) }
            let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw .cannotOpen(path, reason()) }
            Glibc.close(descriptor)
            guard stat(path, &status) == 0 else { throw .cannotOpen(path, reason()) }
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notOurs(path) }
    }

    /// Takes from everybody but the owner what they may do with the file and its log.
    ///
    /// - Returns: What was mended, for people.
    static func close(toOthers path: String) throws(HubError) -> [String] {
        var mended: [String] = []
        for name in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            guard stat(name, &status) == 0, status.st_mode & 0o077 != 0 else { continue }
            guard chmod(name, 0o600) == 0 else { throw .openToOthers(name, reason()) }
            let mode = String(status.st_mode & 0o777, radix: 8)
            mended.append("\(name) was open to others (mode \(mode)); it is 600 now")
        }
        return mended
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    /// Whether it is a file of ours is asked before anything is written to it.
    static func migrate(
        _ connection: borrowing Connection, _ path: String, _ opening: Opening
    ) throws {
        let version: Int
        do {
            version = try self.version(connection, path, opening)
        } catch let error as SQLiteError where error.isCorrupt {
            throw HubError.notOurs(path)
        }
        guard version <= schemas.count else { throw HubError.release(version) }
        // Together: an acknowledged batch survives a power cut.
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA foreign_keys = ON")
        guard version < schemas.count else { return }
        try connection.transaction {
            // Another process may have been faster.
            let version = try connection.integer("PRAGMA user_version") ?? 0
            for schema in schemas.dropFirst(version) { try connection.execute(schema) }
            try connection.execute("PRAGMA user_version = \(max(version, schemas.count))")
        }
    }

    private static func version(
        _ connection: borrowing Connection, _ path: String, _ opening: Opening
    ) throws -> Int {
        let version = try connection.integer("PRAGMA user_version") ?? 0
        let count = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        if version == 0, count == 0, opening == .orMade { return 0 }
        let ours = try connection.integer(
            """
            SELECT count(*) FROM sqlite_schema
            WHERE type = 'table' AND name IN ('server_key', 'station', 'batch')
            """)
        guard version > 0, ours == 3 else { throw HubError.notOurs(path) }
        return version
    }

    /// What makes each version out of the one before; `PRAGMA user_version` counts them.
    static let schemas = [schema1, schema2, schema3, schema4]

    private static let schema1 = """
        CREATE TABLE server_key (
            place TEXT PRIMARY KEY CHECK (place IN ('current', 'next')),
            private_key BLOB NOT NULL
        ) STRICT;
        CREATE TABLE station (
            station TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            added INTEGER NOT NULL,
            token TEXT NOT NULL,
            key BLOB,
            cursor INTEGER NOT NULL DEFAULT 0,
            head BLOB,
            unpacked INTEGER NOT NULL DEFAULT 0,
            stopped TEXT,
            last_seen INTEGER,
            applied INTEGER NOT NULL DEFAULT 0,
            last_message INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (station, epoch)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE batch (
            station TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            first INTEGER NOT NULL,
            count INTEGER NOT NULL,
            received INTEGER NOT NULL,
            header TEXT NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (station, epoch, first),
            FOREIGN KEY (station, epoch) REFERENCES station (station, epoch)
        ) STRICT;
        CREATE TABLE entry (
            station TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            kind TEXT NOT NULL,
            canonical BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (station, epoch, sequence),
            FOREIGN KEY (station, epoch) REFERENCES station (station, epoch)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE message (
            station TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            list INTEGER,
            body BLOB NOT NULL,
            PRIMARY KEY (station, epoch, number),
            FOREIGN KEY (station, epoch) REFERENCES station (station, epoch)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE list (
            kind TEXT PRIMARY KEY,
            list INTEGER NOT NULL,
            valid_from INTEGER NOT NULL,
            items BLOB NOT NULL
        ) STRICT;
        CREATE TABLE customer_order (
            station TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            body BLOB NOT NULL,
            verdict TEXT,
            cost INTEGER,
            decided INTEGER,
            PRIMARY KEY (station, epoch, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX waiting_order ON customer_order (station, epoch, sequence)
            WHERE verdict IS NULL;
        CREATE TABLE decision (
            identity TEXT PRIMARY KEY,
            station TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            sequence INTEGER NOT NULL
        ) STRICT;
        """

    /// Keys are numbered, and of each station is known up to which one its code named them; what
    /// waits to be unpacked is found without a look at every station.
    private static let schema2 = """
        ALTER TABLE server_key ADD COLUMN number INTEGER NOT NULL DEFAULT 1;
        UPDATE server_key SET number = 2 WHERE place = 'next';
        ALTER TABLE station ADD COLUMN newest_key INTEGER NOT NULL DEFAULT 2;
        CREATE INDEX station_to_unpack ON station (station, epoch)
            WHERE stopped IS NULL AND unpacked < cursor;
        """

    /// A list's chunks are kept once; the messages that bring them name them, and have an empty
    /// body of their own.
    private static let schema3 = """
        CREATE TABLE list_chunk (
            kind TEXT NOT NULL,
            list INTEGER NOT NULL,
            chunk INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY (kind, list, chunk)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE message ADD COLUMN chunk INTEGER;
        """

    /// When a station last showed another journal than the one here.
    private static let schema4 = "ALTER TABLE station ADD COLUMN forked INTEGER"
}
