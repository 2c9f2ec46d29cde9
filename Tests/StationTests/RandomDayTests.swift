import Simulators
import StationCore
import Testing

@testable import Station

@Suite("Random days, killed while it books or exchanges", .serialized)
struct RandomTradeTests {
    @Test(
        arguments: [
            Step.decided, .committed, .adopted, .requestSent, .answerRead, .messageApplied,
        ], UInt64(0)..<4)
    func `nothing is lost or done twice`(step: Step, seed: UInt64) async throws {
        try await RandomDay(step: step, seed: seed).run()
    }
}

@Suite("Random days, killed while it prints", .serialized)
struct RandomPrintTests {
    @Test(
        arguments: [Step.slipTaken, .firstByte, .lastByte, .answered, .slipRecorded],
        UInt64(0)..<4)
    func `nothing is lost or done twice`(step: Step, seed: UInt64) async throws {
        try await RandomDay(step: step, seed: seed).run()
    }
}

/// A day of trade with mishaps in several lives. One life at the least ends at the given step, the
/// others at any; after each the operator signs in again and trades on.
struct RandomDay {
    let step: Step
    let seed: UInt64

    /// Lives that end at a random step, after the one that began the day.
    private static let deathCount = 3
    /// Tries to meet a step that comes seldom.
    private static let lifeCountMax = 12

    /// How often a step comes in the deeds of one life.
    private func occasions(of step: Step) -> ClosedRange<Int> {
        switch step {
        case .decided, .committed, .adopted: 1...25
        case .slipTaken, .firstByte, .lastByte, .answered, .slipRecorded: 1...4
        case .requestSent, .answerRead: 1...15
        case .messageApplied: 1...1
        }
    }

    private func death(at step: Step, _ random: inout SeededRandom) -> Death {
        Death(
            step: step, occasion: Int.random(in: occasions(of: step), using: &random),
            cutsPower: Int.random(in: 0..<3, using: &random) == 0)
    }

    func run() async throws {
        let number = UInt64(Step.allCases.firstIndex(of: step) ?? 0)
        var hands = ShopHands(seed: seed * UInt64(Step.allCases.count) + number)
        var deaths: [(step: Step, entry: Int)] = []
        var boot = Boot()
        // A scale that reports seldom: most of what happens in a village is a scale that reports.
        let village = try await Village(scale: .init(reportPeriod: .milliseconds(250)))
        try await village.open { station in
            try await hands.begin(at: station)
            try await trade(&hands, at: station)
        }
        for _ in 0..<Self.lifeCountMax {
            let isMet = deaths.contains { $0.step == step }
            if isMet, deaths.count >= Self.deathCount { break }
            let next = isMet ? Step.allCases.randomElement(using: &hands.random) ?? step : step
            let death = death(at: next, &hands.random)
            let end = try await village.open(
                bootID: boot.id, bootedAt: boot.start, dying: death
            ) { station in
                try hands.resume(at: station)
                // Without an order there is no message.
                let deeds: [ShopHands.Deed] = next == .messageApplied ? [.order, .decide] : []
                try await trade(&hands, at: station, first: deeds)
            }
            guard let end else { continue }
            deaths.append(end)
            if death.cutsPower { boot.next(at: village.clock.milliseconds) }
        }
        #expect(deaths.contains { $0.step == step }, "\(step) was never the last step")
        try await village.open(bootID: boot.id, bootedAt: boot.start) { station in
            try hands.resume(at: station)
            try await end(&hands, at: station)
        }
        try await village.checkTheEnd()
    }

    private struct Boot {
        private(set) var number = 1
        private(set) var start = 0

        var id: String { "boot-\(number)" }

        mutating func next(at time: Int) {
            number += 1
            start = time
        }
    }

    private func trade(
        _ hands: inout ShopHands, at station: RunningStation, first deeds: [ShopHands.Deed] = []
    ) async throws {
        hands.hasMishaps = true
        defer { hands.hasMishaps = false }
        for deed in deeds { try await hands.perform(deed, at: station) }
        for _ in 0..<8 { try await hands.perform(hands.nextDeed(), at: station) }
    }

    /// A plug that was to be pulled at some byte may still be.
    private func mendUntilPrinted(
        _ hands: inout ShopHands, at station: RunningStation
    ) async throws {
        for _ in 0..<3 {
            station.mendAll()
            try await hands.settleSlips(at: station)
            let isOut = try await station.waits(atMost: .seconds(60)) {
                station.view.slipsOwed.isEmpty && station.view.slipsDoubtful.isEmpty
            }
            if isOut { return }
        }
    }

    /// Everything is mended, every slip is out, and the drawer is counted once more.
    private func end(_ hands: inout ShopHands, at station: RunningStation) async throws {
        station.mendAll()
        try await hands.comeToCounter(at: station)
        try await mendUntilPrinted(&hands, at: station)
        try await hands.count(at: station)
        try await mendUntilPrinted(&hands, at: station)
        try await station.acknowledged()
        let view = station.view
        #expect(!view.cash.dayIsOpen)
        #expect(view.slipsOwed.isEmpty && view.slipsDoubtful.isEmpty)
        #expect(view.cash.drawer == Fen(hands.drawer))
        let difference = try await station.books().ledger[.cashDifference]
        #expect(difference == 0)
        #expect(hands.tradeCount > 0)
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

    /// Whether it comes to be so in that time.
    func waits(
        atMost limit: Duration, until condition: @escaping @Sendable () -> Bool
    ) async throws(Died) -> Bool {
        let life = life
        let came = await village.clock.run(atMost: limit) { life.isOver || condition() }
        try lives()
        return came
    }

    func plugAll() {
        for device in World.Device.allCases where village.world.socket(of: device) == nil {
            village.world.plug(device)
        }
    }

    /// With paper, its cover shut, in its socket, and what hangs in it torn off.
    func mendPrinter() {
        if village.world.socket(of: .printer) == nil { village.world.plug(.printer) }
        village.world.printer.putPaperIn()
        village.world.printer.setCoverOpen(false)
        village.world.printer.tearOff()
    }

    /// Everything plugged in, with paper, and the link up.
    func mendAll() {
        plugAll()
        mendPrinter()
        village.headOffice.link.behaviour.withLock { $0 = DoorLink.Behaviour() }
    }
}
