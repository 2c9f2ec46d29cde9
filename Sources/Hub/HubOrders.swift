import SQLite
public import StationCore
import SyncProtocol

/// An order that a villager paid for.
public struct CustomerOrder: Hashable, Sendable {
    public let id: StationEpoch
    public let name: EntryName
    public let paid: OrderPaid
    /// Nil while it waits for a decision.
    public let verdict: OrderDecision.Verdict?
    public let cost: Fen?
}

/// What head office does with an order.
public enum OrderVerdict: Hashable, Sendable {
    /// Bought, for at most what the villager paid.
    case bought(cost: Fen)
    case rejected
}

/// Decides orders as they come in, without a person: the demo's stand-in, a shop's own system.
public protocol OrderDecider: Sendable {
    /// Nil leaves the order to a person.
    func decide(_ order: CustomerOrder) async -> OrderVerdict?
}

extension HubStore {
    /// - Parameter waiting: Only those without a decision.
    public func orders(waiting: Bool) throws -> [CustomerOrder] {
        var list = try connection.prepare(
            """
            SELECT station, epoch, sequence, body, verdict, cost FROM customer_order
            \(waiting ? "WHERE verdict IS NULL" : "") ORDER BY station, epoch, sequence
            """)
        return try list.all { row in
            CustomerOrder(
                id: try Self.station(row),
                name: EntryName(epoch: row.integer(1), sequence: row.integer(2)),
                paid: try CanonicalCoding.decode(
                    OrderPaid.self, from: try CanonicalForm.value(parsing: row.blob(3))),
                verdict: OrderDecision.Verdict(rawValue: row.text(4)),
                cost: row.isNull(5) ? nil : Fen(row.integer(5)))
        }
    }

    /// Decides an order, once, and sends the decision down.
    ///
    /// - Throws: `HubError.unknownOrder`, `.decided`, `.cost`.
    public func decide(
        _ order: EntryName, of station: StationNumber, _ verdict: OrderVerdict
    ) throws {
        let id = StationEpoch(station: station, epoch: order.epoch)
        try connection.transaction {
            var find = try connection.prepare(
                """
                SELECT body, verdict FROM customer_order
                WHERE station = ? AND epoch = ? AND sequence = ?
                """)
            let row = try find.first(
                .text(station.text), .integer(order.epoch), .integer(order.sequence)
            ) { ($0.blob(0), $0.isNull(1) ? nil : $0.text(1)) }
            guard let (body, earlier) = row else { throw HubError.unknownOrder(station, order) }
            if let earlier { throw HubError.decided(station, order, earlier) }
            let paid = try CanonicalCoding.decode(
                OrderPaid.self, from: try CanonicalForm.value(parsing: body))
            let decision = try decision(verdict, on: order, of: station, paid: paid)
            var identify = try connection.prepare("INSERT INTO decision VALUES (?, ?, ?, ?)")
            try identify.run(
                .text(decision.identity), .text(station.text), .integer(order.epoch),
                .integer(order.sequence))
            var update = try connection.prepare(
                """
                UPDATE customer_order SET verdict = ?, cost = ?, decided = ?
                WHERE station = ? AND epoch = ? AND sequence = ?
                """)
            try update.run(
                .text(decision.verdict.rawValue), Value(decision.cost?.count), .integer(now()),
                .text(station.text), .integer(order.epoch), .integer(order.sequence))
            try send(.decision, decision, to: id)
        }
    }

    private func decision(
        _ verdict: OrderVerdict, on order: EntryName, of station: StationNumber, paid: OrderPaid
    ) throws -> OrderDecision {
        let identity = "\(station)-\(order)-1"
        switch verdict {
        case .bought(let cost):
            guard cost >= .zero, cost <= paid.total else {
                throw HubError.cost(cost, allowed: .zero...paid.total)
            }
            return OrderDecision(identity: identity, order: order, verdict: .bought, cost: cost)
        case .rejected:
            return OrderDecision(identity: identity, order: order, verdict: .rejected, cost: nil)
        }
    }
}
