import Cryptography
import Glibc
import JournalFixtures
import SQLite
import StationCore
import SyncProtocol
import Testing

@testable import Journal

@Suite("Verification of a journal")
struct VerificationTests {
    @Test func `a journal that was never touched is right`() throws {
        let journal = try Tampered(entries: 5_000)
        var seen: [Int] = []
        let result = try JournalReader(journal.scratch.directory).verify { seen.append($0.entries) }
        #expect(result == Verification(entries: 5_001))
        #expect(seen == [2_000, 4_000, 5_001])
    }

    @Test func `an empty journal is right`() throws {
        let scratch = try Scratch()
        #expect(try JournalWriter(scratch.directory).reader.verify() == Verification())
    }

    private static func replacing(_ part: String, _ other: String) -> String {
        "UPDATE entry SET canonical ="
            + " CAST(replace(CAST(canonical AS TEXT), '\(part)', '\(other)') AS BLOB)"
    }

    @Test(arguments: [
        (replacing("990001", "990002") + " WHERE sequence = 40", 40, EntryFault.identity),
        (replacing("}", "} ") + " WHERE sequence = 9", 9, .form(.notCanonical)),
        (replacing("operator\":1", "operator\":2") + " WHERE sequence = 2", 2, .hash),
        (
            replacing("cash.drawer", "cash.pocket") + " WHERE sequence = 2", 2,
            .form(.member("postings"))
        ),
        ("UPDATE entry SET hash = zeroblob(32) WHERE sequence = 60", 60, .hash),
        ("DELETE FROM entry WHERE sequence = 30", 30, .missing),
        ("DELETE FROM entry WHERE sequence < 3", 1, .missing),
        ("UPDATE entry SET sequence = 70 WHERE sequence = 61", 61, .missing),
        (
            "UPDATE entry SET canonical = (SELECT canonical FROM entry WHERE sequence = 20)"
                + " WHERE sequence = 21", 21, .number(20)
        ),
    ])
    func `the first entry that is wrong is named, and why`(
        sql: String, sequence: Int, fault: EntryFault
    ) throws {
        let journal = try Tampered()
        try journal.change(sql)
        let result = try journal.verify()
        #expect(result.findings.first == .entry(sequence, fault))
        #expect(result.entries == sequence - 1)
    }

    @Test func `entries cut off at the end leave projections that say more`() throws {
        let journal = try Tampered()
        try journal.change("DELETE FROM entry WHERE sequence > 55")
        let result = try journal.verify()
        #expect(result.entries == 55)
        #expect(!result.findings.isEmpty)
    }

    @Test func `a forged chain is right in itself, but not what head office acknowledged`() throws {
        let journal = try Tampered()
        let head = try #require(try JournalReader(journal.scratch.directory).head())
        do {
            let writer = try JournalWriter(journal.scratch.directory)
            try writer.commit(
                nil,
                local: [.acknowledged(Acknowledgement(through: head.sequence, hash: head.hash))])
        }
        try journal.forge(from: 2) { entry in
            let text = String(decoding: CanonicalForm.bytes(of: entry), as: UTF8.self)
            return Array(text.replacing("\"operator\":1,", with: "\"operator\":2,").utf8)
        }
        #expect(try journal.verify().findings == [.acknowledgement(head.sequence)])
    }

    @Test func `a forged entry that its ledger cannot hold is named`() throws {
        let journal = try Tampered()
        try journal.forge(from: 2) { entry in
            let text = String(decoding: CanonicalForm.bytes(of: entry), as: UTF8.self)
            let turned = text.replacing("[\"cash.drawer\",", with: "[\"cash.drawer\",-")
                .replacing("[\"equity.operator\",-", with: "[\"equity.operator\",")
            return Array(turned.utf8)
        }
        guard
            case .entry(2, .books(.ledger(.wrongSide(let account, .money, _)))) =
                try journal.verify().findings.first
        else {
            Issue.record("not found")
            return
        }
        #expect(account == .drawer)
    }

    @Test func `a decision that was booked twice is named, whatever lies between`() throws {
        let journal = try Tampered()
        let writer = try JournalWriter(journal.scratch.directory)
        for _ in 0..<2 {
            let moment = Moment(time: 0, quality: .file, monotonic: 0)
            try writer.commit(try writer.next(EntryDraft.topUp("same"), at: moment, boot: "b"))
        }
        let fault = EntryFault.repeated(.decision, key: "same")
        #expect(try writer.reader.verify().findings == [.entry(63, fault)])
        #expect(throws: JournalError.damaged("entry 63: \(fault)")) {
            _ = try writer.rebuild(chunk: 1) { _ in true }
        }
    }

    @Test func `of two wrong entries in one chunk the lower number is named`() throws {
        let journal = try Tampered(entries: 30)
        let writer = try JournalWriter(journal.scratch.directory)
        for number in 32...50 {
            let name = number == 32 || number == 46 ? "same" : "\(number)"
            let moment = Moment(time: 0, quality: .file, monotonic: 0)
            try writer.commit(try writer.next(EntryDraft.topUp(name), at: moment, boot: "b"))
        }
        try journal.change("UPDATE entry SET hash = zeroblob(32) WHERE sequence = 49")
        let fault = EntryFault.repeated(.decision, key: "same")
        let result = try writer.reader.verify(chunk: 40)
        #expect(result.findings.first == .entry(46, fault))
        #expect(result.entries == 45)
        #expect(throws: JournalError.damaged("entry 46: \(fault)")) {
            _ = try writer.rebuild(chunk: 40) { _ in true }
        }
    }

    @Test func `projections that are not what the entries make are named`() throws {
        let journal = try Tampered()
        try journal.change(
            "UPDATE balance SET amount = amount + 1 WHERE account = 'cash.drawer'",
            "INSERT INTO balance VALUES ('cash.transit', 'CNY', 5)",
            "DELETE FROM balance WHERE account = 'equity.operator'",
            "UPDATE record SET open = 1 - open WHERE collection = 'day'",
            "DELETE FROM record WHERE collection = 'fact'",
            "INSERT INTO record VALUES ('decision', 'made up', 0, '{}')")
        let reader = try JournalReader(journal.scratch.directory)
        let findings = try reader.verify().findings
        let drawer = try reader.ledger()[.drawer]
        #expect(
            findings.contains(
                .balance(
                    account: "cash.drawer", unit: "CNY", entries: drawer - 1, stored: drawer)))
        #expect(
            findings.contains(
                .balance(account: "cash.transit", unit: "CNY", entries: 0, stored: 5)))
        #expect(
            findings.contains {
                if case .balance("equity.operator", "CNY", _, stored: 0) = $0 {
                    true
                } else {
                    false
                }
            })
        #expect(findings.contains(.record(.fact, key: "facts")))
        #expect(findings.contains(.record(.decision, key: "made up")))
        #expect(
            findings.contains { if case .record(.day, key: _) = $0 { true } else { false } })
        let writer = try JournalWriter(journal.scratch.directory)
        try writer.rebuild()
        #expect(try writer.reader.verify().findings.isEmpty)
    }
}

@Suite("Slips and exports")
struct SlipAndExportTests {
    @Test func `a slip's mark, whole or half, stands for its entry alone`() throws {
        let journal = try Tampered()
        let reader = try JournalReader(journal.scratch.directory)
        let stored = try #require(try reader.entry(12))
        #expect(try reader.checkSlip(12, mark: stored.hash.mark) == .unchanged(stored))
        #expect(try reader.checkSlip(12, mark: stored.hash.halfMark) == .unchanged(stored))
        #expect(try reader.checkSlip(12, mark: "00000000") == .otherMark(stored))
        #expect(try reader.checkSlip(12, mark: "") == .otherMark(stored))
        let other = try #require(try reader.entry(13))
        #expect(try reader.checkSlip(13, mark: stored.hash.mark) == .otherMark(other))
        #expect(try reader.checkSlip(62, mark: stored.hash.mark) == .noSuchEntry)
        #expect(try reader.checkSlip(0, mark: stored.hash.mark) == .noSuchEntry)
        let first = try #require(try reader.entry(1))
        #expect(try reader.checkSlip(1, mark: first.hash.mark) == .unchanged(first))
    }

    @Test func `a slip shows that its entry was changed, with its hash or without`() throws {
        let journal = try Tampered()
        let mark = try #require(try JournalReader(journal.scratch.directory).entry(2)).hash.mark
        try journal.forge(from: 2) { entry in
            let text = String(decoding: CanonicalForm.bytes(of: entry), as: UTF8.self)
            return Array(text.replacing("\"operator\":1,", with: "\"operator\":2,").utf8)
        }
        let reader = try JournalReader(journal.scratch.directory)
        let changed = try #require(try reader.entry(2))
        #expect(try reader.checkSlip(2, mark: mark) == .otherMark(changed))
        #expect(try reader.checkSlip(2, mark: changed.hash.mark) == .unchanged(changed))
    }

    @Test func `an export is every entry in its own spelling, one a line`() throws {
        let journal = try Tampered()
        let reader = try JournalReader(journal.scratch.directory)
        var lines: [[UInt8]] = []
        try reader.export(from: 58) { lines.append($0) }
        #expect(lines.count == 4)
        let stored = try #require(try reader.entry(61))
        let text = String(decoding: try #require(lines.last), as: UTF8.self)
        let canonical = String(decoding: stored.canonical, as: UTF8.self)
        #expect(text == "{\"entry\":\(canonical),\"hash\":\"\(stored.hash)\"}\n")
    }
}
