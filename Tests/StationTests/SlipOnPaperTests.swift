import Glibc
import Simulators
import StationCore
import Testing

@testable import Station

@Suite("Slips of a whole station on paper", .serialized)
struct SlipOnPaperTests {
    @Test func `a slip whose mark cannot be written waits aloud, and prints when it can`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            // Nobody can write a file where a folder is.
            let obstacle = village.runtimeDirectory + "/slip-in-printer.new"
            try #require(mkdir(obstacle, 0o700) == 0)
            let strips = village.world.printer.strips.count
            try await station.sellApples(grams: 2_346)
            await village.clock.advance(by: .seconds(5))
            #expect(station.view.notice == .refused(.slipsWait))
            #expect(station.view.slipsOwed.count == 1)
            _ = try await station.orderSoap()
            await village.clock.advance(by: .seconds(5))
            #expect(station.view.notice == .refused(.slipsWait))
            #expect(village.world.printer.strips.count == strips)
            let test = await station.control.printTest()
            #expect(test.isDone)
            await village.clock.advance(by: .seconds(5))
            #expect(village.world.printer.strips.count == strips + 1)
            rmdir(obstacle)
            try await station.slipsPrinted()
            #expect(station.view.notice == nil)
            #expect(village.world.printer.strips.count == strips + 3)
        }
    }

    /// A printer slow enough to be caught in the middle of a slip.
    private static let slow = SimulatedPrinter.Habits(bufferSize: 64, bytesPerSecond: 400)

    private func states(_ station: RunningStation) async throws -> [SlipState] {
        try await station.books().slips.values.sorted { $0.sequence < $1.sequence }.map(\.state)
    }

    @Test(arguments: ["paper", "cover"])
    func `mended in the middle of a slip, the printer goes on by itself`(what: String)
        async throws
    {
        let village = try await Village(printer: Self.slow)
        try await village.open { station in
            try await station.begin()
            let count = village.world.printer.strips.count
            try await station.sellApples(grams: 2_346)
            if what == "paper" {
                village.world.printer.takePaperOut()
            } else {
                village.world.printer.setCoverOpen(true)
            }
            await village.clock.advance(by: .seconds(60))
            #expect(try await states(station).allSatisfy { $0 == .owed })
            if what == "paper" {
                village.world.printer.putPaperIn()
            } else {
                village.world.printer.setCoverOpen(false)
            }
            try await station.slipsPrinted()
            #expect(village.world.printer.strips.count == count + 1)
            #expect(try await station.books().slips.values.allSatisfy { $0.state != .doubtful })
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases)
    func `pulled out with some bytes sent, the slip is doubtful and prints again only when asked`(
        form: SimulatedUSBBus.Unplugging
    ) async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            village.world.unplugPrinter(afterBytes: 120, form: form)
            try await station.sellApples(grams: 2_346)
            try await station.wait("doubtful") { !station.view.slipsDoubtful.isEmpty }
            village.world.plug(.printer, at: "2-1")
            try await station.wait("printer ready", atMost: .seconds(2)) {
                station.view.devices[.printer] == .ready
            }
            let slip = try #require(station.view.slipsDoubtful.first)
            await village.clock.advance(by: .seconds(30))
            #expect(station.view.slipsDoubtful == [slip])
            try await station.command(.settleSlips)
            #expect(station.view.prompt == .didSlipComeOut(number: slip))
            try await station.command(.didNotComeOut)
            try await station.slipsPrinted()
            #expect(try station.codeOnPaper(of: slip).isEmpty == false)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test(arguments: SimulatedUSBBus.Unplugging.allCases)
    func `pulled out before the first byte, the slip stays owed and prints when it is back`(
        form: SimulatedUSBBus.Unplugging
    ) async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            village.world.unplug(.printer, form: form)
            try await station.sellApples(grams: 2_346)
            #expect(station.view.slipsOwed.count == 1)
            village.world.plug(.printer)
            try await station.slipsPrinted()
            #expect(station.view.slipsDoubtful.isEmpty)
            try await station.acknowledged()
        }
        try await village.checkTheEnd()
    }

    @Test func `in a new boot the oldest owed slip is doubtful and the others are owed`()
        async throws
    {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            village.world.unplug(.printer)
            try await station.sellApples(grams: 2_346)
            try await station.sellApples(grams: 3_346)
        }
        let owed = try village.journal().books().owedSlips.map(\.sequence)
        #expect(owed.count == 2)
        try await village.open(bootID: "boot-2") { station in
            #expect(station.view.slipsDoubtful == Array(owed.prefix(1)))
            #expect(station.view.slipsOwed == Array(owed.suffix(1)))
        }
    }

    @Test(arguments: [true, false])
    func `in the same boot the slip whose mark stands is doubtful, and without it owed`(
        isMarked: Bool
    ) async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            village.world.unplug(.printer)
            try await station.sellApples(grams: 2_346)
        }
        let slip = try #require(try village.journal().books().owedSlips.first).sequence
        let mark = SlipMark(runtimeDirectory: village.configuration.runtimeDirectory)
        if isMarked { try mark.set(slip) }
        try await village.open { station in
            #expect(station.view.slipsDoubtful == (isMarked ? [slip] : []))
            #expect(station.view.slipsOwed == (isMarked ? [] : [slip]))
            #expect(mark.read() == nil)
        }
    }

    @Test func `a copy says which one it is, also after a restart`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.sellApples(grams: 2_346)
            try await station.slipsPrinted()
            try await copy(1, from: station, village)
            #expect(try station.entries().count { $0.kind == .slipPrinted } == 1)
        }
        let badge = try #require(village.world.printer.strips.first?.codes.first).payload
        try await village.open { station in
            try await station.signIn(badge: badge)
            try await copy(2, from: station, village)
        }
    }

    private func copy(
        _ number: Int, from station: RunningStation, _ village: Village
    ) async throws {
        let count = village.world.printer.strips.count
        try await station.command(.reprint)
        try await station.wait("copy") { village.world.printer.strips.count > count }
        let copy = try #require(village.world.printer.strips.last)
        #expect(copy.text.contains("COPY \(number)"))
    }

    @Test func `a scale pulled out in the middle of a weighing is asked for again`() async throws {
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            try await station.command(.produce)
            try await station.command(.anonymous)
            try await station.type("123")
            try await station.command(.enter)
            village.world.scale.put(2_346)
            try await station.wait("stable") { station.view.prompt == .takeWeight }
            village.world.unplug(.scale)
            try await station.wait("asked again") { station.view.prompt != .takeWeight }
            try await station.command(.takeWeight)
            #expect(try !station.entries().contains { $0.kind == .produceBought })
            village.world.plug(.scale, at: "3-1.4")
            try await station.wait("scale ready", atMost: .seconds(2)) {
                station.view.devices[.scale] == .ready
            }
            try await station.wait("stable again") { station.view.prompt == .takeWeight }
        }
    }
}
