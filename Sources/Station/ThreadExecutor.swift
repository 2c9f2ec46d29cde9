import Glibc
import Synchronization

/// Runs a task on a thread of its own, so that what blocks in it (a disk that stalls for a minute)
/// keeps no thread of the shared pool.
final class ThreadExecutor: TaskExecutor {
    private struct Queue {
        var jobs: [UnownedJob] = []
        var isStopped = false
    }

    private let name: String
    private let queue = Mutex(Queue())
    private let wake: Semaphore

    init(name: String) {
        self.name = name
        wake = Semaphore()
    }

    func start() {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<ThreadExecutor>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        precondition(code == 0, "no thread for \(name): \(code)")
        pthread_detach(thread)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.withLock { $0.jobs.append(job) }
        wake.signal()
    }

    /// Ends the thread when what was queued has run.
    func stop() {
        queue.withLock { $0.isStopped = true }
        wake.signal()
    }

    private func run() {
        while true {
            wake.wait()
            let (jobs, isStopped) = queue.withLock { queue in
                defer { queue.jobs = [] }
                return (queue.jobs, queue.isStopped)
            }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            if isStopped, jobs.isEmpty { return }
            if isStopped { wake.signal() }
        }
    }
}

/// A POSIX semaphore at an address that does not move.
private final class Semaphore: Sendable {
    // Safety: sem_post and sem_wait may be called from any thread; the memory lives as long as
    // this object.
    private nonisolated(unsafe) let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(pointer, 0, 0) }

    func signal() { sem_post(pointer) }

    func wait() { while sem_wait(pointer) != 0 {} }

    deinit {
        sem_destroy(pointer)
        pointer.deallocate()
    }
}
