import JournalFixtures
import StationCore
import Testing

@testable import Journal

@Suite("Rebuilding the projections")
struct RebuildTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func station(_ entries: Int, seed: UInt64 = 5) throws -> TradingStation {
        let station = try TradingStation(JournalWriter(scratch.directory), seed: seed)
        try station.enrol()
        try station.trade(entries: entries)
        return station
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `a rebuild makes what was there, and trade goes on`(seed: UInt64) throws {
        let station = try station(300, seed: seed)
        let before = try station.journal.reader.books()
        try station.journal.connection.execute("DELETE FROM balance; DELETE FROM record")
        #expect(try !station.journal.reader.verify().findings.isEmpty)
        #expect(try station.journal.rebuild(chunk: 40) { _ in true })
        #expect(try station.journal.reader.verify() == Verification(entries: 301))
        #expect(try station.journal.reader.books() == before)
        try station.trade(entries: 50)
        #expect(try station.journal.reader.verify() == Verification(entries: 351))
        #expect(try station.journal.rebuild(chunk: 1_000) { _ in true })
        #expect(try station.journal.reader.verify() == Verification(entries: 351))
    }

    @Test func `an interrupted rebuild goes on where it stopped, also after more trade`() throws {
        var seen: [JournalProgress] = []
        do {
            let station = try station(200)
            let finished = try station.journal.rebuild(chunk: 50) {
                seen.append($0)
                return seen.count < 2
            }
            #expect(!finished)
            #expect(try station.journal.reader.verify() == Verification(entries: 201))
            try station.trade(entries: 9)
        }
        let journal = try JournalWriter(scratch.directory)
        try journal.connection.execute("DELETE FROM record")
        #expect(
            try journal.rebuild(chunk: 50) {
                seen.append($0)
                return true
            })
        #expect(seen.map(\.entries) == [50, 100, 150, 200, 210])
        #expect(try journal.reader.verify() == Verification(entries: 210))
        #expect(
            try journal.connection.integer(
                "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%shadow%' OR name = 'rebuild'")
                == 0)
    }

    @Test func `an empty journal is rebuilt to nothing`() throws {
        let journal = try JournalWriter(scratch.directory)
        #expect(try journal.rebuild())
        #expect(try journal.reader.verify() == Verification())
    }

    @Test func `a wrong entry stops a rebuild by name and leaves what was there`() throws {
        let station = try station(100)
        let before = try station.journal.reader.books()
        try station.journal.connection.execute(
            """
            DROP TRIGGER entry_is_not_updated;
            UPDATE entry SET hash = zeroblob(32) WHERE sequence = 70
            """)
        let error = #expect(throws: JournalError.self) { try station.journal.rebuild() }
        #expect(error == .damaged("entry 70: \(EntryFault.hash)"))
        #expect(try station.journal.reader.books() == before)
    }

    @Test func `an update that makes other projections asks for a rebuild, once`() throws {
        let station = try station(20)
        #expect(try !station.journal.needsRebuild)
        try station.journal.connection.execute(
            "UPDATE local SET value = 0 WHERE key = 'projectionVersion'")
        #expect(try station.journal.needsRebuild)
        #expect(try station.journal.rebuild())
        #expect(try !station.journal.needsRebuild)
    }

    @Test func `tables that another release began to fill are thrown away`() throws {
        let station = try station(60)
        #expect(try !station.journal.rebuild(chunk: 20) { _ in false })
        try station.journal.connection.execute("UPDATE rebuild SET version = 0")
        var first: Int?
        #expect(
            try station.journal.rebuild(chunk: 20) {
                first = first ?? $0.entries
                return true
            })
        #expect(first == 20)
        #expect(try station.journal.reader.verify() == Verification(entries: 61))
    }
}
