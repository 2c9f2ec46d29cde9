/// The one loop: jobs run one after the other, each with the station's state to itself from its
/// first line to its last. Runs on a thread of its own, because a commit waits for the disk.
///
/// Who hands a job in waits for it, so that there are never more jobs than people and devices.
final class Workflow: Sendable {
    private struct Job: Sendable {
        let run: @Sendable (inout StationState) async -> Void
        let abandon: @Sendable () -> Void
    }

    private let jobs: AsyncStream<Job>
    private let input: AsyncStream<Job>.Continuation
    private let thread = ThreadExecutor(name: "workflow")

    /// The loop has ended; nothing was done.
    struct Ended: Error {}

    init() {
        // Without a limit of its own: whoever hands a job in waits for it, and each of them has one.
        (jobs, input) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .unbounded)
    }

    /// Runs `body` in the loop and returns what it returns.
    @discardableResult
    func perform<Result: Sendable>(
        _ body: @escaping @Sendable (inout StationState) async -> Result
    ) async throws(Ended) -> Result {
        let result = await withCheckedContinuation { (done: CheckedContinuation<Result?, Never>) in
            let outcome = input.yield(
                Job(
                    run: { state in done.resume(returning: await body(&state)) },
                    abandon: { done.resume(returning: nil) }))
            if case .enqueued = outcome {} else { done.resume(returning: nil) }
        }
        guard let result else { throw Ended() }
        return result
    }

    /// Serves until `stop`, and finishes what was handed in before.
    ///
    /// - Parameter open: Runs in the loop: opens the journal, which stays there.
    /// - Throws: What `open` throws; or the error after which nobody knows what the disk holds, so
    ///   that only a new start can tell.
    func run(_ open: @escaping @Sendable () async throws -> StationState) async throws {
        thread.start()
        defer { thread.stop() }
        let loop = Task(executorPreference: thread) { try await self.serve(open) }
        try await loop.value
    }

    private func serve(_ open: @Sendable () async throws -> StationState) async throws {
        var failure: (any Error)?
        do {
            var state = try await open()
            for await job in jobs {
                await job.run(&state)
                failure = state.failure
                if failure != nil { break }
            }
            if failure == nil { await state.end() }
        } catch { failure = error }
        input.finish()
        for await job in jobs { job.abandon() }
        if let failure { throw failure }
    }

    func stop() { input.finish() }
}
