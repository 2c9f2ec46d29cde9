import ArgumentParser
import Glibc
import Journal
import JournalFixtures
import SQLite
import StationCore
import Testing

@testable import stationctl

@Suite("stationctl on a journal, without the daemon") struct JournalCommandTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        let station = try TradingStation(try JournalWriter(scratch.directory), seed: 7)
        try station.enrol()
        try station.trade(entries: 60)
    }

    private func report(_ arguments: String...) async throws -> Report {
        try await report(arguments)
    }

    private func report(_ arguments: [String]) async throws -> Report {
        let command = try StationCtl.parseAsRoot(
            arguments + ["--state-directory", scratch.path])
        return try await (try #require(command as? any ReportingCommand)).report()
    }

    private var slips: [StoredEntry] {
        get throws {
            try JournalReader(scratch.directory).entries(from: 1, limit: 1_000)
                .filter { $0.entry.kind == .produceBought }
        }
    }

    private func code(_ stored: StoredEntry, mark: String) throws -> String {
        let entry = stored.entry
        return Barcode.slip(
            SlipCode(
                station: try #require(Digits(entry.station.text)),
                epoch: try #require(Digits(entry.epoch)),
                sequence: try #require(Digits(entry.sequence)), mark: try #require(Digits(mark)))
        ).text
    }

    @Test func `list ends with the last entry, and counts what is asked`() async throws {
        let last = try #require(try JournalReader(scratch.directory).head()?.sequence)
        let report = try await report("journal", "list", "--count", "5")
        let lines = report.text.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.last?.contains("\(last)  ") == true)
        let first = try await self.report("journal", "list", "--from", "1", "--count", "1")
        #expect(first.text.contains("station.enrolled"))
        #expect(first.json.hasPrefix("[{\"entry\":{\"body\""))
    }

    @Test func `of a journal that was cut short, what is right is listed, and the damage said`()
        async throws
    {
        guard truncate(scratch.directory.journalFile, 30_000) == 0 else {
            Issue.record("not cut: \(errno)")
            return
        }
        let verified = try await report("journal", "verify")
        #expect(verified.code == .wrong)
        let lines = verified.text.split(separator: "\n")
        let words = try #require(lines.last?.split(separator: " ").first)
        let right = try #require(Int(words))
        #expect((10..<60).contains(right))
        #expect(lines.first?.hasPrefix("entry \(right + 1): ") == true)
        #expect(lines.contains { $0.contains("it was cut short") })
        for arguments in [["--count", "5"], ["--from", "\(right - 4)", "--count", "100"]] {
            let list = try await report(["journal", "list"] + arguments)
            let numbers = list.text.split(separator: "\n").dropFirst().map {
                $0.split(separator: " ").first.flatMap { Int($0) }
            }
            #expect(numbers == Array(right - 4...right))
            #expect(list.failure?.code == .wrong)
            #expect(list.failure?.text.contains("entry \(right + 1): ") == true)
        }
    }

    @Test(arguments: ["", "CREATE TABLE note (text TEXT)"])
    func `a file that holds no journal is said to be there`(sql: String) async throws {
        let other = try Scratch()
        do {
            // Without a table the file is made, and stays empty.
            let connection = try Connection(path: other.directory.journalFile, mode: .create)
            try connection.execute(sql.isEmpty ? "BEGIN IMMEDIATE; ROLLBACK" : sql)
        }
        for command in ["verify", "list", "rebuild"] {
            let parsed = try StationCtl.parseAsRoot(
                ["journal", command, "--state-directory", other.path])
            let reporting = try #require(parsed as? any ReportingCommand)
            let failure = await #expect(throws: Failure.self) { try await reporting.report() }
            #expect(failure?.text.contains("holds no journal") == true)
            #expect(failure?.code == .failed)
        }
    }

    @Test func `show has the postings, the body and the mark`() async throws {
        let slip = try #require(try slips.first)
        let text = try await report("journal", "show", "\(slip.entry.sequence)").text
        #expect(text.contains("produce.bought"))
        #expect(text.contains("cash.drawer"))
        #expect(text.contains("mark \(slip.hash.mark)"))
        #expect(text.contains("\"gross\""))
    }

    @Test func `an entry that is not there is said with those that are`() async throws {
        await #expect(throws: Failure.self) { try await report("journal", "show", "9999") }
    }

    @Test func `a whole journal is verified, and can be made anew`() async throws {
        let verified = try await report("journal", "verify")
        #expect(verified.code == .success)
        #expect(verified.json.contains("\"findings\":[]"))
        #expect(try await report("journal", "rebuild").code == .success)
        #expect(try await report("journal", "verify") == verified)
    }

    @Test(arguments: [
        ("DROP TABLE entry", "table entry is missing"),
        (
            "DROP TRIGGER entry_is_not_deleted; DELETE FROM entry WHERE sequence = 20",
            "entry 20: is missing"
        ),
    ])
    func `a journal that is not as it must be is said by exit code 4`(
        sql: String, words: String
    ) async throws {
        let connection = try Connection(path: scratch.directory.journalFile, mode: .readWrite)
        try connection.execute(sql)
        let verified = try await report("journal", "verify")
        #expect(verified.code == .wrong)
        #expect(verified.text.contains(words))
        #expect(!verified.text.contains("SELECT"))
        let failure = await #expect(throws: Failure.self) {
            try await report("journal", "rebuild")
        }
        #expect(failure?.code == .wrong)
    }

    @Test func `rebuild makes a lost table of projections again, and says so`() async throws {
        let connection = try Connection(path: scratch.directory.journalFile, mode: .readWrite)
        try connection.execute("DROP TABLE balance; DROP TRIGGER entry_is_not_deleted")
        #expect(try await report("journal", "verify").code == .wrong)
        let rebuilt = try await report("journal", "rebuild")
        #expect(rebuilt.code == .success)
        #expect(rebuilt.text.contains("table balance was gone and was made again"))
        #expect(rebuilt.json.contains("trigger entry_is_not_deleted"))
        #expect(try await report("journal", "verify").code == .success)
    }

    @Test func `rebuild is refused while another process writes`() async throws {
        let holder = try JournalWriter(scratch.directory)
        let failure = await #expect(throws: Failure.self) {
            try await report("journal", "rebuild")
        }
        #expect(failure?.code == .daemon)
        #expect(holder.head != nil)
    }

    @Test func `a folder without a journal is not made one`() async throws {
        let empty = try Scratch()
        for command in ["verify", "rebuild"] {
            let parsed = try StationCtl.parseAsRoot(
                ["journal", command, "--state-directory", empty.path])
            let reporting = try #require(parsed as? any ReportingCommand)
            await #expect(throws: Failure.self) { try await reporting.report() }
            #expect(throws: JournalError.missing(path: empty.directory.journalFile)) {
                try JournalReader(empty.directory)
            }
        }
    }

    @Test func `a slip of this journal is known by either of its codes`() async throws {
        let slip = try #require(try slips.first)
        let long = try await report(
            "journal", "check-slip", try code(slip, mark: slip.hash.mark))
        #expect(long.code == .success)
        let short = Barcode.slipShort(
            SlipShortCode(
                sequence: try #require(Digits(slip.entry.sequence)),
                halfMark: try #require(Digits(slip.hash.halfMark)))
        ).text
        #expect(try await report("journal", "check-slip", short).code == .success)
    }

    @Test func `a slip with another mark is wrong, and so is one of another station`()
        async throws
    {
        let slip = try #require(try slips.first)
        let mark = slip.hash.mark == "00000000" ? "00000001" : "00000000"
        let forged = try await report("journal", "check-slip", try code(slip, mark: mark))
        #expect(forged.code == .wrong)
        #expect(forged.json.contains("otherMark"))
        let foreign = try await report(
            "journal", "check-slip", "VK04123456010000000423141592639")
        #expect(foreign.code == .wrong)
        #expect(foreign.json.contains("otherStation"))
    }

    @Test(arguments: ["6901234567892", "VK04", "", "VK04123456010000000423141592638"])
    func `what is no slip's code is wrong use`(code: String) {
        #expect(throws: (any Error).self) {
            try StationCtl.parseAsRoot(["journal", "check-slip", code])
        }
    }

    @Test func `a slip is shown as it is printed`() async throws {
        let slip = try #require(try slips.first)
        let preview = try await report("print", "preview", "\(slip.entry.sequence)")
        #expect(preview.text.contains("\(slip.entry.sequence)"))
        await #expect(throws: Failure.self) { try await report("print", "preview", "1") }
    }

    @Test(arguments: [
        ["journal", "export", "--json"], ["decode", "scale-hid", "--json"],
        ["decode", "scale-hid", "-", "--json"], ["decode", "--list", "--json"],
    ])
    func `what prints JSON anyway takes the option too`(arguments: [String]) throws {
        _ = try StationCtl.parseAsRoot(arguments)
    }
}
