import ArgumentParser
import ControlProtocol
import StationCore
import Testing

@testable import stationctl

@Suite("What stationctl reads and writes") struct ControlTextTests {
    @Test(arguments: [
        ("2026-11-24T17:05:11Z", 1_795_539_911_000), ("2026-11-24 17:05 +08:00", 1_795_511_100_000),
        ("2026-11-24 17:05:00+0800", 1_795_511_100_000), ("1970-01-01T00:00Z", 0),
    ])
    func `a time with its zone is exact`(text: String, milliseconds: Int) {
        #expect(WrittenTime.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "now", "2026-11-24", "2026-13-01 10:00", "2026-02-30T10:00Z", "2026-11-24 25:00",
        "2026-11-24 10:60", "2026-11-24 10:00 +99:00", "24.11.2026 10:00",
    ])
    func `what is no time is refused`(text: String) {
        #expect(WrittenTime.milliseconds(text) == nil)
    }

    @Test func `columns are as wide as their widest cell, Chinese counted double`() {
        let columns = Columns([["a", "1"], ["苹果", "100"]], right: [1])
        #expect(columns.text == "a       1\n苹果  100")
    }

    @Test(arguments: [
        ["print", "badge"], ["print", "badge", "--operator", "100"], ["clock", "set", "soon"],
        ["decode"], ["enrol"], ["journal", "list", "--count", "0"], ["nothing"],
        ["print", "card", "--villager", "0"],
    ])
    func `wrong use ends with 64`(arguments: [String]) throws {
        let error = try #require(throws: (any Error).self) {
            try StationCtl.parseAsRoot(arguments)
        }
        #expect(StationCtl.exitCode(for: error).rawValue == 64)
    }

    @Test func `without a daemon the socket is named, with a code of its own`() async throws {
        let command = try StationCtl.parseAsRoot(["status", "--socket", "/nonexistent/socket"])
        let status = try #require(command as? Status)
        let failure = await #expect(throws: Failure.self) { try await status.report() }
        #expect(failure?.code == .daemon)
        #expect(failure?.text.contains("/nonexistent/socket") == true)
    }

    @Test func `a status names the next step for each thing that is wrong`() throws {
        let status = StationStatus(
            version: "1.0", station: nil, lastEntry: 0, clock: .init(time: 0, quality: .unset),
            devices: [
                .init(
                    kind: nil, model: nil, path: "1-2", vendor: 0x1234, product: 0x0078,
                    condition: nil),
                .init(
                    kind: .printer, model: "epson-tm", path: "1-3", vendor: 0x04b8,
                    product: 0x0202, condition: .paperOut),
            ],
            link: .init(
                state: .none, acknowledgedThrough: 0, waiting: 0, lastContact: nil, problem: nil),
            slips: .init(owed: [], doubtful: []), day: nil,
            money: .init(
                drawer: .zero, float: .zero, exposure: .zero, exposureLimit: Fen(200_000)),
            lists: .init(articles: nil, prices: nil),
            disk: .init(state: .readOnly, freeBytes: 0), isForked: false)
        let text = StatusText(status).text
        #expect(text.contains("not enrolled"))
        #expect(text.contains("stationctl enrol CODE"))
        #expect(text.contains("replace the card"))
        #expect(text.contains("printer: out of paper: put in a new roll"))
        #expect(text.contains("no scale: plug it in"))
        let devices = Devices.text(status.devices)
        #expect(devices.contains("1234:0078"))
        #expect(devices.contains("unknown") && devices.contains("not in the catalog"))
        #expect(Devices.words("paperNearEnd") == "paper near end")
    }

    @Test(arguments: [true, false])
    func `a station that head office refuses is given one next step for it`(isForked: Bool) {
        let status = StationStatus(
            version: "1.0", station: .init(number: "423141", epoch: 1, hub: "hub.example:443"),
            lastEntry: 9, clock: .init(time: 0, quality: .network), devices: [],
            link: .init(
                state: .refused, acknowledgedThrough: 3, waiting: 6, lastContact: 0,
                problem: isForked ? "forked" : "status 404"),
            slips: .init(owed: [], doubtful: []), day: nil,
            money: .init(
                drawer: .zero, float: .zero, exposure: .zero, exposureLimit: Fen(200_000)),
            lists: .init(articles: nil, prices: nil),
            disk: .init(state: .writable, freeBytes: 0), isForked: isForked)
        let text = StatusText(status)
        #expect(text.nextSteps.count { $0.contains("head office") } == 1)
        #expect(text.nextSteps.contains { $0.contains("another journal") } == isForked)
        #expect(text.text.contains("last answer"))
    }
}
