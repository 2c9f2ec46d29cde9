import Simulators
import StationCore

/// A trading day without a person: hands do everything by scanner, scale and paper, mishaps come as
/// the plan has them, and at the end both ends must hold the same books. What it reports is
/// determined by the seed.
struct TradingDay: Sendable {
    let plan: DayPlan
    let hands: Hands

    /// Returns with the box stopped, so that nothing changes while its books are looked at.
    func run() async throws -> DayReport {
        try await hands.begin()
        for turn in plan.turns { try await hands.serve(turn) }
        try await hands.sell(Self.lastSale)
        try await hands.undoLast()
        try await hands.closeDay()
        let status = try await hands.status()
        await hands.box.stop()
        return try await DayReport(plan: plan, hands: hands, last: status)
    }

    /// The one that is taken back.
    private static let lastSale = DayPlan.Sale(villager: 1, produce: 3, grams: 12_340)
}
