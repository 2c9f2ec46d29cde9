import Simulators
import StationCore
import Testing

@testable import Station

@Suite("A whole station whose devices do not do what they should", .serialized)
struct DeviceTroubleTests {
    @Test(arguments: [true, false])
    func `slips of a printer that never answers come out once, known or asked about`(
        isBidirectional: Bool
    ) async throws {
        let village = try await Village(
            printer: .init(answers: false, isBidirectional: isBidirectional))
        try await village.open { station in
            try await station.begin()
            let count = village.world.printer.strips.count
            try await station.sellApples(grams: 2_346)
            try await station.wait("fate of the slip") { station.view.slipsOwed.isEmpty }
            #expect(village.world.printer.strips.count == count + 1)
            if isBidirectional {
                // Its model answers, this one did not: somebody has to look.
                let slip = try #require(station.view.slipsDoubtful.first)
                try await station.command(.settleSlips)
                #expect(station.view.prompt == .didSlipComeOut(number: slip))
                try await station.command(.cameOut)
            } else {
                let printed = try station.last(.slipPrinted).content(SlipPrinted.self)
                #expect(printed?.confirmation == .transport)
            }
            _ = try await station.orderSoap()
            try await station.wait("fate of the slip") { station.view.slipsOwed.isEmpty }
            #expect(village.world.printer.strips.count == count + 2)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `a weight that goes stale is not taken, and is again when it comes anew`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.command(.produce)
            try await station.command(.anonymous)
            try await station.type("123")
            try await station.command(.enter)
            village.world.scale.put(2_346)
            try await station.wait("stable") { station.view.prompt == .takeWeight }
            village.world.scale.setMute(true)
            await village.clock.advance(by: .milliseconds(1_100))
            #expect(station.view.prompt == .loadScale(name: "Apples"))
            #expect(station.view.figure == nil)
            try await station.command(.takeWeight)
            #expect(station.view.notice == .refused(.weight(.stale)))
            village.world.scale.setMute(false)
            try await station.wait("stable again") { station.view.prompt == .takeWeight }
            try await station.command(.takeWeight)
            try await station.command(.payCash)
            let bought = try station.last(.produceBought).content(ProduceBought.self)
            #expect(bought?.gross == Grams(2_346))
        }
    }

    /// Up to a load that can be taken, in a trade of apples.
    private func loadApples(_ village: Village, _ station: RunningStation) async throws {
        try await station.begin()
        try await station.command(.produce)
        try await station.command(.anonymous)
        try await station.type("123")
        try await station.command(.enter)
        village.world.scale.put(2_346)
        try await station.wait("stable") { station.view.prompt == .takeWeight }
    }

    @Test func `a weight that waited for a stalled disk is not sold as fresh`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await loadApples(village, station)
            let number = try #require(Digits<3>(Command.takeWeight.number))
            let code = Barcode.command(number, stationSecret: try await station.secret()).text
            try await station.stalling {
                await village.clock.advance(by: .milliseconds(250))
                village.world.scale.setMute(true)
                #expect(village.world.scanner.scan(code))
                await village.clock.advance(by: .seconds(3))
            }
            #expect(station.view.notice == .refused(.weight(.stale)))
            #expect(station.view.prompt == .loadScale(name: "Apples"))
        }
    }

    @Test func `a scale that went while the disk stalled stays away, its weights with it`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await loadApples(village, station)
            try await station.stalling {
                await village.clock.advance(by: .milliseconds(250))
                village.world.unplug(.scale)
                await village.clock.advance(by: .milliseconds(250))
            }
            #expect(station.view.prompt == .mendScale(.noScale))
            #expect(station.view.devices[.scale] == .absent)
            try await station.command(.weightByHand)
            #expect(station.view.prompt == .typeGrams)
        }
    }

    @Test func `of too many scans while the disk stalls the last are refused aloud, and no more`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.stalling {
                for _ in 0..<(DeviceIntake.scanCountMax + 10) {
                    #expect(village.world.scanner.scan("6901234567892"))
                    await village.clock.advance(by: .milliseconds(100))
                }
                village.world.unplug(.printer)
                await village.clock.advance(by: .milliseconds(100))
            }
            #expect(station.view.notice == .refused(.scansDropped))
            // One was on its way to the loop before the others waited.
            let count = DeviceIntake.scanCountMax + 1
            #expect(station.view.figure == .money(Fen(1_290 * count)))
            #expect(station.view.devices[.printer] == .absent)
            #expect(station.wiring.inventory.condition(of: .printer) == .absent)
            await station.scan("6901234567892")
            #expect(station.view.figure == .money(Fen(1_290 * (count + 1))))
        }
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases, [1, 9, 25])
    func `a scan in flight is dropped whole when the scanner is pulled out`(
        form: SimulatedUSBBus.Unplugging, reportCount: Int
    ) async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            let scanner = village.world.scanner
            let reports = SimulatedScanner.reports(of: "6901234567892", habits: scanner.habits)
            try #require(reports.count > reportCount)
            #expect(scanner.send(reports.prefix(reportCount)))
            village.world.unplug(.scanner, form: form)
            await village.clock.advance(by: .seconds(1))
            #expect(station.view.prompt == .chooseTrade)
            village.world.plug(.scanner, at: "2-4")
            try await station.wait("scanner ready", atMost: .seconds(2)) {
                station.view.devices[.scanner] == .ready
            }
            await station.scan("1001")
            #expect(station.view.prompt == .moreArticles)
            #expect(station.view.figure == .money(Fen(5_900)))
        }
    }
}
