import Dispatch

/// Runs an actor on a serial queue of its own, so that a libusb call that blocks (release, set
/// alternate setting, clear halt, close) never holds a thread of the cooperative pool.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }

    /// Puts `work` behind all that was enqueued before, from a thread that may not wait.
    func submit(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }
}
