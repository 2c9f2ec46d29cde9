import Hub
import Simulators
import StationCore
import Testing

@testable import Station

@Suite("A box with a cloned card", .serialized)
struct ForkTests {
    private static let trades: Set<EntryKind> = [
        .produceBought, .produceReversed, .orderPaid, .orderBought, .orderRejected, .refundPaid,
        .dayOpened, .dayClosed,
    ]

    private func tradeCount(_ station: RunningStation) throws -> Int {
        try station.entries().count { Self.trades.contains($0.kind) }
    }

    @Test func `a trade in progress is not confirmed, none is begun, and owed slips still print`()
        async throws
    {
        let village = try await Village()
        var badge = ""
        var order = 0
        try await village.open { station in
            try await station.begin()
            badge = try #require(village.world.printer.strips.first?.codes.first).payload
            order = try await station.orderSoap()
            try await station.slipsPrinted()
            village.world.unplug(.printer)
            try await station.sellApples(grams: 2_346)
            try await station.acknowledged()
        }
        let twin = try Village(copying: village)
        // The one box goes on and head office with it, to a decision on the order.
        try await village.open { station in
            try await station.acknowledged()
            try await station.decide(order, .rejected)
            try await station.acknowledged()
        }
        let above = try await village.headOffice.entries()
        village.headOffice.link.behaviour.withLock { $0.isUp = false }
        twin.world.unplug(.printer)
        try await twin.open { station in
            try await station.wait("scanner ready") { station.view.devices[.scanner] == .ready }
            await station.scan(badge)
            try await station.type(RunningStation.pin)
            try await station.weighApples(grams: 1_800)
            let trades = try tradeCount(station)
            twin.headOffice.link.behaviour.withLock { $0.isUp = true }
            _ = await station.control.syncNow()
            try await station.wait("forked", atMost: .seconds(20)) { station.view.isForked }
            #expect(station.view.prompt == .stopped)
            for command in [Command.payCash, .produce, .order, .refund, .undo, .day] {
                try await station.command(command)
                #expect(station.view.prompt == .stopped)
                guard case .refused = station.view.notice else {
                    Issue.record("\(command): \(String(describing: station.view.notice))")
                    continue
                }
            }
            twin.world.plug(.printer)
            try await station.slipsPrinted()
            #expect(twin.world.printer.strips.count == 1)
            await twin.clock.advance(by: .seconds(700))
            // Neither the villager's trades nor head office's decision.
            #expect(try tradeCount(station) == trades)
        }
        #expect(try await village.headOffice.entries() == above)
    }
}
