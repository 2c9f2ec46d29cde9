import JournalFixtures
import SQLite
import StationCore
import SyncProtocol
import Testing

@testable import Journal

/// A journal in which somebody who knows the format changed one entry, and made the chain after it
/// anew: hashes say nothing then.
@Suite("A forged entry with a chain of its own")
struct ForgedEntryTests {
    struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: EntryKind
        let part: String
        let other: String
        let isNamed: @Sendable (EntryFault) -> Bool
    }

    static let forgeries = [
        Forgery(
            testDescription: "a posting alone", kind: .dayOpened,
            part: "[\"equity.operator\",-", other: "[\"equity.operator\",-1"
        ) {
            if case .form(.ledger(.unbalanced(unit: .money, _))) = $0 { true } else { false }
        },
        Forgery(
            testDescription: "grams in the drawer", kind: .produceBought,
            part: "[\"bay\",", other: "[\"cash.drawer\","
        ) {
            if case .books(.ledger(.wrongUnit(.drawer, .grams))) = $0 { true } else { false }
        },
        Forgery(
            testDescription: "more cash in the body than was paid out", kind: .produceBought,
            part: "\"cash\":", other: "\"cash\":1"
        ) {
            if case .books(.cash(.produceBought, _, _)) = $0 { true } else { false }
        },
        Forgery(
            testDescription: "an order for less cash", kind: .orderPaid,
            part: "\"cash\":", other: "\"cash\":-"
        ) {
            if case .books(.cash(.orderPaid, _, _)) = $0 { true } else { false }
        },
        Forgery(
            testDescription: "a first count that is not posted", kind: .dayOpened,
            part: "\"counted\":", other: "\"counted\":1"
        ) {
            if case .books(.cash(.dayOpened, _, _)) = $0 { true } else { false }
        },
        Forgery(
            testDescription: "a kind that nobody writes", kind: .produceBought,
            part: "produce.bought", other: "produce.stolen"
        ) {
            $0 == .books(.unknown(EntryKind(rawValue: "produce.stolen"), version: 1))
        },
        Forgery(
            testDescription: "a newer version of a kind", kind: .orderPaid,
            part: "\"version\":1", other: "\"version\":2"
        ) { $0 == .books(.unknown(.orderPaid, version: 2)) },
    ]

    private func forge(_ forgery: Forgery, in journal: Tampered) throws -> Int {
        let entries = try JournalReader(journal.scratch.directory).entries(from: 1, limit: 1_000)
        let sequence = try #require(entries.first { $0.entry.kind == forgery.kind }).entry.sequence
        try journal.forge(from: sequence) { entry in
            var text = String(decoding: CanonicalForm.bytes(of: entry), as: UTF8.self)
            let place = try #require(text.firstRange(of: forgery.part))
            text.replaceSubrange(place, with: forgery.other)
            return Array(text.utf8)
        }
        return sequence
    }

    @Test(arguments: forgeries)
    func `is named by verify, and stops a rebuild`(forgery: Forgery) throws {
        let journal = try Tampered(entries: 120)
        let sequence = try forge(forgery, in: journal)
        let result = try journal.verify()
        guard case .entry(sequence, let fault) = result.findings.first, forgery.isNamed(fault)
        else {
            Issue.record("\(result.findings)")
            return
        }
        #expect(result.entries == sequence - 1)
        let writer = try JournalWriter(journal.scratch.directory)
        let error = #expect(throws: JournalError.self) { try writer.rebuild() }
        #expect(error?.description.contains("entry \(sequence)") == true)
        #expect(error?.description.contains("\(fault)") == true)
    }
}

@Suite("Entries of a newer release")
struct NewerEntryTests {
    /// As a newer release leaves it: with an entry, and an account, that this one does not know.
    private func newerJournal(account: String) throws -> (Scratch, Int) {
        let journal = try Tampered(entries: 30)
        do {
            let writer = try JournalWriter(journal.scratch.directory)
            let moment = Moment(time: 0, quality: .file, monotonic: 0)
            let draft = EntryDraft(
                kind: EntryKind(rawValue: "parcel.weighed"), version: 1, actor: .station,
                postings: try Postings([Posting(.drawer, 5), Posting(.operatorEquity, -5)]),
                body: .empty)
            try writer.commit(try writer.next(draft, at: moment, boot: "b"))
            try writer.connection.execute(
                "UPDATE local SET value = 17 WHERE key = 'projectionVersion'")
        }
        try journal.forge(from: 32) { entry in
            let text = String(decoding: CanonicalForm.bytes(of: entry), as: UTF8.self)
            return Array(text.replacing("equity.operator", with: account).utf8)
        }
        return (journal.scratch, 32)
    }

    /// With an account that the older release has not either, the journal does not even open.
    @Test(arguments: [("equity.operator", true), ("income.freight", false)])
    func `are named, and the older release does not trade on books without them`(
        account: String, opens: Bool
    ) throws {
        let (scratch, sequence) = try newerJournal(account: account)
        let kind = EntryKind(rawValue: "parcel.weighed")
        let reader = try JournalReader(scratch.directory)
        #expect(
            try reader.verify().findings.first
                == .entry(sequence, .books(.unknown(kind, version: 1))))
        let error = JournalError.newerEntry(sequence, kind, version: 1)
        #expect(error.description.contains("install the newer release"))
        for _ in 0..<2 {
            #expect(throws: error) {
                let writer = try JournalWriter(scratch.directory)
                #expect(opens)
                #expect(try writer.needsRebuild)
                try writer.rebuild()
            }
        }
    }

    @Test func `a kind or a version more asks for a rebuild at the next start`() {
        var more = EntryKind.known
        more[EntryKind(rawValue: "parcel.weighed")] = 1
        var newer = EntryKind.known
        newer[.produceBought] = 2
        let versions = [EntryKind.known, more, newer].map { ProjectionTables.version(of: $0) }
        #expect(Set(versions).count == 3)
        #expect(versions[0] == ProjectionTables.version)
    }
}

@Suite("What is traded by, beside the entries")
struct CopyVerificationTests {
    @Test func `without its salt a journal is damage, since no badge and no card is known`() throws
    {
        let journal = try Tampered(entries: 5)
        try journal.spoil("DELETE FROM local WHERE key = 'salt'")
        #expect(try journal.verify() == Verification(entries: 6, findings: [.salt]))
        let error = JournalError.damaged("the salt of badges and cards is missing")
        #expect(throws: error) { _ = try JournalReader(journal.scratch.directory) }
        #expect(throws: error) { _ = try JournalWriter(journal.scratch.directory) }
    }

    @Test(arguments: [
        ("UPDATE list_item SET value = replace(value, '350', '950')", false),
        ("DELETE FROM list_item WHERE key = 'pear'", false),
        ("INSERT INTO list_item VALUES ('prices', 'plum', '{}')", false),
        ("UPDATE list_item SET value = 'no price' WHERE key = 'pear'", false),
        ("UPDATE list SET list = 3", false), ("DELETE FROM list", false),
        ("DELETE FROM list_item", false), ("DELETE FROM list; DELETE FROM list_item", true),
        ("SELECT 1", true),
    ])
    func `a copy of a list that is not the adopted one is named, a lost copy is fetched again`(
        sql: String, isRight: Bool
    ) throws {
        let journal = try Tampered(entries: 5)
        do {
            let writer = try JournalWriter(journal.scratch.directory)
            let prices = try ["pear", "apple"].map { code in
                ProducePrice(
                    produce: try #require(ProduceCode(code)),
                    name: try #require(LocalizedName(["en": code])), price: FenPerKilogram(350))
            }
            try TradingStation(writer, seed: 1).adopt(prices, list: 2)
        }
        try journal.spoil(sql)
        let findings: [Verification.Finding] = isRight ? [] : [.list(.prices)]
        #expect(try journal.verify() == Verification(entries: 7, findings: findings))
    }
}

extension TradingStation {
    /// A list of prices comes into force.
    func adopt(_ prices: [ProducePrice], list: Int) throws {
        let digest = ListDigest.of(values: try prices.map { try CanonicalCoding.encode($0) })
        let adopted = AdoptedList(list: list, validFrom: 1_000, digest: digest)
        try append(
            EntryDraft(
                PricesAdopted(list: list, validFrom: adopted.validFrom, digest: digest),
                by: .headOffice),
            local: [.adoptList(.prices, adopted, items: try prices.map { try CopiedItem($0) })])
    }
}
