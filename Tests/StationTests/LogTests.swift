import Drivers
import FoundationEssentials
import LogFixtures
import Logging
import Ports
import Simulators
import StationCore
import Testing

@testable import Station

@Suite("What a station's log tells, and what it keeps to itself", .serialized)
struct StationLogTests {
    /// The conditions that the log told of a kind of device, with their levels.
    private func conditions(of kind: DeviceKind, in book: LogBook) -> [String] {
        book.lines.filter { $0.message == "device condition" }
            .filter { $0.fields[LogKey.device] == kind.rawValue }
            .map { "\($0.level) \($0.fields[LogKey.state] ?? "")" }
    }

    @Test func `it tells each change of a printer's condition once, with level, model and socket`()
        async throws
    {
        let book = LogBook()
        let village = try await Village(logger: book.logger)
        let printer = village.world.printer
        try await village.open { station in
            func wait(_ condition: DeviceCondition) async throws {
                try await station.wait("\(condition)") {
                    station.view.devices[.printer] == condition
                }
                await village.clock.advance(by: .seconds(20))
            }
            try await station.begin()
            try await wait(.ready)
            printer.takePaperOut()
            try await wait(.paperOut)
            printer.putPaperIn()
            try await wait(.ready)
            printer.setCoverOpen(true)
            try await wait(.coverOpen)
            printer.setCoverOpen(false)
            try await wait(.ready)
            village.world.unplug(.printer, form: .noDeviceAtOnce)
            try await wait(.absent)
            village.world.plug(.printer)
            try await wait(.ready)
            _ = try await station.orderSoap()
            try await station.slipsPrinted()
            #expect(
                conditions(of: .printer, in: book) == [
                    "info ready", "warning paperOut", "info ready", "warning coverOpen",
                    "info ready", "warning absent", "info ready",
                ])
        }
        #expect(conditions(of: .scale, in: book).first == "info ready")
        for line in book.lines where line.message == "device condition" {
            #expect(
                Set(line.fields.keys) == [LogKey.device, LogKey.model, LogKey.path, LogKey.state])
        }
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases)
    func `a device that is pulled out is gone, and not said to have failed`(
        form: SimulatedUSBBus.Unplugging
    ) async throws {
        let book = LogBook()
        let village = try await Village(logger: book.logger)
        try await village.open { station in
            for device in World.Device.allCases {
                let kind = try #require(DeviceKind(rawValue: "\(device)"))
                try await station.wait("ready") { station.view.devices[kind] == .ready }
                village.world.unplug(device, form: form)
                try await station.wait("absent") { station.view.devices[kind] == .absent }
                await village.clock.advance(by: .seconds(2))
                #expect(conditions(of: kind, in: book) == ["info ready", "warning absent"])
            }
        }
        #expect(!book.lines.contains { $0.message.contains("failed") })
    }

    @Test func `a printer that is opened again and has no paper still is no change`() throws {
        let book = LogBook()
        let inventory = DeviceInventory(logger: book.logger)
        let printer = DeviceIdentity(model: "escpos", path: "1-2", vendor: 0x1209, product: 1)
        for condition in [
            DeviceCondition.opening, .paperOut, .opening, .paperOut, .absent, .opening, .paperOut,
        ] {
            inventory.note(.printer, condition, printer)
        }
        #expect(
            conditions(of: .printer, in: book) == [
                "warning paperOut", "warning absent", "warning paperOut",
            ])
    }

    @Test func `it tells each change of the link once, and the reason`() async throws {
        let book = LogBook()
        let village = try await Village(logger: book.logger)
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            for _ in 0..<3 { try await station.sellApples(grams: 2_346) }
            try await station.acknowledged()
            village.headOffice.link.behaviour.withLock { $0.isUp = false }
            try await station.sellApples(grams: 3_346)
            // Many attempts, each of which fails alike.
            await village.clock.advance(by: .seconds(600))
            village.headOffice.link.behaviour.withLock { $0.isUp = true }
            try await station.acknowledged()
        }
        let told = book.lines.filter { $0.message.hasPrefix("head office is") }
        #expect(told.map(\.level) == [.info, .warning, .info])
        #expect(told.map { $0.fields[LogKey.state] } == ["reached", "waiting", "reached"])
        #expect(told[1].fields[LogKey.error]?.isEmpty == false)
    }

    /// What each run of digits and each code of the day is; none may stand in a line.
    private struct Secrets {
        var texts: [String: String] = [:]

        mutating func add(_ what: String, _ text: String) { texts[text] = what }
    }

    @Test func `no line of a trading day holds a card, badge, GTIN, slip code or PIN`()
        async throws
    {
        let book = LogBook()
        let village = try await Village(logger: book.logger)
        var secrets = Secrets()
        try await village.open { station in
            try await station.begin()
            let enrolment = try await village.headOffice.store.enrolment(
                of: Village.id, address: "hub.example:443")
            secrets.add("enrolment", Barcode.enrolment(enrolment).text)
            secrets.add("token", enrolment.token)
            let badge = try #require(village.world.printer.strips.first?.codes.first).payload
            secrets.add("badge", badge)
            secrets.add("digits of the badge", String(badge.dropFirst(4).prefix(8)))
            secrets.add("PIN", RunningStation.pin)

            let strips = village.world.printer.strips.count
            #expect(await station.control.print(.card(villager: nil)).isDone)
            try await station.wait("card printed") {
                village.world.printer.strips.count > strips
            }
            let card = try #require(village.world.printer.strips.last?.codes.first).payload
            secrets.add("card", card)
            secrets.add("digits of the card", String(card.dropFirst(4).prefix(8)))

            try await sell(to: card, at: station)
            secrets.add("GTIN", "6901234567892")
            let order = try await station.orderSoap()
            try await station.slipsPrinted()
            let slip = try station.codeOnPaper(of: order)
            secrets.add("slip code", slip)
            secrets.add("mark of the slip", String(slip.suffix(10).prefix(8)))
            try await refund(order, by: slip, at: station)

            for foreign in ["4006381333931", "VK04123456010000000423141592639", "WIFI:S:home;;"] {
                secrets.add("foreign code", foreign)
                await station.scan(foreign)
            }
            // Half a code, and one cut in the middle by pulling the scanner out.
            let reports = SimulatedScanner.reports(
                of: slip, habits: village.world.scanner.habits)
            #expect(village.world.scanner.send(reports.prefix(21)))
            await village.clock.advance(by: .seconds(10))
            #expect(village.world.scanner.send(reports.prefix(9)))
            village.world.unplug(.scanner, form: .noDeviceAtOnce)
            await village.clock.advance(by: .seconds(10))
            village.world.plug(.scanner)
            try await station.wait("scanner ready") { station.view.devices[.scanner] == .ready }
            try await station.command(.signOut)
            try await signInWrongly(badge, at: station)
            try await station.signIn(badge: badge)
            secrets.add("secret of the sheet", try await station.secret().text)
            try await station.acknowledged()
        }
        #expect(book.lines.count > 25)
        for line in book.lines {
            for (text, what) in secrets.texts where line.text.contains(text) {
                Issue.record("\(what) in the log: \(line.text)")
            }
            let unknown = Set(line.fields.keys).subtracting(try Self.keys)
            #expect(unknown.isEmpty, "\(line.text)")
        }
    }

    private func sell(to card: String, at station: RunningStation) async throws {
        station.village.world.scale.takeOff()
        try await station.command(.produce)
        await station.scan(card)
        try await station.type("123")
        try await station.command(.enter)
        station.village.world.scale.put(2_346)
        try await station.wait("stable") { station.view.prompt == .takeWeight }
        try await station.command(.takeWeight)
        try await station.command(.payCash)
        station.village.world.scale.takeOff()
        try await station.wait("cleared") { station.view.prompt == .chooseTrade }
        let bought = try station.last(.produceBought).content(ProduceBought.self)
        #expect(bought?.seller != nil)
    }

    private func refund(_ order: Int, by slip: String, at station: RunningStation) async throws {
        try await station.decide(order, .rejected)
        await station.scan(slip)
        try await station.command(.knowPerson)
        try await station.command(.payCash)
        #expect(try station.entries().contains { $0.kind == .refundPaid })
    }

    private func signInWrongly(_ badge: String, at station: RunningStation) async throws {
        try await station.wait("scanner ready") { station.view.devices[.scanner] == .ready }
        await station.scan(badge)
        try await station.type("135791")
    }

    /// The values of `LogKey`, as its source has them.
    private static var keys: Set<String> {
        get throws {
            let root = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            let text = try String(
                contentsOf: root.appending(path: "Sources/Ports/LogKey.swift"), encoding: .utf8)
            let keys = text.matches(of: /public static let \w+ = "(\w+)"/).map { String($0.1) }
            try #require(keys.contains(LogKey.state))
            return Set(keys)
        }
    }

    @Test func `every key has its field in the page for operating`() throws {
        let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "docs/operating.md"), encoding: .utf8)
        let told = Set(page.matches(of: /STATION_([A-Z]+)`/).map { $0.1.lowercased() })
        #expect(try Self.keys.subtracting(told).isEmpty)
    }

    @Test func `a step tells the number of its entry, or of its message`() async {
        let book = LogBook()
        let log = StepLog(logger: book.logger)
        for step in Step.allCases { await log.reached(step, entry: 7) }
        let messages = book.lines.filter { $0.fields[LogKey.message] == "7" }
        #expect(messages.map { $0.fields[LogKey.step] } == ["messageApplied"])
        #expect(messages.allSatisfy { $0.fields[LogKey.entry] == nil })
        let entries = book.lines.filter { $0.fields[LogKey.entry] == "7" }
        #expect(entries.count == Step.allCases.count - 1)
    }
}
