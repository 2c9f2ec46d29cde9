import JournalFixtures
import SQLite
import Testing

@testable import Journal

@Suite("The journal's triggers")
struct TriggerTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let row = "x'7b7d', zeroblob(32)"

    @Test(arguments: [
        "UPDATE entry SET canonical = x'00' WHERE sequence = 3",
        "UPDATE entry SET sequence = 100 WHERE sequence = 21",
        "UPDATE entry SET hash = hash",
        "DELETE FROM entry WHERE sequence = 21",
        "DELETE FROM entry",
        "INSERT INTO entry VALUES (23, \(row))",
        "INSERT INTO entry VALUES (21, \(row))",
        "INSERT INTO entry VALUES (0, \(row))",
        "INSERT INTO entry VALUES (-1, \(row))",
        "INSERT INTO entry (canonical, hash) VALUES (\(row))",
        "INSERT OR REPLACE INTO entry VALUES (21, \(row))",
        "INSERT OR REPLACE INTO entry VALUES (1, \(row))",
        "INSERT OR IGNORE INTO entry VALUES (21, \(row))",
        "REPLACE INTO entry VALUES (5, \(row))",
        "UPDATE OR REPLACE entry SET sequence = 1 WHERE sequence = 2",
        "INSERT INTO entry VALUES (21, \(row)) ON CONFLICT (sequence) DO NOTHING",
        """
        INSERT INTO entry VALUES (21, \(row))
        ON CONFLICT (sequence) DO UPDATE SET canonical = excluded.canonical
        """,
        "INSERT INTO entry VALUES (22, x'7b7d', zeroblob(31))",
        "INSERT INTO entry VALUES (22, \(row)), (24, \(row))",
    ])
    func `nothing but the next entry is let in, whichever way and pragma`(sql: String) throws {
        let station = try TradingStation(JournalWriter(scratch.directory), seed: 3)
        try station.enrol()
        try station.trade(entries: 20)
        let before = try station.journal.reader.entries(from: 1, limit: 100)
        for pragma in ["ON", "OFF"] {
            let other = try Connection(path: scratch.directory.journalFile, mode: .readWrite)
            try other.execute("PRAGMA recursive_triggers = \(pragma)")
            let error = #expect(throws: SQLiteError.self) { try other.execute(sql) }
            #expect(error?.code == 19, "SQLITE_CONSTRAINT: \(String(describing: error))")
        }
        #expect(try station.journal.reader.entries(from: 1, limit: 100) == before)
        try station.trade()
        #expect(try station.journal.reader.verify().findings.isEmpty)
    }
}
