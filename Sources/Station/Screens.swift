import LocalServer
import Synchronization

/// The counter's screen for everybody who looks at it: each listener gets the newest only.
final class Screens: Sendable {
    private struct State {
        var latest: CounterScreen
        var listeners: [Int: AsyncStream<CounterScreen>.Continuation] = [:]
        var nextListener = 0
    }

    private let state: Mutex<State>

    init(_ first: CounterScreen) { state = Mutex(State(latest: first)) }

    var latest: CounterScreen { state.withLock { $0.latest } }

    func show(_ screen: CounterScreen) {
        let listeners: [AsyncStream<CounterScreen>.Continuation] = state.withLock { state in
            guard state.latest != screen else { return [] }
            state.latest = screen
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(screen) }
    }

    /// The screen now, and after each change.
    func stream() -> AsyncStream<CounterScreen> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: CounterScreen.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            let number = state.nextListener
            state.nextListener += 1
            state.listeners[number] = continuation
            continuation.yield(state.latest)
            return number
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in state.listeners[number] = nil }
        }
        return stream
    }
}
