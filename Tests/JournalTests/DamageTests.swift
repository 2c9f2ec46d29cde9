import FoundationEssentials
import JournalFixtures
import SQLite
import StationCore
import Testing

@testable import Journal

/// A journal's file, to be spoilt byte by byte.
private struct Spoilt {
    let journal: Tampered
    let whole: [UInt8]
    private let rows: [Row]

    private struct Row: Equatable {
        let sequence: Int
        let canonical: [UInt8]
        let hash: [UInt8]
    }

    init(entries: Int) throws {
        journal = try Tampered(entries: entries)
        // The log was moved into the file when the writer went.
        whole = [UInt8](try Data(contentsOf: URL(filePath: journal.scratch.directory.journalFile)))
        let connection = try Connection(
            path: journal.scratch.directory.journalFile, mode: .readOnly)
        var select = try connection.prepare("SELECT sequence, canonical, hash FROM entry")
        rows = try select.all {
            Row(sequence: $0.integer(0), canonical: $0.blob(1), hash: $0.blob(2))
        }
    }

    /// What is found in the file with other bytes; nil where it does not even open.
    func verify(_ bytes: [UInt8]) throws -> Verification? {
        try Data(bytes).write(to: URL(filePath: journal.scratch.directory.journalFile))
        do { return try journal.verify() } catch JournalError.damaged { return nil }
    }

    /// The first entry that SQLite gives otherwise than it was written, or does not give while it
    /// has later ones or fails; nil where all that it gives is right.
    func firstWrong() throws -> Int? {
        var right = 0
        do {
            let connection = try Connection(
                path: journal.scratch.directory.journalFile, mode: .readOnly)
            try connection.execute("PRAGMA trusted_schema = OFF")
            var select = try connection.prepare(
                "SELECT sequence, canonical, hash FROM entry WHERE sequence > 0 ORDER BY sequence")
            var isRight = true
            try select.forEach { row in
                let found = Row(
                    sequence: row.integer(0), canonical: row.blob(1), hash: row.blob(2))
                isRight = right < rows.count && found == rows[right]
                if isRight { right += 1 }
                return isRight
            }
            return isRight ? nil : right + 1
        } catch let error as SQLiteError {
            try #require(error.isCorrupt || error.isOfOtherSchema, "\(error)")
            return error.isCorrupt ? right + 1 : nil
        }
    }
}

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
        ("entry", "no such table: main.entry"), ("balance", "no such table: main.balance"),
        ("record", "no such table: main.record"),
    ])
    func `a table that is gone is damage`(table: String, what: String) throws {
        let journal = try Tampered(entries: 5)
        try journal.change("DROP TABLE \(table)")
        #expect(try journal.verify().findings.contains(.file(what)))
        let error = #expect(throws: JournalError.self) {
            _ = try JournalWriter(journal.scratch.directory)
        }
        guard case .damaged = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
