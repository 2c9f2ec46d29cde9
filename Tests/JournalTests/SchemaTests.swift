import FoundationEssentials
import Glibc
import JournalFixtures
import SQLite
import StationCore
import Testing

@testable import Journal

/// What released schemas left behind, each as the text that makes it anew.
private let schemaFolder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Schemas")

@Suite("Schemas of the journal")
struct SchemaTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test(arguments: 1...Schema.version)
    func `a file of every released schema opens, with all that stood in it`(version: Int) throws {
        let script = schemaFolder.appending(path: "\(version).sql")
        try Connection(path: scratch.directory.journalFile, mode: .create)
            .execute(try String(contentsOf: script, encoding: .utf8))
        let station = try TradingStation(JournalWriter(scratch.directory), seed: 2)
        let reader = station.journal.reader
        #expect(try station.journal.connection.integer("PRAGMA user_version") == Schema.version)
        #expect(station.journal.head?.sequence == 41)
        if try station.journal.needsRebuild { try station.journal.rebuild() }
        #expect(try reader.verify() == Verification(entries: 41))
        let state = try reader.localState()
        #expect(state.appliedThrough == 3)
        #expect(state.stationSecret == "01234")
        let first = try #require(OperatorNumber(1))
        #expect(try reader.operatorSecret(first)?.wrongTries == 2)
        #expect(try reader.copiedList(.prices)?.list == 2)
        #expect(try reader.item(of: ProducePrice.self, key: "apple")?.price.count == 350)
        try station.trade(entries: 20)
        #expect(try reader.verify() == Verification(entries: 61))
    }

    /// Until a schema is released its file is made anew when entries change: `WRITE_SCHEMA=1`.
    @Test(.enabled(if: getenv("WRITE_SCHEMA") != nil))
    func `the file of the present schema is written`() throws {
        let price = ProducePrice(
            produce: try #require(ProduceCode("apple")),
            name: try #require(LocalizedName(["en": "Apples"])), price: FenPerKilogram(350))
        let secret = OperatorSecret(
            number: try #require(OperatorNumber(1)), badge: Array(repeating: 7, count: 32),
            verifier: nil, wrongTries: 2)
        let station = try TradingStation(JournalWriter(scratch.directory), seed: 1)
        try station.enrol(local: [
            .appliedThrough(3), .stationSecret("01234"), .operatorSecret(secret),
        ])
        try station.adopt([price], list: 2)
        try station.trade(entries: 39)
        try SQLScript.of(station.journal.connection).write(
            to: schemaFolder.appending(path: "\(Schema.version).sql"), atomically: true,
            encoding: .utf8)
    }

    @Test func `there is a step for every schema, and a file for every released one`() throws {
        #expect(Schema.migrations.count == Schema.version)
        let files = try FileManager.default.contentsOfDirectory(atPath: schemaFolder.path)
        #expect(Set(files) == Set((1...Schema.version).map { "\($0).sql" }))
    }

    @Test func `a newer file is left alone`() throws {
        do {
            let journal = try JournalWriter(scratch.directory)
            try journal.connection.execute("PRAGMA user_version = \(Schema.version + 1)")
        }
        let error = JournalError.newerSchema(found: Schema.version + 1, known: Schema.version)
        #expect(throws: error) { _ = try JournalWriter(scratch.directory) }
        #expect(throws: error) { _ = try JournalReader(scratch.directory) }
    }

    @Test(arguments: [
        ("root", "run it as root"), ("station", "run it as root or as station"),
        (nil, "run it as root or as the folder's owner"),
    ])
    func `who may read is said once`(owner: String?, who: String) {
        #expect(
            "\(JournalError.noRight(path: "/x", owner: owner))" == "no right to read /x: \(who)")
    }

    @Test func `a file that is no database is said to be damaged and left alone`() throws {
        let text = Data(String(repeating: "not a database ", count: 500).utf8)
        try text.write(to: URL(fileURLWithPath: scratch.directory.journalFile))
        for open in [
            { _ = try JournalWriter(scratch.directory) },
            { _ = try JournalReader(scratch.directory) },
        ] {
            let error = #expect(throws: JournalError.self) { try open() }
            guard case .damaged = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        let after = try Data(contentsOf: URL(fileURLWithPath: scratch.directory.journalFile))
        #expect(after == text)
    }
}
