import Cryptography
import Glibc
import SQLite
public import StationCore
import SyncProtocol

/// Head office's memory, one SQLite file: what came up, what goes down, what is decided. What it
/// acknowledged is on the disk.
///
/// One connection, one caller at a time: a commit takes milliseconds, so stations hardly wait for
/// each other. Several processes may have the file open (`serve` and a command line beside it).
public actor HubStore {
    let connection: Connection
    /// Milliseconds of UTC since 1970.
    let now: @Sendable () -> Int

    private static let schemaVersion = 1

    /// Opens the file and makes it where it is missing, for its owner alone: it holds the
    /// server's keys.
    ///
    /// - Parameter now: Milliseconds of UTC since 1970.
    /// - Throws: `SQLiteError`; `HubError.release` for a file of a newer release.
    public init(path: String, now: @escaping @Sendable () -> Int) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
        connection = try Connection(path: path, mode: .create)
        self.now = now
        // Together: an acknowledged batch survives a power cut.
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try connection.execute("PRAGMA foreign_keys = ON")
        try Self.migrate(connection)
    }

    private static func migrate(_ connection: borrowing Connection) throws {
        let version = try connection.integer("PRAGMA user_version") ?? 0
        guard version <= schemaVersion else { throw HubError.release(version) }
        guard version < schemaVersion else { return }
        try connection.execute("BEGIN IMMEDIATE")
        // Another process may have been faster.
        if try connection.integer("PRAGMA user_version") == 0 {
            try connection.execute(schema)
            try connection.execute("PRAGMA user_version = \(schemaVersion)")
        }
        try connection.execute("COMMIT")
    }

    private static let schema = """
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
}

/// What somebody at head office asked for and cannot have.
public enum HubError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file was written by a newer release.
    case release(Int)
    case unknownStation(String)
    case stationExists(StationNumber, epoch: Int)
    case unknownOrder(StationNumber, EntryName)
    /// The order has its decision.
    case decided(StationNumber, EntryName, String)
    /// More than the villager paid, or less than nothing.
    case cost(Fen, allowed: ClosedRange<Fen>)
    case address(String)
    /// What is stored here cannot be read.
    case damaged(String)

    public var description: String {
        switch self {
        case .release(let version): "the file is of a newer release (schema \(version))"
        case .unknownStation(let name): "there is no station \(name); `station add` makes one"
        case .stationExists(let station, let epoch):
            "station \(station) has epoch \(epoch) already"
        case .unknownOrder(let station, let order): "station \(station) has no order \(order)"
        case .decided(let station, let order, let verdict):
            "order \(order) of station \(station) is decided: \(verdict)"
        case .cost(let cost, let allowed):
            "a cost of \(cost.yuan) is not from \(allowed.lowerBound.yuan) to "
                + "\(allowed.upperBound.yuan) yuan"
        case .address(let address):
            "address \(address): a host and a port, 40 bytes at the most, without spaces"
        case .damaged(let what): "\(what) cannot be read"
        }
    }
}

extension Fen {
    /// In yuan with two decimals.
    public var yuan: String {
        let digits = String(count.magnitude % 100 + 100).dropFirst()
        return (count < 0 ? "-" : "") + "\(count.magnitude / 100).\(digits)"
    }

    /// Yuan with at most two decimals, such as `45.6`; nil for anything else and above a billion.
    public init?(yuan text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].utf8.count),
            parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let yuan = Int(parts[0])
        else { return nil }
        var fen = 0
        if parts.count == 2 {
            guard (1...2).contains(parts[1].utf8.count), let decimals = Int(parts[1]) else {
                return nil
            }
            fen = parts[1].utf8.count == 1 ? decimals * 10 : decimals
        }
        self.init(yuan * 100 + fen)
    }
}
