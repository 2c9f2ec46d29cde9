import Hub
import Simulators
import StationCore
import Testing

@testable import Station

/// What the hands do in a day. Each begins at the free counter and gives up where the counter asks
/// for something else: then something came between.
extension ShopHands {
    enum Deed: CaseIterable {
        case sell, order, decide, refund, undo, closeDay, settleSlips, askHeadOffice, noise
    }

    /// A deed, the frequent ones more often.
    mutating func nextDeed() -> Deed {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: .sell
        case 6..<10: .order
        case 10..<13: .decide
        case 13..<15: .refund
        case 15: .undo
        case 16: .closeDay
        case 17: .settleSlips
        case 18: .askHeadOffice
        default: .noise
        }
    }

    mutating func perform(_ deed: Deed, at station: RunningStation) async throws {
        try await comeToCounter(at: station)
        switch deed {
        case .sell: try await sell(at: station)
        case .order: try await order(at: station)
        case .decide: try await decide(at: station)
        case .refund: try await refund(at: station)
        case .undo: try await undo(at: station)
        case .closeDay: try await count(at: station)
        case .settleSlips: try await settleSlips(at: station)
        case .askHeadOffice: try await command(.askHeadOffice, at: station)
        case .noise: try await noise(at: station)
        }
    }

    mutating func sell(at station: RunningStation) async throws {
        let scale = station.village.world.scale
        scale.takeOff()
        try await command(.produce, at: station)
        guard station.view.prompt == .seller else { return }
        try await command(.anonymous, at: station)
        try await enter(Bool.random(using: &random) ? "123" : "124", at: station)
        if case .oldPrices = station.view.prompt { try await command(.yes, at: station) }
        scale.put(2 * Int.random(in: 50...2_000, using: &random))
        let isStable = try await station.waits(atMost: .seconds(15)) {
            station.view.prompt == .takeWeight
        }
        guard isStable else { return }
        try await command(.takeWeight, at: station)
        if case .alreadyBooked = station.view.prompt { try await command(.yes, at: station) }
        guard case .payProduce = station.view.prompt else { return }
        try await command(.payCash, at: station)
        scale.takeOff()
        await station.village.clock.advance(by: .seconds(2))
    }

    mutating func order(at station: RunningStation) async throws {
        try await command(.order, at: station)
        guard station.view.prompt == .articles else { return }
        for article in ["6901234567892", "1001"] where Bool.random(using: &random) {
            try await scan(article, at: station)
            if Bool.random(using: &random) {
                let count = Int.random(in: 1...3, using: &random)
                try await enter(String(count), at: station)
            }
        }
        try await command(.basketDone, at: station)
        guard case .tender(let cash) = station.view.prompt else { return }
        if Bool.random(using: &random) {
            try await command(.exactCash, at: station)
        } else {
            try await enter(String((cash.count + 9_999) / 10_000 * 10_000), at: station)
        }
        try await command(.takeCash, at: station)
    }

    /// Head office decides an order that it has, and the station is made to ask.
    mutating func decide(at station: RunningStation) async throws {
        _ = try await station.village.headOffice.entries()
        let store = station.village.headOffice.store
        guard let order = try await store.orders(waiting: true).randomElement(using: &random)
        else { return try await command(.askHeadOffice, at: station) }
        let cost = Int.random(
            in: order.paid.total.count / 2...order.paid.total.count, using: &random)
        try await store.decide(
            order.name, of: Village.id.station,
            Bool.random(using: &random) ? .rejected : .bought(cost: Fen(cost)))
        try await command(.askHeadOffice, at: station)
        await station.village.clock.advance(by: .seconds(2))
        try station.lives()
    }

    /// Somebody comes with the slip of an order, whether anything is owed for it or not.
    mutating func refund(at station: RunningStation) async throws {
        guard let order = orders.randomElement(using: &random),
            let code = station.village.world.printer.strips.last(where: { $0.shows(slip: order) })?
                .codes.first(where: { $0.payload.hasPrefix(Village.slipCode(order)) })
        else { return }
        try await scan(code.payload, at: station)
        guard station.view.prompt == .secondProof else { return }
        try await command(.knowPerson, at: station)
        guard case .payRefund = station.view.prompt else { return }
        try await payRefund(of: order, at: station)
    }

    mutating func undo(at station: RunningStation) async throws {
        try await command(.undo, at: station)
        guard case .undoReason = station.view.prompt else { return }
        try await enter(String(Int.random(in: 1...3, using: &random)), at: station)
        guard case .undoHandedBack = station.view.prompt else { return }
        try await command(Bool.random(using: &random) ? .yes : .no, at: station)
    }

    /// Codes and keys without a plan.
    mutating func noise(at station: RunningStation) async throws {
        for _ in 0..<6 {
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                guard let some = Command.allCases.randomElement(using: &random) else { return }
                try await command(some, at: station)
            case 1:
                let key = Int.random(in: 0...9, using: &random)
                try await scan(try await station.code(ofKey: key), at: station)
            default:
                let codes = ["6901234567892", "123", "VK1", "69012345678", "VK011234567840"]
                try await scan(codes.randomElement(using: &random) ?? "", at: station)
            }
            // A count without a plan is no count.
            if case .confirmCount = station.view.prompt { try await command(.no, at: station) }
        }
    }

    // MARK: - Mishaps

    private enum Mishap: CaseIterable {
        case paperOut, paperEnds, paperIn, coverOpen, coverShut, pullPrinter, pullPrinterAtByte,
            pullScale, pullScanner, plugElsewhere, lineDown, lineUp, cutLine, loseAnswers,
            restartHub, wait, load
    }

    mutating func mishap(at station: RunningStation) async throws {
        let world = station.village.world
        let link = station.village.headOffice.link
        let form = SimulatedUSBBus.Unplugging.allCases.randomElement(using: &random) ?? .leftFirst
        switch try #require(Mishap.allCases.randomElement(using: &random)) {
        case .paperOut: world.printer.takePaperOut()
        case .paperEnds:
            world.printer.letPaperEnd(afterLines: Int.random(in: 1...40, using: &random))
        case .paperIn: world.printer.putPaperIn()
        case .coverOpen: world.printer.setCoverOpen(true)
        case .coverShut: world.printer.setCoverOpen(false)
        case .pullPrinter: world.unplug(.printer, form: form)
        case .pullPrinterAtByte:
            world.unplugPrinter(afterBytes: Int.random(in: 1...900, using: &random), form: form)
        case .pullScale: world.unplug(.scale, form: form)
        case .pullScanner: world.unplug(.scanner, form: form)
        case .plugElsewhere:
            for device in World.Device.allCases {
                world.plug(device, at: "\(Int.random(in: 2...4, using: &random))-\(device)")
            }
        case .lineDown: link.behaviour.withLock { $0.isUp = false }
        case .lineUp: link.behaviour.withLock { $0.isUp = true }
        case .cutLine:
            let count = Int.random(in: 0...2_000, using: &random)
            link.behaviour.withLock { $0.bytesUntilCut = count }
        case .loseAnswers: link.behaviour.withLock { $0.answersToLose += 1 }
        case .restartHub: try await station.village.headOffice.restart()
        case .wait:
            await station.village.clock.advance(
                by: .milliseconds(Int.random(in: 10...20_000, using: &random)))
        case .load: world.scale.put(Int.random(in: 0...31_000, using: &random))
        }
        await station.village.clock.settle()
        try station.lives()
    }
}
