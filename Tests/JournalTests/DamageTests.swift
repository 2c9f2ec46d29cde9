import FoundationEssentials
import JournalFixtures
import SQLite
import StationCore
import Testing

@testable import Journal

@Suite("A journal on a failing card")
struct DamageTests {
    @Test func `whichever page is lost, the first entry that is lost with it is named`() throws {
        let spoilt = try Spoilt(entries: 60)
        let pageSize = StorageSettings().pageSize
        var named = 0
        for page in 1..<spoilt.whole.count / pageSize {
            var bytes = spoilt.whole
            for index in 0..<pageSize { bytes[page * pageSize + index] = 0x5a }
            guard let result = try spoilt.verify(bytes) else { continue }
            #expect(!result.findings.isEmpty, "page \(page + 1)")
            guard let wrong = try spoilt.firstWrong() else { continue }
            named += 1
            #expect(result.entries == wrong - 1, "page \(page + 1)")
            guard case .entry(wrong, _) = result.findings.first else {
                Issue.record("page \(page + 1), entry \(wrong): \(result)")
                continue
            }
        }
        #expect(named > 60, "most pages hold entries")
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a bit that turned over is found in its entry, or changed none`(seed: UInt64) throws {
        let spoilt = try Spoilt(entries: 20)
        var random = SeededRandom(seed: seed)
        for _ in 0..<15 {
            var bytes = spoilt.whole
            let place = 100 + random.below(bytes.count - 100)
            bytes[place] ^= UInt8(1 << random.below(8))
            guard let result = try spoilt.verify(bytes), let wrong = try spoilt.firstWrong()
            else { continue }
            #expect(result.entries == wrong - 1, "byte \(place)")
            guard case .entry(wrong, _) = result.findings.first else {
                Issue.record("byte \(place), entry \(wrong): \(result)")
                continue
            }
        }
    }

    @Test func `a rebuild stops at the entry that cannot be read, and says so`() throws {
        let spoilt = try Spoilt(entries: 60)
        let pageSize = StorageSettings().pageSize
        let fault = EntryFault.unreadable("database disk image is malformed")
        for page in 20..<spoilt.whole.count / pageSize {
            var bytes = spoilt.whole
            bytes[page * pageSize] = 0x5a
            guard case .entry(let wrong, fault) = try spoilt.verify(bytes)?.findings.first else {
                continue
            }
            let writer = try JournalWriter(spoilt.journal.scratch.directory)
            #expect(throws: JournalError.damaged("entry \(wrong): \(fault)")) {
                try writer.rebuild()
            }
            return
        }
        Issue.record("no page of an entry found")
    }

    @Test(arguments: [
        ("DROP TABLE entry", "table entry is missing"),
        ("ALTER TABLE entry ADD COLUMN note TEXT", "table entry is not defined as it must be"),
        (
            """
            DROP TRIGGER entry_is_not_deleted;
            CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry BEGIN SELECT 1; END
            """, "trigger entry_is_not_deleted is not defined as it must be"
        ),
        (
            "CREATE TRIGGER extra AFTER INSERT ON entry BEGIN DELETE FROM balance; END",
            "trigger extra is none of the journal's"
        ),
    ])
    func `a file that is laid out otherwise is damage, and nothing is written to it`(
        sql: String, what: String
    ) throws {
        let journal = try Tampered(entries: 5)
        try journal.spoil(sql)
        #expect(throws: JournalError.damaged(what)) {
            _ = try JournalWriter(journal.scratch.directory)
        }
        #expect(try journal.verify().findings.contains(.file(what)))
    }

    @Test func `without its local state a journal is damage, and nothing is written to it`() throws
    {
        let journal = try Tampered(entries: 5)
        try journal.spoil("DROP TABLE local")
        #expect(throws: JournalError.damaged("table local is missing")) {
            _ = try JournalWriter(journal.scratch.directory)
        }
        #expect(
            try journal.verify().findings == [.file("table local is missing"), .salt])
    }

    @Test func `triggers that are gone are found, and made again when the journal is opened`()
        throws
    {
        let journal = try Tampered(entries: 60)
        let names = ["entry_is_the_next", "entry_is_not_updated", "entry_is_not_deleted"]
        for name in names { try journal.spoil("DROP TRIGGER \(name)") }
        let found = names.map { Verification.Finding.file("trigger \($0) is missing") }
        let result = try journal.verify()
        #expect(result.findings == found)
        #expect(result.entries == 61)
        let writer = try JournalWriter(journal.scratch.directory)
        #expect(writer.mended == names.map { "trigger \($0)" })
        #expect(throws: SQLiteError.self) { try writer.connection.execute("DELETE FROM entry") }
        #expect(try journal.verify() == Verification(entries: 61))
        #expect(try !writer.needsRebuild)
    }

    @Test(arguments: ["TABLE balance", "TABLE record"])
    func `projections that are gone are made again by a rebuild`(object: String) throws {
        let journal = try Tampered(entries: 60)
        #expect(try JournalWriter(journal.scratch.directory).mended == [])
        try journal.spoil("DROP \(object)")
        let name = object.replacing("TABLE", with: "table").replacing("INDEX", with: "index")
        #expect(try journal.verify().findings.first == .file("\(name) is missing"))
        let writer = try JournalWriter(journal.scratch.directory)
        #expect(writer.mended.first == name)
        #expect(try writer.needsRebuild)
        #expect(try writer.rebuild())
        #expect(try journal.verify() == Verification(entries: 61))
    }

    @Test func `what somebody added beside the tables is said, and does not stop the station`()
        throws
    {
        let journal = try Tampered(entries: 5)
        try journal.change(
            "CREATE TABLE note (text TEXT)", "INSERT INTO entry VALUES (-1, x'', zeroblob(32))")
        _ = try JournalWriter(journal.scratch.directory)
        #expect(
            try journal.verify().findings == [
                .file("table note is none of the journal's"),
                .file("rows stand before entry 1: 1"),
            ])
    }
}
