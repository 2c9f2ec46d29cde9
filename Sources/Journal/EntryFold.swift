import SQLite
public import StationCore
public import SyncProtocol

/// What is wrong with one entry.
public enum EntryFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is none of this number, but later ones.
    case missing
    /// SQLite cannot read its row.
    case unreadable(String)
    case form(EntryFormError)
    /// The entry says another number than its row.
    case number(Int)
    /// Station or epoch are not those of entry 1, or entry 1 does not enrol a station.
    case identity
    /// The stored hash is not the one of the entry and all before it.
    case hash
    /// It cannot follow: postings, sides or states.
    case books(BooksError)
    /// A record that may stand once stands already.
    case repeated(BookRecord.Collection, key: String)

    public var description: String {
        switch self {
        case .missing: "is missing"
        case .unreadable(let why): "cannot be read: \(why)"
        case .form(let error): "\(error)"
        case .number(let number): "says that it is entry \(number)"
        case .identity: "is not of the station and epoch that entry 1 enrols"
        case .hash: "its hash is not that of its content and the entries before it"
        case .books(let error): "\(error)"
        case .repeated(let collection, let key): "\(collection.rawValue) \(key) a second time"
        }
    }
}

/// Goes through the entries one after the other and holds all that can be held of each. A rebuild
/// and a verification are made with it.
struct EntryFold {
    private(set) var books: Books
    private(set) var hash: ChainHash?

    /// Before entry 1.
    init() { books = Books() }

    /// After the last entry of `books`, where the chain's hash is `hash`.
    init(books: Books, hash: ChainHash) {
        self.books = books
        self.hash = hash
    }

    var sequence: Int { books.lastSequence }

    /// Takes the next row of the journal. When it throws, the fold is over.
    mutating func take(
        _ sequence: Int, _ canonical: [UInt8], _ stored: [UInt8]
    ) throws(EntryFault) -> BookChanges {
        guard sequence == books.lastSequence + 1 else { throw .missing }
        let entry: Entry
        do { entry = try Entry(canonical: canonical) } catch {
            throw EntryFault(error, of: canonical)
        }
        guard entry.sequence == sequence else { throw .number(entry.sequence) }
        let previous: ChainHash
        if let hash {
            guard entry.station == books.station, entry.epoch == books.epoch else {
                throw .identity
            }
            previous = hash
        } else {
            guard let genesis = try? HashChain.genesis(of: entry) else { throw .identity }
            previous = genesis
        }
        let next = HashChain.next(after: previous, canonical: canonical)
        guard next.bytes == stored else { throw .hash }
        do {
            let changes = try books.fold(entry)
            hash = next
            return changes
        } catch { throw .books(error) }
    }
}

extension EntryFault {
    /// An entry of a newer release may have accounts that this one does not know either: its kind is
    /// what is to be said of it.
    init(_ error: EntryFormError, of canonical: [UInt8]) {
        self = .form(error)
        guard let value = try? CanonicalForm.value(parsing: canonical),
            let kind = value["kind"]?.string.map({ EntryKind(rawValue: $0) }),
            let version = value["version"]?.integer, !kind.isKnown(version: version)
        else { return }
        self = .books(.unknown(kind, version: version))
    }
}

/// The first entry that is wrong.
struct WrongEntry: Error {
    let sequence: Int
    let fault: EntryFault
}

/// The changes of many entries, each row once: a group of entries writes hot rows once, and so does
/// a chunk of a rebuild.
struct GatheredChanges {
    private struct Key: Hashable {
        let collection: BookRecord.Collection
        let key: String
    }

    private var balances: [AccountUnit: Int] = [:]
    private var records: [Key: BookRecord] = [:]
    /// Keys as they came, each with the entry that it came with.
    private var order: [(key: Key, sequence: Int)] = []

    mutating func add(_ changes: BookChanges, of sequence: Int) throws(EntryFault) {
        balances.merge(changes.balances) { $1 }
        for record in changes.records {
            let key = Key(collection: record.collection, key: record.key)
            if let earlier = records[key] {
                guard record.mayExist else {
                    throw .repeated(record.collection, key: record.key)
                }
                records[key] = record.replacing(earlier)
            } else {
                order.append((key, sequence))
                records[key] = record
            }
        }
    }

    /// Finds what `write` would, and writes nothing: SQLite takes no more rows in a transaction in
    /// which it met a page that it cannot read.
    ///
    /// - Throws: `WrongEntry` for the first record that may stand once and that an earlier chunk
    ///   has.
    func refuseRepeated(
        in tables: ProjectionTables, _ connection: borrowing Connection
    ) throws {
        var select = try connection.prepare(
            "SELECT 1 FROM \(tables.record) WHERE open IN (0, 1) AND collection = ? AND key = ?")
        for (key, sequence) in order where records[key]?.mayExist == false {
            let found = try select.first(.text(key.collection.rawValue), .text(key.key)) { _ in true
            }
            guard found == nil else {
                throw WrongEntry(
                    sequence: sequence, fault: .repeated(key.collection, key: key.key))
            }
        }
    }

    /// Records in the order of their first change, as live.
    consuming func write(
        to writer: inout ProjectionWriter, _ connection: borrowing Connection
    ) throws {
        for (key, amount) in balances { try writer.write(key, amount) }
        for (key, sequence) in order {
            guard let record = records[key] else { continue }
            do { try writer.write(record, connection) } catch JournalError.repeated {
                throw WrongEntry(
                    sequence: sequence, fault: .repeated(record.collection, key: record.key))
            }
        }
    }
}

/// Folds rows of the journal, a chunk at a time, into one set of projection tables.
struct ProjectionFold: ~Copyable {
    private(set) var fold: EntryFold
    private let tables: ProjectionTables
    private var writer: ProjectionWriter
    private var select: Statement

    init(_ connection: borrowing Connection, _ tables: ProjectionTables, _ fold: EntryFold) throws {
        let writer = try ProjectionWriter(connection, tables)
        let select = try connection.prepare(
            """
            SELECT sequence, canonical, hash FROM main.entry WHERE sequence > ?
            ORDER BY sequence LIMIT ?
            """)
        self.fold = fold
        self.tables = tables
        self.writer = writer
        self.select = select
    }

    /// Takes up to `limit` entries, within a transaction of the caller.
    ///
    /// - Returns: How many there were.
    /// - Throws: `WrongEntry` for the first one that is wrong.
    mutating func take(_ limit: Int, _ connection: borrowing Connection) throws -> Int {
        var changes = GatheredChanges()
        let first = fold.sequence + 1
        var next = first
        let fault: EntryFault?
        do {
            try select.forEach(.integer(fold.sequence), .integer(limit)) { row in
                let changed = try fold.take(row.integer(0), row.blob(1), row.blob(2))
                try changes.add(changed, of: next)
                next += 1
                return true
            }
            fault = nil
        } catch let found as EntryFault {
            fault = found
        } catch let error as SQLiteError where error.isCorrupt {
            fault = .unreadable(error.message)
        }
        if let fault {
            // What came before it may be wrong itself.
            try changes.refuseRepeated(in: tables, connection)
            throw WrongEntry(sequence: next, fault: fault)
        }
        try changes.write(to: &writer, connection)
        return next - first
    }
}
