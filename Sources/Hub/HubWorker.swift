import Logging
import StationCore

/// Unpacks what the door took in, and has orders decided where somebody decides by itself.
struct HubWorker {
    let store: HubStore
    let decider: (any OrderDecider)?
    let logger: Logger

    /// Begins with what an earlier run left, then with whatever station has news.
    func run(_ arrivals: AsyncStream<StationEpoch>) async throws {
        await work()
        for await _ in arrivals { await work() }
    }

    /// A store that fails now is asked again with the next news; the reason is logged.
    private func work() async {
        do {
            for id in try await store.stationsToUnpack() { try await unpack(id) }
            try await decide()
        } catch {
            logger.error("unpacking failed", metadata: ["error": "\(error)"])
        }
    }

    private func unpack(_ id: StationEpoch) async throws {
        while let entries = try await store.unpackNext(id) {
            logger.debug(
                "unpacked",
                metadata: [
                    "station": "\(id)", "entry": "\(entries.last?.sequence ?? 0)",
                    "count": "\(entries.count)",
                ])
        }
        let status = try await store.stations().first { $0.id == id }
        if let reason = status?.stopped {
            logger.error(
                "station stopped", metadata: ["station": "\(id)", "reason": "\(reason)"])
        }
    }

    private func decide() async throws {
        guard let decider else { return }
        for order in try await store.orders(waiting: true) {
            guard let verdict = await decider.decide(order) else { continue }
            do {
                try await store.decide(order.name, of: order.id.station, verdict)
            } catch let error as HubError {
                // A person was faster, or the decider asks for too much: the order says which.
                logger.warning("decision not taken", metadata: ["reason": "\(error)"])
            }
        }
    }
}
