import Synchronization

/// Wakes one waiter, when something happened or when a time has come. Ringing twice before it
/// looks is ringing once, and a ring that comes first is not lost.
public final class Alarm: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    public init() {}

    public func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            state.isRung = state.waiter == nil
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when it rings, at `deadline` (monotonic milliseconds) or when the task is cancelled.
    public func wait(until deadline: Int?, by clock: any MonotonicClock) async {
        guard let deadline else { return await wait() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do { try await clock.sleep(until: deadline) } catch { return }
                self.ring()
            }
            await wait()
            group.cancelAll()
        }
    }

    /// Returns when it rings or when the task is cancelled.
    public func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    precondition(state.waiter == nil, "two wait for one alarm")
                    state.waiter = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
    }
}
