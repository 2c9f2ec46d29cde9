import Cryptography
import JournalFixtures
import SQLite
import StationCore
import SyncProtocol
import Testing

@testable import Journal

/// A journal that somebody changed behind our back, triggers taken away.
struct Tampered {
    let scratch: Scratch

    init(entries: Int = 60) throws {
        scratch = try Scratch()
        let station = try TradingStation(JournalWriter(scratch.directory), seed: 11)
        try station.enrol()
        try station.trade(entries: entries)
    }

    /// Takes the triggers away, and puts them back afterwards.
    func change(_ sql: String...) throws {
        let connection = try Connection(path: scratch.directory.journalFile, mode: .readWrite)
        var select = try connection.prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        let triggers = try select.all { ($0.text(0), $0.text(1)) }
        for (name, _) in triggers { try connection.execute("DROP TRIGGER \(name)") }
        for statement in sql { try connection.execute(statement) }
        for (_, definition) in triggers { try connection.execute(definition) }
    }

    /// Changes the file and leaves it so.
    func spoil(_ sql: String) throws {
        let connection = try Connection(path: scratch.directory.journalFile, mode: .readWrite)
        try connection.execute(sql)
    }

    func verify() throws -> Verification {
        try JournalReader(salvaging: scratch.directory).verify()
    }

    /// Writes every entry from `sequence` on with a chain of its own, as a clever forger would.
    func forge(from sequence: Int, _ change: (Entry) throws -> [UInt8]) throws {
        let reader = try JournalReader(scratch.directory)
        var hash = try #require(try reader.hash(at: sequence - 1))
        let entries = try reader.entries(from: sequence, limit: 1_000)
        var statements: [String] = []
        for stored in entries {
            let isFirst = stored.entry.sequence == sequence
            let canonical = isFirst ? try change(stored.entry) : stored.canonical
            hash = HashChain.next(after: hash, canonical: canonical)
            statements.append(
                """
                UPDATE entry SET canonical = x'\(Hex.encode(canonical))', hash = x'\(hash)'
                WHERE sequence = \(stored.entry.sequence)
                """)
        }
        try self.change(statements.joined(separator: ";"))
    }
}
