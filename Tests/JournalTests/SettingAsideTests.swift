import JournalFixtures
import StationCore
import Testing

@testable import Journal

@Suite("Setting a refused enrolment aside")
struct SettingAsideTests {
    let scratch: Scratch
    let station: TradingStation

    init() throws {
        scratch = try Scratch()
        station = try TradingStation(JournalWriter(scratch.directory), seed: 1)
        try station.enrol(local: [.token("t"), .pins(["a", "b"]), .stationSecret("12345")])
        try station.append(EntryDraft(StationStarted(release: "1", clean: true), by: .station))
    }

    @Test func `the box is as never enrolled, and the old journal stands beside`() throws {
        let before = try station.journal.reader.entries(from: 1, limit: 10)
        let copy = try station.journal.setAside()
        #expect(station.journal.head == nil)
        #expect(try station.journal.reader.head() == nil)
        #expect(try station.journal.reader.books() == Books())
        var state = LocalState()
        state.stationSecret = "12345"
        #expect(try station.journal.reader.localState() == state)

        let again = try TradingStation(station.journal, seed: 2)
        try again.enrol()
        try again.trade(entries: 30)
        #expect(try again.journal.reader.verify() == Verification(entries: 31))

        let kept = try Scratch()
        try copyFile(copy, to: kept.directory.journalFile)
        #expect(try JournalReader(kept.directory).entries(from: 1, limit: 10) == before)
    }

    @Test func `a journal that holds trade, or that head office has, is kept`() throws {
        let head = try #require(station.journal.head)
        try station.journal.commit(
            nil, local: [.acknowledged(Acknowledgement(through: 1, hash: head.hash))])
        #expect(throws: JournalError.holdsTrade) { try station.journal.setAside() }
        let other = try Scratch()
        let trading = try TradingStation(JournalWriter(other.directory), seed: 1)
        try trading.enrol()
        try trading.trade()
        #expect(throws: JournalError.holdsTrade) { try trading.journal.setAside() }
        #expect(trading.journal.head?.sequence == 2)
    }

    @Test func `the triggers of the new journal are those of the old one`() throws {
        _ = try station.journal.setAside()
        let triggers = try station.journal.connection.integer(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entry'")
        #expect(triggers == 3)
    }
}
