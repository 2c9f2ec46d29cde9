public import Ports
internal import Synchronization

/// Routes that change when they are told to.
public final class SimulatedRoutes: RouteWatch {
    private struct State {
        var watches: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastNumber = 0
    }

    private let state = Mutex(State())
    private let watched = Signal()

    public init() {}

    public func changes() -> AsyncStream<Void> {
        let (stream, watch) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastNumber += 1
            state.watches[state.lastNumber] = watch
            return state.lastNumber
        }
        watch.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watches.removeValue(forKey: number) }
        }
        watched.raise()
        return stream
    }

    /// An address or a route came or went.
    public func change() {
        for watch in state.withLock({ Array($0.watches.values) }) { watch.yield() }
    }

    /// Returns when somebody watches.
    public func waitForWatch() async {
        while !Task.isCancelled {
            let seen = watched.version
            if state.withLock({ !$0.watches.isEmpty }) { return }
            await watched.wait(beyond: seen)
        }
    }
}
