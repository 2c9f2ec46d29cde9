import Ports
import Synchronization

/// The instant at which something at the counter lapses by itself, and who waits for it.
final class Deadlines: Sendable {
    private let next = Mutex<Int?>(nil)
    private let moved = Alarm()

    /// - Parameter deadline: Monotonic milliseconds; nil where nothing lapses.
    func set(_ deadline: Int?) {
        let isNews = next.withLock { next in
            defer { next = deadline }
            return next != deadline
        }
        if isNews { moved.ring() }
    }

    /// Hands each deadline that has come to the loop.
    func run(_ workflow: Workflow, _ clock: any MonotonicClock) async throws(Workflow.Ended) {
        while !Task.isCancelled {
            let deadline = next.withLock { $0 }
            guard let deadline, deadline <= clock.milliseconds else {
                await moved.wait(until: deadline, by: clock)
                continue
            }
            // What did not lapse by it is planned anew.
            next.withLock { if $0 == deadline { $0 = nil } }
            try await workflow.perform { _ = await $0.decide(.deadline) }
        }
    }
}
