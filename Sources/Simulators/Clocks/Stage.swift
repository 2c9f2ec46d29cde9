internal import Glibc
internal import Synchronization

/// One thread on which a world and the station in it take their turns, so that it can be told when
/// everybody has done what there was to do at this moment and waits for time or for hands.
///
/// It holds for tasks that were started with it as their preferred executor, for their children,
/// and for the default actors that they enter. Who works on a thread of his own is a neighbour.
public final class Stage: TaskExecutor {
    /// Returns when everything is done that the neighbour had been asked for before.
    public typealias Neighbour = @Sendable () async -> Void

    private struct State {
        var turns: [UnownedJob] = []
        var isTaken = false
        var turnCount = 0
        var isOver = false
        var spectators: [CheckedContinuation<Void, Never>] = []
        var neighbours: [Int: Neighbour] = [:]
        var nextNeighbour = 1

        var isEmpty: Bool { turns.isEmpty && !isTaken }
    }

    private let state = Mutex(State())
    private let bell = TurnBell()

    public init() {
        detachThread { [self] in take() }
    }

    /// Ends the thread when nobody has a turn left; who comes later gets none.
    public func end() {
        state.withLock { $0.isOver = true }
        bell.ring()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.turns.append(job) }
        bell.ring()
    }

    private func take() {
        while true {
            bell.wait()
            let (job, isDone) = state.withLock { state -> (UnownedJob?, Bool) in
                if state.turns.isEmpty { return (nil, state.isOver) }
                state.isTaken = true
                state.turnCount += 1
                return (state.turns.removeFirst(), false)
            }
            if isDone { return }
            guard let job else { continue }
            job.runSynchronously(on: asUnownedTaskExecutor())
            release()
        }
    }

    private func release() {
        let spectators = state.withLock { state in
            state.isTaken = false
            guard state.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.spectators = [] }
            return state.spectators
        }
        for spectator in spectators { spectator.resume() }
    }

    /// - Returns: What `leave` takes.
    public func join(_ neighbour: @escaping Neighbour) -> Int {
        state.withLock { state in
            defer { state.nextNeighbour += 1 }
            state.neighbours[state.nextNeighbour] = neighbour
            return state.nextNeighbour
        }
    }

    public func leave(_ number: Int) { state.withLock { $0.neighbours[number] = nil } }

    /// Returns when nobody can go on. To be called from beside the stage.
    public func settle() async {
        while true {
            await empty()
            let (turnCount, neighbours) = state.withLock { state in
                (state.turnCount, state.neighbours.sorted { $0.key < $1.key }.map(\.value))
            }
            for neighbour in neighbours { await neighbour() }
            // Who was waiting for a neighbour has been given a turn by now.
            if state.withLock({ $0.isEmpty && $0.turnCount == turnCount }) { return }
        }
    }

    private func empty() async {
        await withCheckedContinuation { (spectator: CheckedContinuation<Void, Never>) in
            let isEmpty = state.withLock { state in
                if state.isEmpty { return true }
                state.spectators.append(spectator)
                return false
            }
            if isEmpty { spectator.resume() }
        }
    }
}

/// Counts rings: a POSIX semaphore at an address that does not move.
private final class TurnBell: Sendable {
    // Safety: sem_post and sem_wait may be called from any thread; the memory lives as long as
    // this object.
    private nonisolated(unsafe) let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(pointer, 0, 0) }

    func ring() { sem_post(pointer) }

    func wait() { while sem_wait(pointer) != 0 {} }

    deinit {
        sem_destroy(pointer)
        pointer.deallocate()
    }
}
