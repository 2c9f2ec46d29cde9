import Cryptography
import Glibc
import SQLite
public import StationCore
import SyncProtocol

/// The one writer of a journal: the daemon's workflow loop, or a rebuild while it is down.
///
/// An entry is decided on a copy of the books and durable when `commit` returns:
///
///     let entry = try journal.next(draft, at: moment, boot: boot)
///     let changes = try nextBooks.apply(entry.entry)
///     try journal.commit(entry, changes, local: cursor)
///     books = nextBooks
public final class JournalWriter {
    public let directory: StateDirectory
    /// For look-ups by the writer's own loop.
    public let reader: JournalReader
    /// The last entry's place; nil before entry 1.
    public internal(set) var head: JournalHead?

    /// Triggers and tables of projections that were gone from the file and were made again at the
    /// opening. Somebody took them away: `journal verify` is due.
    public let mended: [String]

    private let lock: WriterLock
    let connection: Connection
    private let reserve: Reserve
    private var transactions: Transactions
    private var insertEntry: Statement
    private var projections: ProjectionWriter
    private var local: LocalWriter
    private let commitsPerCheckpoint: Int
    private var commitsSinceCheckpoint = 0

    /// Opens the journal of a station, or makes an empty one. Whatever ended the run before, this
    /// is all that has to be done.
    ///
    /// - Throws: `.locked`, `.newerSchema`, `.diskFull`, `.readOnly`, `.damaged`.
    public convenience init(_ directory: StateDirectory) throws(JournalError) {
        try self.init(directory, StorageSettings())
    }

    package init(
        _ directory: StateDirectory, _ settings: StorageSettings
    ) throws(JournalError) {
        self.directory = directory
        guard access(directory.path, W_OK) == 0 else {
            throw JournalError(SystemError("write to", directory.path))
        }
        lock = try WriterLock(directory)
        reserve = Reserve(directory: directory)
        commitsPerCheckpoint = settings.commitsPerCheckpoint
        do {
            let connection = try JournalWriter.open(directory, settings)
            let transactions = try Transactions(connection)
            mended = try Schema.mend(connection)
            let insertEntry = try connection.prepare(
                "INSERT INTO entry (sequence, canonical, hash) VALUES (?, ?, ?)")
            let projections = try ProjectionWriter(connection, .live)
            let local = try LocalWriter(connection)
            self.connection = connection
            self.transactions = transactions
            self.insertEntry = insertEntry
            self.projections = projections
            self.local = local
        } catch { throw JournalError(error) }
        reader = try JournalReader(directory)
        head = try reader.head()
        do { try reserve.make() } catch .diskFull {}
    }

    private static func open(
        _ directory: StateDirectory, _ settings: StorageSettings
    ) throws -> Connection {
        let connection = try Connection(path: directory.journalFile, mode: .create)
        try connection.keepLogFiles()
        try connection.execute(
            """
            PRAGMA page_size = \(settings.pageSize);
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = \(settings.synchronous);
            PRAGMA wal_autocheckpoint = \(StorageSettings.logPagesMax);
            PRAGMA journal_size_limit = \(StorageSettings.logSizeKept);
            PRAGMA cache_size = -512;
            PRAGMA recursive_triggers = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = FILE;
            """)
        guard try connection.integer("PRAGMA synchronous") == settings.synchronous,
            try connection.text("PRAGMA journal_mode") == "wal"
        else { throw JournalError.failed("SQLite does not keep to synchronous and WAL") }
        try Schema.migrate(connection)
        try directory.synchronize()
        return connection
    }

    /// The entry that `draft` becomes. Nothing is written.
    ///
    /// - Parameter previous: An entry that is not committed yet, where a group is.
    /// - Throws: `.notEnrolled` before entry 1.
    public func next(
        _ draft: EntryDraft, after previous: StoredEntry? = nil, at moment: Moment, boot: String
    ) throws(JournalError) -> StoredEntry {
        guard let end = previous.map(JournalHead.init) ?? head else { throw .notEnrolled }
        return store(
            draft, station: end.station, epoch: end.epoch, sequence: end.sequence + 1,
            after: end.hash, moment, boot)
    }

    /// Entry 1, whose body carries the key that the chain begins with.
    public func enrolment(
        _ content: StationEnrolled, by actor: Actor, station: StationNumber, epoch: Int,
        at moment: Moment, boot: String
    ) throws(JournalError) -> StoredEntry {
        precondition(head == nil, "a station is enrolled once")
        return try attempt {
            guard let raw = Base64.decode(content.key) else {
                throw CryptographyError.failed("public key")
            }
            let genesis = HashChain.genesis(
                epoch: epoch, key: try Ed25519.PublicKey(raw: raw), station: station)
            return store(
                try EntryDraft(content, by: actor), station: station, epoch: epoch, sequence: 1,
                after: genesis, moment, boot)
        }
    }

    private func store(
        _ draft: EntryDraft, station: StationNumber, epoch: Int, sequence: Int,
        after previous: ChainHash, _ moment: Moment, _ boot: String
    ) -> StoredEntry {
        let entry = Entry(
            station: station, epoch: epoch, sequence: sequence, kind: draft.kind,
            version: draft.version, moment: moment, boot: boot, actor: draft.actor,
            postings: draft.postings, body: draft.body)
        let canonical = CanonicalForm.bytes(of: entry)
        return StoredEntry(
            entry: entry, canonical: canonical,
            hash: HashChain.next(after: previous, canonical: canonical))
    }

    /// Writes an entry, what it changes in the books and what is local, in one durable
    /// transaction; any of them may be missing. When it throws, nothing has happened.
    ///
    /// - Parameter changes: By `Books.apply` of this entry.
    /// - Throws: `.diskFull`: business is refused while there is no room beyond the reserve, which
    ///   is for entries of the station and for local state. `.repeated`, `.readOnly`, `.failed`.
    public func commit(
        _ entry: StoredEntry?, _ changes: BookChanges = BookChanges(), local: [LocalChange] = []
    ) throws(JournalError) {
        try commit([JournalCommit(entry: entry, changes: changes, local: local)])
    }

    /// Writes a group in one durable transaction, all of it or nothing: what came at once, such as
    /// head office's messages, costs one flush and a third of the bytes.
    public func commit(_ group: [JournalCommit]) throws(JournalError) {
        let entries = group.compactMap(\.entry)
        for (index, stored) in entries.enumerated() {
            precondition(
                stored.entry.sequence == (head?.sequence ?? 0) + 1 + index,
                "entry \(stored.entry.sequence) is not the next")
        }
        let isBusiness = entries.contains { !$0.entry.kind.isStation }
        if isBusiness { try reserve.make() }
        do {
            try write(group)
        } catch .diskFull where !isBusiness {
            try makeRoomForTheStation()
            try write(group)
        }
        commitsSinceCheckpoint += 1
        if let last = entries.last { head = JournalHead(last) }
    }

    /// Gives the reserve up and moves the write-ahead log into the file, so that it begins anew
    /// over the room that it has.
    private func makeRoomForTheStation() throws(JournalError) {
        let released = reserve.release()
        let checkpoint = try attempt { try connection.checkpoint() }
        guard released || checkpoint.moved == checkpoint.logged else { throw .diskFull }
    }

    private func write(_ group: [JournalCommit]) throws(JournalError) {
        try attempt {
            try transactions.run(connection) {
                var changes = GatheredChanges()
                for part in group {
                    if let stored = part.entry {
                        try insertEntry.run(
                            .integer(stored.entry.sequence), .blob(stored.canonical),
                            .blob(stored.hash.bytes))
                        do throws(EntryFault) {
                            try changes.add(part.changes, of: stored.entry.sequence)
                        } catch {
                            throw WrongEntry(sequence: stored.entry.sequence, fault: error)
                        }
                    }
                    for change in part.local { try local.write(change, connection) }
                }
                try changes.write(to: &projections, connection)
            }
        }
    }

    /// False while the disk is so full that business is refused.
    public var hasRoom: Bool { reserve.isWhole }

    /// Whether trade may begin: there is room beside the reserve, too.
    public var hasRoomForTrade: Bool { hasRoom && reserve.freeSize >= Self.tradeSizeMax }

    /// Bytes: more than any entry of trade takes in the log.
    private static let tradeSizeMax = 65_536

    /// Whether the kernel made the disk read-only, as it does when a card wears out.
    public var isReadOnly: Bool { access(directory.path, W_OK) != 0 && errno == EROFS }

    /// What can wait until nothing else does: moves the write-ahead log into the file when it has
    /// grown, and takes the reserve back when there is room. The loop calls it when it is idle.
    public func idle() throws(JournalError) {
        do { try reserve.make() } catch .diskFull {}
        guard commitsSinceCheckpoint >= commitsPerCheckpoint else { return }
        let checkpoint = try attempt { try connection.checkpoint() }
        if checkpoint.moved == checkpoint.logged { commitsSinceCheckpoint = 0 }
    }
}

/// What one event leaves in the journal.
public struct JournalCommit: Sendable {
    public let entry: StoredEntry?
    public let changes: BookChanges
    public let local: [LocalChange]

    public init(
        entry: StoredEntry?, changes: BookChanges = BookChanges(), local: [LocalChange] = []
    ) {
        self.entry = entry
        self.changes = changes
        self.local = local
    }
}

/// How the file is kept.
package struct StorageSettings: Sendable {
    /// Bytes, fixed when the file is made.
    package var pageSize = StorageSettings.pageSizeChosen
    /// SQLite's number for FULL. The control of scripts/test-powercut alone sets another, under which
    /// it must lose what was acknowledged.
    package var synchronous = 2
    /// An idle moment's checkpoint pays when pages were written many times over.
    package var commitsPerCheckpoint = 128

    package init() {}

    /// By measurement: docs/adr/0014-pages-of-512-bytes.md.
    static let pageSizeChosen = 512
    /// Pages in the write-ahead log at which SQLite moves them by itself, should the loop never
    /// be idle: 1 MiB.
    static let logPagesMax = 2_048
    /// Bytes of the log's file that stay for its next round: what is written over needs no room.
    static let logSizeKept = 2 * 1_024 * 1_024
}
