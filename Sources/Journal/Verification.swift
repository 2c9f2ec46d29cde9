import SQLite
public import StationCore
import SyncProtocol

/// What a verification found.
public struct Verification: Equatable, Sendable {
    /// Entries that were looked at and are right.
    public internal(set) var entries = 0
    /// Empty when all is as it must be. A wrong entry, the first one, stands before what follows
    /// from it.
    public internal(set) var findings: [Finding] = []

    public enum Finding: Equatable, Sendable, CustomStringConvertible {
        /// The first entry that is wrong. What comes after it was not looked at.
        case entry(Int, EntryFault)
        /// A balance that is not the sum of the entries.
        case balance(account: String, unit: String, entries: Int, stored: Int)
        /// A record that is not what the entries make.
        case record(BookRecord.Collection, key: String)
        /// What head office acknowledged is not the chain of this journal.
        case acknowledgement(Int)
        /// The copy of a list, by which is traded, is not the one that an entry adopted.
        case list(HeadOfficeMessage.Kind)
        /// What badge and card digits are hashed with is gone: none of them is known any more.
        case salt
        /// SQLite's own check of the file, or a table or trigger that is not as it must be.
        case file(String)

        public var description: String {
            switch self {
            case .entry(let sequence, let fault): "entry \(sequence): \(fault)"
            case .balance(let account, let unit, let entries, let stored):
                "\(account) in \(unit): the entries sum to \(entries), stored is \(stored)"
            case .record(let collection, let key):
                "\(collection.words(for: key)) is not what the entries make"
            case .acknowledgement(let sequence):
                "head office acknowledged another entry \(sequence)"
            case .list(let kind):
                "the copy of the list of \(kind.rawValue) is not the one that was adopted"
            case .salt:
                "the salt of badges and cards is missing: none is known, all are to be issued again"
            case .file(let what): "file: \(what)"
            }
        }
    }
}

extension BookRecord.Collection {
    /// One of its records, for people.
    fileprivate func words(for key: String) -> String {
        switch self {
        case .slip: "the slip of entry \(key)"
        case .purchase: "the purchase of entry \(key)"
        case .day: "the day that entry \(key) opened"
        case .fact: "what stands once (limits, lists in force, head office's address)"
        default: "\(rawValue) \(key)"
        }
    }
}

extension JournalReader {
    /// Checks all that can be checked: SQLite's own structure, tables and triggers, every entry
    /// (kind, number, spelling, chain, sums, sides, units, cash, states), the projections against a
    /// rebuild beside them, what head office acknowledged, and what is traded by: lists and salt. It
    /// reads alone, and may be run beside the daemon.
    ///
    /// - Throws: What keeps it from looking; what is wrong is no error but a finding.
    public func verify(
        progress: (JournalProgress) -> Void = { _ in }
    ) throws(JournalError) -> Verification {
        try verify(chunk: JournalWriter.rebuildChunk, progress: progress)
    }

    func verify(
        chunk: Int, progress: (JournalProgress) -> Void = { _ in }
    ) throws(JournalError) -> Verification {
        var result = Verification()
        do { try verifyStructure(&result) } catch {
            guard case .damaged(let what) = JournalError(error) else { throw JournalError(error) }
            result.findings.append(.file(what))
        }
        do { _ = try JournalReader.salt(connection) } catch {
            guard case .damaged = JournalError(error) else { throw JournalError(error) }
            result.findings.append(.salt)
        }
        do {
            try connection.execute(ProjectionTables.check.creation)
            defer { try? connection.execute(JournalReader.checkRemoval) }
            try verifyEntries(&result, chunk, progress)
        } catch let wrong as WrongEntry {
            result.entries = wrong.sequence - 1
            result.findings.insert(.entry(wrong.sequence, wrong.fault), at: 0)
        } catch let error as SQLiteError where error.isOfOtherSchema && !result.findings.isEmpty {
            // It was said already, by name.
        } catch {
            guard case .damaged(let what) = JournalError(error) else { throw JournalError(error) }
            result.findings.append(.file(what))
        }
        return result
    }

    private static let checkRemoval =
        "DROP TABLE \(ProjectionTables.check.balance); DROP TABLE \(ProjectionTables.check.record);"

    /// SQLite's own check, and whether tables and triggers are those that this program makes.
    private func verifyStructure(_ result: inout Verification) throws {
        if let shortening = try JournalReader.shortening(of: path) {
            result.findings.append(.file(shortening))
        }
        let version = try connection.integer("PRAGMA user_version") ?? 0
        let differences = try Schema.differences(connection, version: version)
        result.findings += differences.map { .file($0.description) }
        let structure = try connection.text("PRAGMA integrity_check(1)") ?? "no answer"
        guard structure != "ok" else { return }
        let lines = structure.split(separator: "\n").filter { !$0.hasPrefix("***") }
        result.findings.append(.file(lines.joined(separator: ", ")))
    }

    /// In short snapshots, so that the write-ahead log of a station at work is not held up; only
    /// the last entries and the comparison share one.
    private func verifyEntries(
        _ result: inout Verification, _ chunk: Int, _ progress: (JournalProgress) -> Void
    ) throws {
        // For the progress alone: what cannot be read is found by the fold, and named.
        let last = (try? connection.integer("SELECT max(sequence) FROM entry")) ?? 0
        var fold = try ProjectionFold(connection, .check, EntryFold())
        while try connection.snapshot({ try fold.take(chunk, connection) }) == chunk {
            progress(JournalProgress(entries: fold.fold.sequence, of: last))
        }
        try connection.snapshot {
            while try fold.take(chunk, connection) == chunk {}
            result.entries = fold.fold.sequence
            let before = try connection.integer("SELECT count(*) FROM entry WHERE sequence < 1")
            if let before, before > 0 {
                result.findings.append(.file("rows stand before entry 1: \(before)"))
            }
            result.findings += try wrongBalances()
            result.findings += try wrongRecords()
            result.findings += try wrongAcknowledgement()
            let facts = fold.fold.books.facts
            result.findings += try wrongList(.prices, facts.priceList)
            result.findings += try wrongList(.articles, facts.articleList)
        }
        progress(JournalProgress(entries: result.entries, of: result.entries))
    }

    private func wrongBalances() throws -> [Verification.Finding] {
        var select = try connection.prepare(
            """
            SELECT account, unit, made.amount, 0 FROM temp.balance_check AS made
                LEFT JOIN main.balance AS live USING (account, unit)
                WHERE live.amount IS NOT made.amount
            UNION ALL
            SELECT account, unit, 0, live.amount FROM main.balance AS live
                LEFT JOIN temp.balance_check AS made USING (account, unit)
                WHERE made.amount IS NULL
            """)
        let rows = try select.all { row in
            (row.text(0), row.text(1), row.integer(2), row.integer(3))
        }
        return try rows.map { account, unit, made, live in
            var stored = try connection.prepare(
                "SELECT amount FROM main.balance WHERE account = ? AND unit = ?")
            let found = try stored.first(.text(account), .text(unit)) { $0.integer(0) }
            return .balance(account: account, unit: unit, entries: made, stored: found ?? live)
        }
    }

    /// The first few: one wrong entry of code can make thousands.
    private func wrongRecords() throws -> [Verification.Finding] {
        var select = try connection.prepare(
            """
            SELECT collection, key FROM temp.record_check AS made
                LEFT JOIN main.record AS live USING (open, collection, key)
                WHERE live.value IS NOT made.value
            UNION
            SELECT collection, key FROM main.record AS live
                LEFT JOIN temp.record_check AS made USING (open, collection, key)
                WHERE made.value IS NULL
            LIMIT 10
            """)
        return try select.all { row in
            .record(BookRecord.Collection(rawValue: row.text(0)), key: row.text(1))
        }
    }

    private func wrongAcknowledgement() throws -> [Verification.Finding] {
        guard let acknowledged = try LocalState(connection).acknowledged,
            try hash(at: acknowledged.through) != acknowledged.hash
        else { return [] }
        return [.acknowledgement(acknowledged.through)]
    }
}

extension JournalReader {
    /// A copy that is gone is no fault: head office is asked for it again.
    private func wrongList(
        _ kind: HeadOfficeMessage.Kind, _ adopted: AdoptedList?
    ) throws -> [Verification.Finding] {
        var select = try connection.prepare(
            "SELECT value FROM list_item WHERE kind = ? ORDER BY rowid")
        let items = try select.all(.text(kind.rawValue)) { $0.blob(0) }
        let copied = try copiedList(kind)
        if copied == nil, items.isEmpty { return [] }
        let values = items.compactMap { try? CanonicalForm.value(parsing: $0) }
        let isAdopted =
            copied == adopted && values.count == items.count
            && adopted?.digest == ListDigest.of(values: values)
        return isAdopted ? [] : [.list(kind)]
    }
}

/// What this journal says to the code on a slip.
public enum SlipCheck: Equatable, Sendable {
    /// The entry stands here as it was printed.
    case unchanged(StoredEntry)
    /// There is an entry of this number, with another mark: forged, of another journal, or an
    /// entry that was changed after the slip was printed.
    case otherMark(StoredEntry)
    case noSuchEntry
}

extension JournalReader {
    /// - Parameter mark: Eight digits of the QR code, or the first four of them (Code 128). The
    ///   caller has compared station and epoch.
    public func checkSlip(_ sequence: Int, mark: String) throws(JournalError) -> SlipCheck {
        guard let stored = try entry(sequence), let previous = try hash(at: sequence - 1) else {
            return .noSuchEntry
        }
        let hash = HashChain.next(after: previous, canonical: stored.canonical)
        let isMark = mark == hash.mark || mark == hash.halfMark
        return isMark && hash == stored.hash ? .unchanged(stored) : .otherMark(stored)
    }

    /// Every entry from `sequence` on as a line of JSON: `{"entry":…,"hash":"…"}` and a line feed,
    /// the entry in its canonical spelling. docs/journal-format.md says how to verify it.
    ///
    /// - Throws: `.damaged`, after every entry before the one that cannot be read was handed over.
    public func export(
        from sequence: Int = 1, _ line: ([UInt8]) throws -> Void
    ) throws {
        var next = sequence
        while true {
            let chunk = try salvage(from: next, limit: 500)
            for stored in chunk.entries {
                try line(
                    Array("{\"entry\":".utf8) + stored.canonical
                        + Array(",\"hash\":\"\(stored.hash)\"}\n".utf8))
            }
            if let damage = chunk.damage { throw damage }
            guard let last = chunk.entries.last else { return }
            next = last.entry.sequence + 1
        }
    }
}
