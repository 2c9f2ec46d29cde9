import ArgumentParser
import ControlProtocol
import FoundationEssentials
import Journal
import JournalFixtures
import StationCore
import Testing

@testable import stationctl

@Suite("What stationctl takes and refuses") struct CommandTests {
    private static let words = [
        "1", "hub.example:8443", "990001", "1", "-h" + String(repeating: "t", count: 20),
        String(repeating: "a", count: 43), String(repeating: "b", count: 43),
    ]

    @Test func `an enrolment is taken as its code and as its words`() throws {
        let words = Self.words.joined(separator: " ")
        let code = Barcode.enrolment(try #require(Enrolment(plainText: words))).text
        #expect(Enrol.scanned(code) == code)
        #expect(Enrol.scanned(words) == code)
        #expect(Enrol.scanned("some words") == "some words")
        let command = try #require(try StationCtl.parseAsRoot(["enrol", words]) as? Enrol)
        #expect(command.code == words)
    }

    @Test(arguments: [
        ["decode", "nodriver"], ["print", "preview", "1", "--name", "\u{1b}[31m"],
        ["print", "preview", "1", "--name", String(repeating: "x", count: 33)],
    ])
    func `what can never be is wrong use`(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) {
            try StationCtl.parseAsRoot(arguments)
        }
        #expect(StationCtl.exitCode(for: error).rawValue == 64)
    }

    @Test func `a preview without a name has the station's number once at its head`() async throws {
        let scratch = try Scratch()
        let station = try TradingStation(try JournalWriter(scratch.directory), seed: 7)
        try station.enrol()
        try station.trade(entries: 60)
        let slip = try #require(
            try JournalReader(scratch.directory).entries(from: 1, limit: 1_000)
                .first { $0.entry.kind == .produceBought }?.entry)
        let command = try StationCtl.parseAsRoot(
            ["print", "preview", "\(slip.sequence)", "--state-directory", scratch.path])
        let report = try await (try #require(command as? any ReportingCommand)).report()
        let head = try #require(report.text.split(separator: "\n").first)
        #expect(head.split(separator: " ") == [Substring(slip.station.text)])
    }

    @Test func `what came to nothing has one shape for programs`() throws {
        let failure = Failure(text: "no daemon \"answers\"", code: .daemon)
        #expect(try failure.json() == #"{"isDone":false,"text":"no daemon \"answers\""}"#)
    }
}
