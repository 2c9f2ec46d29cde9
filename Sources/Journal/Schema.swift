import Cryptography
import SQLite

/// How the file is laid out, and how an older file becomes the newest.
///
/// The four classes of table: the journal (`entry`), which alone cannot be made again;
/// projections (`balance`, `record`), made from it; the downlink copy (`list*`), fetched again;
/// local state (`local`, `operator_secret`, `card`), which never leaves the box.
enum Schema {
    /// `PRAGMA user_version`. A released schema leaves a file in Tests/JournalTests/Schemas, which
    /// a test migrates.
    static let version = 1
    /// Marks the file as ours, for file(1) and for whoever finds it: "vStJ".
    static let applicationID = 0x7653_744a

    /// Bytes.
    static let saltSize = 16

    /// What turns schema N (the index) into N + 1; the first makes a new file.
    static let migrations = [first]

    /// The journal itself. Triggers hold what no code of ours may break.
    static let entryTable = """
        CREATE TABLE entry (
            sequence INTEGER PRIMARY KEY,
            canonical BLOB NOT NULL,
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE TRIGGER entry_is_the_next BEFORE INSERT ON entry
        WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM entry) BEGIN
            SELECT RAISE(ABORT, 'entries are numbered without gaps and never replaced');
        END;
        CREATE TRIGGER entry_is_not_updated BEFORE UPDATE ON entry BEGIN
            SELECT RAISE(ABORT, 'entries are never changed');
        END;
        CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry BEGIN
            SELECT RAISE(ABORT, 'entries are never removed');
        END;
        """

    private static let first =
        entryTable
            + """
            CREATE TABLE list (
                kind TEXT PRIMARY KEY,
                list INTEGER NOT NULL,
                valid_from INTEGER NOT NULL,
                digest TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE list_item (
                kind TEXT NOT NULL,
                key TEXT NOT NULL,
                value TEXT NOT NULL,
                UNIQUE (kind, key)
            ) STRICT;
            CREATE TABLE list_chunk (
                kind TEXT NOT NULL,
                chunk INTEGER NOT NULL,
                list INTEGER NOT NULL,
                value TEXT NOT NULL,
                UNIQUE (kind, chunk)
            ) STRICT;

            CREATE TABLE local (
                key TEXT PRIMARY KEY,
                value ANY NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE TABLE operator_secret (
                operator INTEGER PRIMARY KEY,
                badge BLOB NOT NULL UNIQUE,
                verifier TEXT,
                wrong INTEGER NOT NULL
            ) STRICT;
            CREATE TABLE card (
                hash BLOB PRIMARY KEY,
                villager INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            """ + ProjectionTables.live.creation

    /// Brings the file to `version`, one step a transaction.
    static func migrate(_ connection: borrowing Connection) throws {
        let found = try connection.integer("PRAGMA user_version") ?? 0
        guard found <= version else {
            throw JournalError.newerSchema(found: found, known: version)
        }
        for step in found..<version {
            try connection.transaction {
                try connection.execute(migrations[step])
                if step == 0 { try begin(connection) }
                try connection.execute("PRAGMA user_version = \(step + 1)")
            }
        }
    }

    private static func begin(_ connection: borrowing Connection) throws {
        try connection.execute("PRAGMA application_id = \(applicationID)")
        var insert = try connection.prepare("INSERT INTO local (key, value) VALUES (?, ?)")
        try insert.run(.text(LocalKey.salt.rawValue), .blob(try randomBytes(saltSize)))
        try insert.run(
            .text(LocalKey.projectionVersion.rawValue), .integer(ProjectionTables.version))
    }
}
