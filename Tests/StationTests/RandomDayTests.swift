import Simulators
import StationCore
import Testing

@testable import Station

@Suite("Random hands at a whole station", .serialized)
struct RandomDayTests {
    /// What a hand can do, legal or not.
    private enum Deed: CaseIterable {
        case sell, order, someCommand, someDigits, someCode, weight, takeOff, pullPrinter,
            pullScale, pullScanner, plugAll, paperOut, paperIn, coverOpen, coverShut, linkDown,
            linkUp, loseAnswers, wait
    }

    private func perform(
        _ deed: Deed, at station: RunningStation, _ random: inout SeededRandom
    ) async throws {
        let world = station.village.world
        let link = station.village.headOffice.link
        switch deed {
        case .sell:
            try await tryToSell(at: station, grams: Int.random(in: 100...9_000, using: &random))
        case .order: try await tryToOrder(at: station)
        case .someCommand:
            guard let command = Command.allCases.randomElement(using: &random) else { return }
            await station.scanAnyhow(try await station.code(of: command))
        case .someDigits:
            let digit = Int.random(in: 0...9, using: &random)
            await station.scanAnyhow(try await station.code(ofKey: digit))
        case .someCode:
            let codes = ["6901234567892", "123", "VK1", "1001", "69012345678", "VK011234567840"]
            await station.scanAnyhow(codes.randomElement(using: &random) ?? "")
        case .weight: world.scale.put(Int.random(in: 0...31_000, using: &random))
        case .takeOff: world.scale.takeOff()
        case .pullPrinter:
            let forms = SimulatedUSBBus.Unplugging.allCases
            world.unplugPrinter(
                afterBytes: Int.random(in: 0...900, using: &random),
                form: forms.randomElement(using: &random) ?? .leftFirst)
        case .pullScale: world.unplug(.scale, form: .errorThenLeft)
        case .pullScanner: world.unplug(.scanner, form: .leftFirst)
        case .plugAll: station.plugAll()
        case .paperOut: world.printer.takePaperOut()
        case .paperIn: world.printer.putPaperIn()
        case .coverOpen: world.printer.setCoverOpen(true)
        case .coverShut: world.printer.setCoverOpen(false)
        case .linkDown: link.behaviour.withLock { $0.isUp = false }
        case .linkUp: link.behaviour.withLock { $0.isUp = true }
        case .loseAnswers: link.behaviour.withLock { $0.answersToLose = 2 }
        case .wait:
            await station.village.clock.advance(
                by: .milliseconds(Int.random(in: 10...20_000, using: &random)))
        }
    }

    private func tryToSell(at station: RunningStation, grams: Int) async throws {
        let world = station.village.world
        world.scale.takeOff()
        for code in [Command.cancel, .produce, .anonymous] {
            await station.scanAnyhow(try await station.code(of: code))
        }
        await station.scanAnyhow("123")
        world.scale.put(grams)
        await station.village.clock.advance(by: .seconds(2))
        for code in [Command.takeWeight, .yes, .payCash] {
            await station.scanAnyhow(try await station.code(of: code))
        }
        world.scale.takeOff()
        await station.village.clock.advance(by: .seconds(1))
    }

    private func tryToOrder(at station: RunningStation) async throws {
        await station.scanAnyhow(try await station.code(of: .cancel))
        await station.scanAnyhow("6901234567892")
        for code in [Command.basketDone, .exactCash, .takeCash] {
            await station.scanAnyhow(try await station.code(of: code))
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `whatever hands do, nothing is lost or done twice`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let village = try await Village()
        try await village.open { station in
            try await station.begin()
            for _ in 0..<15 {
                let deed = try #require(Deed.allCases.randomElement(using: &random))
                try await perform(deed, at: station, &random)
            }
        }
        for run in 1...2 {
            // Every second start is one of the whole box.
            try await village.open(bootID: "boot-\(1 + run / 2)") { station in
                for _ in 0..<15 {
                    let deed = try #require(Deed.allCases.randomElement(using: &random))
                    try await perform(deed, at: station, &random)
                }
                guard run == 2 else { return }
                station.mendAll()
                try await station.acknowledged()
                try await station.slipsPrinted()
                try await station.acknowledged()
            }
        }
        try await village.checkTheEnd()
    }
}

/// A small generator with a seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

extension RunningStation {
    func code(of command: Command) async throws -> String {
        let number = try #require(Digits<3>(command.number))
        return Barcode.command(number, stationSecret: try await secret()).text
    }

    func code(ofKey digit: Int) async throws -> String {
        let key = try #require(Digits<1>(String(digit)))
        return Barcode.numberKey(key, stationSecret: try await secret()).text
    }

    /// Scans, whether a scanner is plugged in or not.
    func scanAnyhow(_ text: String) async {
        await village.clock.advance(by: .milliseconds(1_100))
        _ = village.world.scanner.scan(text)
        _ = await village.clock.run(atMost: .milliseconds(60)) { false }
    }

    func plugAll() {
        for device in World.Device.allCases where village.world.socket(of: device) == nil {
            village.world.plug(device)
        }
    }

    /// Everything plugged in, with paper, and the link up.
    func mendAll() {
        plugAll()
        village.world.printer.putPaperIn()
        village.world.printer.setCoverOpen(false)
        village.headOffice.link.behaviour.withLock { $0 = DoorLink.Behaviour() }
    }
}
