internal import Ports
internal import Synchronization

/// Says "look again" to everybody who waits. A waiter remembers the version it has seen, so that a
/// change between looking and waiting is never lost.
package final class Signal: Sendable {
    private struct State {
        var version = 0
        var nextWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Cancelled before they were parked.
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    package init() {}

    package var version: Int { state.withLock { $0.version } }

    package func raise() {
        let waiters = state.withLock { state in
            state.version += 1
            defer { state.waiters = [:] }
            return state.waiters
        }
        for key in waiters.keys.sorted() { waiters[key]?.resume() }
    }

    /// Returns when the version is above `seen`, or when the task is cancelled.
    package func wait(beyond seen: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cancelled.remove(number) != nil || state.version > seen { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
            state.withLock { _ = $0.cancelled.remove(number) }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: number)
                if waiter == nil { state.cancelled.insert(number) }
                return waiter
            }
            waiter?.resume()
        }
    }

    /// As above, but no longer than until `deadline` of `clock`.
    func wait(beyond seen: Int, until deadline: Int, of clock: any MonotonicClock) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(beyond: seen) }
            group.addTask {
                do { try await clock.sleep(until: deadline) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
