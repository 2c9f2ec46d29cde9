import FoundationEssentials
import Hub
import Logging
import Ports
import ServiceLifecycle
import Simulators
import StationCore
import Synchronization

/// Head office in the same process as the world: the real hub, with a stand-in that decides.
struct HeadOffice: Sendable {
    static let station = "123456"

    let store: HubStore
    private let id: StationEpoch
    private let port = Listening()

    /// Opens its file and publishes today's lists, also in a folder that lay for weeks.
    ///
    /// - Parameter calendar: the village's own, so that no list is of another time.
    init(path: String, calendar: any CalendarClock = RunningCalendar()) async throws {
        guard let number = StationNumber(Self.station) else {
            preconditionFailure("the demo's station has no number")
        }
        id = StationEpoch(station: number, epoch: 1)
        store = try HubStore(path: path, now: { calendar.milliseconds })
        _ = try await store.publish(DemoLists.articles)
        _ = try await store.publish(DemoLists.prices)
    }

    /// The hub as a service on a port of loopback that the system chooses.
    func server(mood: @escaping @Sendable () -> WorldAction.HeadOfficeMood, logger: Logger)
        -> HubServer
    {
        HubServer(
            store: store, host: "127.0.0.1", port: 0, decider: StandIn(mood: mood), logger: logger,
            onListening: { [port] number in port.set(number) })
    }

    /// Returns when the door is open.
    func listeningPort() async -> Int { await port.wait() }

    /// The station's enrolment code, with the address under which it reaches the hub.
    func enrolment(address: String) async throws -> Enrolment {
        if try await store.newestEpoch(of: id.station) != nil {
            return try await store.enrolment(of: id, address: address)
        }
        let enrolment = try await store.addStation(id, address: address)
        try await store.setLimit(Fen(200_000), of: id)
        try await store.topUpFloat(Fen(300_000), of: id)
        return enrolment
    }

    /// Where the station stands by head office's books; nil before it was added.
    func status() async throws -> StationStatus? {
        try await store.stations().first { $0.id == id }
    }

    /// Whether an order lies there and waits for a decision.
    func hasOrder(_ number: Int) async throws -> Bool {
        try await store.orders(waiting: true).contains { $0.name.sequence == number }
    }

    /// As a clerk does it, by hand.
    func decide(_ number: Int, isRejected: Bool) async throws {
        guard
            let order = try await store.orders(waiting: true)
                .first(where: { $0.name.sequence == number })
        else { return }
        try await store.decide(
            order.name, of: id.station,
            isRejected ? .rejected : .bought(cost: order.paid.total))
    }

    func ledger() async throws -> Ledger { try await store.ledger(of: id) }
}

/// Decides orders as the panel says.
private struct StandIn: OrderDecider {
    let mood: @Sendable () -> WorldAction.HeadOfficeMood

    func decide(_ order: CustomerOrder) async -> OrderVerdict? {
        switch mood() {
        case .buys: .bought(cost: order.paid.total)
        case .rejects: .rejected
        case .waits: nil
        }
    }
}

/// A port number that is not known yet.
private final class Listening: Sendable {
    private let state = Mutex<Int?>(nil)
    private let known = Signal()

    func set(_ port: Int) {
        state.withLock { $0 = port }
        known.raise()
    }

    func wait() async -> Int {
        while true {
            let seen = known.version
            if let port = state.withLock({ $0 }) { return port }
            await known.wait(beyond: seen)
            if Task.isCancelled { return 0 }
        }
    }
}
