import Logging
import StationCore

/// Unpacks what the door took in, and has orders decided where somebody decides by itself.
struct HubWorker {
    let store: HubStore
    let decider: (any OrderDecider)?
    let logger: Logger

    /// Stations that are asked for at once, so that memory does not grow with their number.
    static let stationCountMax = 256

    /// Begins with what an earlier run left, then whenever there is news.
    func run(_ news: AsyncStream<Void>) async {
        await work()
        for await _ in news { await work() }
    }

    /// A store that fails now is asked again with the next news; the reason is logged.
    private func work() async {
        do {
            try await unpack()
            try await decide()
        } catch {
            logger.error("unpacking failed", metadata: ["error": "\(error)"])
        }
    }

    /// A batch of each station in turn, so that one with weeks of entries does not hold up the
    /// others. A station that stopped no longer stands in the queue.
    private func unpack() async throws {
        var last: StationEpoch?
        while !Task.isCancelled {
            let stations = try await store.stationsToUnpack(
                after: last, count: Self.stationCountMax)
            for id in stations { try await unpackNext(id) }
            if stations.isEmpty, last == nil { return }
            last = stations.last
        }
    }

    private func unpackNext(_ id: StationEpoch) async throws {
        if let entries = try await store.unpackNext(id) {
            logger.debug(
                "unpacked",
                metadata: [
                    "station": "\(id)", "entry": "\(entries.last?.sequence ?? 0)",
                    "count": "\(entries.count)",
                ])
        } else if let reason = try await store.status(of: id)?.stopped {
            logger.error(
                "station stopped", metadata: ["station": "\(id)", "reason": "\(reason)"])
        }
    }

    private func decide() async throws {
        guard let decider else { return }
        for order in try await store.orders(waiting: true) {
            guard !Task.isCancelled else { return }
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
