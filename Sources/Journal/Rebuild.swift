import SQLite
import StationCore
import SyncProtocol

/// How far a rebuild or a verification is.
public struct JournalProgress: Hashable, Sendable {
    public let entries: Int
    public let of: Int
}

extension JournalWriter {
    /// Entries in one transaction of a rebuild: about a tenth of a second, and little to do again
    /// after an interruption.
    static let rebuildChunk = 2_000

    /// True after an update that makes other projections of the same entries or knows other kinds of
    /// them, and after one that was taken back.
    public var needsRebuild: Bool {
        get throws(JournalError) {
            try attempt {
                var select = try connection.prepare("SELECT value FROM local WHERE key = ?")
                let found = try select.first(.text(LocalKey.projectionVersion.rawValue)) {
                    $0.integer(0)
                }
                return found != ProjectionTables.version
            }
        }
    }

    /// Makes the projections anew beside the ones that stand, and puts them in their place at the
    /// end. One that was interrupted goes on where it stopped.
    ///
    /// - Parameter goesOn: Called after each chunk: the daemon extends its start time there, and
    ///   says false when it is told to end.
    /// - Returns: Whether it came to the end.
    /// - Throws: `.damaged` names the first entry that is wrong, `.newerEntry` the first that this
    ///   release does not know; the old projections stay then.
    @discardableResult
    public func rebuild(
        goesOn: (JournalProgress) -> Bool = { _ in true }
    ) throws(JournalError) -> Bool {
        try rebuild(chunk: JournalWriter.rebuildChunk, goesOn: goesOn)
    }

    @discardableResult
    package func rebuild(
        chunk: Int, goesOn: (JournalProgress) -> Bool
    ) throws(JournalError) -> Bool {
        let last = head?.sequence ?? 0
        do {
            let start = try connection.transaction { try startOfRebuild() }
            var fold = try ProjectionFold(connection, .shadow, start)
            var update = try connection.prepare("UPDATE rebuild SET position = ?, hash = ?")
            while fold.fold.sequence < last {
                try connection.transaction {
                    _ = try fold.take(chunk, connection)
                    try update.run(
                        .integer(fold.fold.sequence), .blob(fold.fold.hash?.bytes ?? []))
                }
                let progress = JournalProgress(entries: fold.fold.sequence, of: last)
                guard goesOn(progress) else { return false }
            }
        } catch let wrong as WrongEntry {
            // What was booked twice cannot be refused any more.
            guard case .repeated = wrong.fault else { throw JournalError(wrong) }
            throw .damaged("entry \(wrong.sequence): \(wrong.fault)")
        } catch { throw JournalError(error) }
        try attempt { try swapProjections() }
        return true
    }

    /// Where an interrupted rebuild stopped, or the tables for a new one.
    private func startOfRebuild() throws -> EntryFold {
        let stands = try connection.integer(
            "SELECT count(*) FROM sqlite_schema WHERE name = 'rebuild'")
        if stands == 1 {
            var select = try connection.prepare("SELECT position, hash, version FROM rebuild")
            let found = try select.first { row in
                (row.integer(0), row.blob(1), row.integer(2))
            }
            if let (position, hash, version) = found, version == ProjectionTables.version {
                return try fold(at: position, hash)
            }
            try dropRebuild()
        }
        try connection.execute(
            """
            CREATE TABLE rebuild (
                position INTEGER NOT NULL,
                hash BLOB NOT NULL,
                version INTEGER NOT NULL
            ) STRICT;
            INSERT INTO rebuild VALUES (0, x'', \(ProjectionTables.version));
            """ + ProjectionTables.shadow.creation)
        return EntryFold()
    }

    private func fold(at position: Int, _ hash: [UInt8]) throws -> EntryFold {
        guard position > 0 else { return EntryFold() }
        guard let hash = ChainHash(hash) else {
            throw JournalError.damaged("position \(position) of the rebuild")
        }
        let books = try ProjectionTables.shadow.books(at: position, connection)
        return EntryFold(books: books, hash: hash)
    }

    private func dropRebuild() throws {
        let shadow = ProjectionTables.shadow
        try connection.execute(
            "DROP TABLE \(shadow.balance); DROP TABLE \(shadow.record); DROP TABLE rebuild;")
    }

    private func swapProjections() throws {
        let live = ProjectionTables.live
        let shadow = ProjectionTables.shadow
        try connection.transaction {
            try connection.execute(
                """
                DROP TABLE \(live.balance);
                DROP TABLE \(live.record);
                ALTER TABLE \(shadow.balance) RENAME TO balance;
                ALTER TABLE \(shadow.record) RENAME TO record;
                DROP TABLE rebuild;
                """)
            var update = try connection.prepare(
                """
                INSERT INTO local (key, value) VALUES (?, ?)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """)
            try update.run(
                .text(LocalKey.projectionVersion.rawValue), .integer(ProjectionTables.version))
        }
    }
}
