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

    /// Milliseconds until a deadline is handed over again that came to nothing, since the disk took
    /// no entry.
    private static let retryTime = 30_000

    /// Hands each deadline that has come to the loop.
    func run(_ workflow: Workflow, _ clock: any MonotonicClock) async throws(Workflow.Ended) {
        var tried: (deadline: Int, retry: Int)?
        while !Task.isCancelled {
            let deadline = next.withLock { $0 }
            let due = tried?.deadline == deadline ? tried?.retry : deadline
            guard let deadline, let due, due <= clock.milliseconds else {
                await moved.wait(until: due, by: clock)
                continue
            }
            tried = (deadline, clock.milliseconds + Self.retryTime)
            try await workflow.perform { _ = await $0.decide(.deadline) }
        }
    }
}
