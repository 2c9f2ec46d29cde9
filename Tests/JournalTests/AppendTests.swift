import Glibc
import JournalFixtures
import StationCore
import SyncProtocol
import Testing

@testable import Journal

@Suite("Appending and reading")
struct AppendTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func station(seed: UInt64 = 1) throws -> TradingStation {
        let station = try TradingStation(JournalWriter(scratch.directory), seed: seed)
        if station.journal.head == nil { try station.enrol() }
        return station
    }

    @Test func `a commit is flushed: SQLite says synchronous FULL and write-ahead log`() throws {
        let journal = try JournalWriter(scratch.directory)
        #expect(try journal.connection.integer("PRAGMA synchronous") == 2)
        #expect(try journal.connection.text("PRAGMA journal_mode") == "wal")
        #expect(try journal.connection.integer("PRAGMA page_size") == StorageSettings().pageSize)
        #expect(try journal.connection.integer("PRAGMA recursive_triggers") == 1)
    }

    @Test func `nothing is in a new journal, and local state can be kept all the same`() throws {
        let journal = try JournalWriter(scratch.directory)
        #expect(journal.head == nil)
        #expect(try journal.reader.books() == Books())
        #expect(try journal.reader.hash(at: 0) == nil)
        try journal.commit(nil, local: [.token("t0ken"), .cleanShutdown(true)])
        let state = try journal.reader.localState()
        #expect(state.token == "t0ken")
        #expect(state.wasShutCleanly)
        #expect(throws: JournalError.notEnrolled) {
            try journal.next(
                EntryDraft(StationStarted(release: "1", clean: true), by: .station),
                at: Moment(time: 0, quality: .unset, monotonic: 1), boot: "b")
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `entries come back as they were, in the one chain, and books are the fold of them`(
        seed: UInt64
    ) throws {
        let station = try station(seed: seed)
        try station.trade(entries: 250)
        let reader = station.journal.reader
        let stored = try reader.entries(from: 1, limit: 1_000)
        #expect(stored.count == 251)
        var ledger = Ledger()
        var hash = try #require(try reader.hash(at: 0))
        for (index, one) in stored.enumerated() {
            #expect(one.entry.sequence == index + 1)
            #expect(CanonicalForm.bytes(of: one.entry) == one.canonical)
            hash = HashChain.next(after: hash, canonical: one.canonical)
            #expect(one.hash == hash)
            try ledger.post(one.entry.postings)
        }
        #expect(try reader.books() == station.books)
        #expect(try reader.ledger() == ledger)
        #expect(station.journal.head?.hash == hash)
        #expect(try reader.head() == station.journal.head)
        #expect(try reader.verify() == Verification(entries: 251))
    }

    @Test func `a journal goes on where it ended, whoever opened it`() throws {
        let before: Books
        do {
            let station = try station()
            try station.trade(entries: 40)
            before = station.books
        }
        let again = try station(seed: 2)
        #expect(again.books == before)
        try again.trade(entries: 40)
        #expect(try again.journal.reader.verify() == Verification(entries: 81))
    }

    @Test func `pages of entries, the newest ones and single ones are found`() throws {
        let station = try station()
        try station.trade(entries: 20)
        let reader = try JournalReader(scratch.directory)
        #expect(try reader.entries(from: 10, limit: 3).map(\.entry.sequence) == [10, 11, 12])
        #expect(try reader.entries(from: 22, limit: 3).isEmpty)
        #expect(try reader.latest(limit: 3).map(\.entry.sequence) == [21, 20, 19])
        #expect(try reader.latest(before: 3, limit: 5).map(\.entry.sequence) == [2, 1])
        #expect(try reader.entry(7)?.entry.sequence == 7)
        #expect(try reader.entry(22) == nil)
        #expect(try reader.lastEntry()?.hash == reader.head()?.hash)
    }

    @Test func `an entry that does not follow, and its local changes, are not written`() throws {
        let station = try station()
        let top = EntryDraft.topUp
        try station.append(try top("same"))
        let before = try station.journal.reader.head()
        let error = #expect(throws: JournalError.self) {
            try station.append(try top("same"), local: [.appliedThrough(9)])
        }
        #expect(error == .repeated(.decision, key: "same"))
        #expect(try station.journal.reader.head() == before)
        #expect(station.journal.head == before)
        #expect(try station.journal.reader.localState().appliedThrough == 0)
        try station.append(try top("other"), local: [.appliedThrough(9)])
        #expect(try station.journal.reader.localState().appliedThrough == 9)
        #expect(try station.journal.reader.verify().findings.isEmpty)
    }

    @Test func `a group is one transaction, all of it or nothing`() throws {
        let station = try station()
        try station.trade(group: 10)
        #expect(try station.journal.reader.verify() == Verification(entries: 11))
        let head = station.journal.head
        let moment = Moment(time: 0, quality: .file, monotonic: 0)
        var books = station.books
        var group: [JournalCommit] = []
        for _ in 0..<2 {
            let entry = try station.journal.next(
                EntryDraft.topUp("same"), after: group.last?.entry, at: moment, boot: "b")
            group.append(JournalCommit(entry: entry, changes: try books.apply(entry.entry)))
        }
        #expect(throws: JournalError.repeated(.decision, key: "same")) {
            try station.journal.commit(group)
        }
        #expect(station.journal.head == head)
        #expect(try station.journal.reader.head() == head)
    }

    @Test func `there is one writer, and the second is told who the first is`() throws {
        let first = try JournalWriter(scratch.directory)
        #expect(first.head == nil)
        let error = #expect(throws: JournalError.self) { _ = try JournalWriter(scratch.directory) }
        let process = Int(getpid())
        #expect(error == .locked(path: scratch.path + "/lock", process: process))
    }

    @Test func `the lock goes with its holder`() throws {
        _ = try JournalWriter(scratch.directory).head
        #expect(try JournalWriter(scratch.directory).head == nil)
    }

    @Test func `a reader says that there is no journal instead of making one`() throws {
        #expect(throws: JournalError.missing(path: scratch.path + "/journal.sqlite")) {
            _ = try JournalReader(scratch.directory)
        }
    }

    @Test func `readers beside the writer see each commit, and hold up no checkpoint`() throws {
        let station = try station()
        let reader = try JournalReader(scratch.directory)
        try station.trade(entries: 100)
        #expect(try reader.entries(from: 1, limit: 200).count == 101)
        #expect(try reader.books() == station.books)
        let checkpoint = try station.journal.connection.checkpoint()
        #expect(checkpoint.logged > 0)
        #expect(checkpoint.moved == checkpoint.logged)
    }

    @Test func `the write-ahead log stays small when the loop is idle now and then`() throws {
        let station = try station()
        for _ in 0..<1_000 {
            try station.trade()
            try station.journal.idle()
        }
        #expect(try size(of: scratch.path + "/journal.sqlite-wal") < 4 * 1_024 * 1_024)
    }

    @Test func `records are found by key, open or closed`() throws {
        let station = try station()
        try station.trade(entries: 300)
        let reader = station.journal.reader
        let owed = try reader.records(.slip, isOpen: true, limit: 1_000)
        #expect(Set(owed.map(\.key)) == Set(station.books.slips.keys.map(String.init)))
        let closed = try reader.records(.order, isOpen: false, limit: 5)
        let one = try #require(closed.first)
        #expect(try reader.record(.order, key: one.key)?.isOpen == false)
        #expect(
            try !closed.contains { station.books.orders[try #require(EntryName($0.key))] != nil })
        let printed = try #require(station.books.lastPrintedSlip)
        #expect(try reader.record(.slip, key: String(printed)) == nil)
        #expect(try reader.record(.order, key: "none") == nil)
        #expect(try reader.record(.fact, key: "facts")?.isOpen == true)
    }
}

extension EntryDraft {
    static func topUp(_ decision: String) throws -> EntryDraft {
        try EntryDraft(
            FloatToppedUp(amount: Fen(100), decision: decision), by: .headOffice,
            try Postings([Posting(.float, 100), Posting(.operatorEquity, -100)]))
    }
}
