public import Ports
internal import Synchronization

/// Time that passes only when it is told to. Monotonic and calendar time go together; the calendar
/// can be set apart from it, as on a box without a battery clock.
///
/// A test advances it instead of sleeping. Sleepers wake one by one in the order of their
/// deadlines, those of one deadline in the order of their coming; each is given the chance to run
/// at the very time that it asked for: surely where everybody who lives by the clock is on one
/// stage, else as far as some yielding goes.
public final class ManualClock: MonotonicClock {
    private struct Sleeper {
        let deadline: Int
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now: Int
        var nextNumber = 0
        var sleepers: [Sleeper] = []
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>
    private let parked = Signal()
    private let stage: Stage?
    /// Raised whenever time or calendar moved.
    let moved = Signal()
    /// What `calendar` shows goes on with this clock until it is set.
    public let calendar: ManualCalendar

    /// - Parameters:
    ///   - milliseconds: since the start of the box.
    ///   - calendar: milliseconds of UTC since 1970 at that moment.
    ///   - stage: where everybody runs who lives by this clock; time then moves only when nobody
    ///     there can go on without it.
    public init(
        milliseconds: Int = 10_000, calendar: Int = 1_790_000_000_000, isSynchronized: Bool = true,
        stage: Stage? = nil
    ) {
        self.stage = stage
        state = Mutex(State(now: milliseconds))
        self.calendar = ManualCalendar(
            offset: calendar - milliseconds, isSynchronized: isSynchronized)
        self.calendar.follow(self)
    }

    public var milliseconds: Int { state.withLock { $0.now } }

    /// Both clocks as a station is given them.
    public func clocks(bootID: String = "00000000-0000-4000-8000-000000000001") -> Clocks {
        Clocks(monotonic: self, calendar: calendar, bootID: bootID)
    }

    public func sleep(until deadline: Int) async throws(CancellationError) {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        let wasWoken = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let verdict: Bool? = state.withLock { state in
                    if state.cancelled.remove(number) != nil { return false }
                    if deadline <= state.now { return true }
                    let sleeper = Sleeper(
                        deadline: deadline, number: number, continuation: continuation)
                    let place = state.sleepers.firstIndex { $0.deadline > deadline }
                    state.sleepers.insert(sleeper, at: place ?? state.sleepers.endIndex)
                    return nil
                }
                if let verdict { continuation.resume(returning: verdict) }
                parked.raise()
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let place = state.sleepers.firstIndex(where: { $0.number == number }) else {
                    state.cancelled.insert(number)
                    return nil
                }
                return state.sleepers.remove(at: place)
            }
            sleeper?.continuation.resume(returning: false)
        }
        state.withLock { _ = $0.cancelled.remove(number) }
        if !wasWoken { throw CancellationError() }
    }

    /// Deadlines of those that sleep, earliest first.
    public var deadlines: [Int] { state.withLock { $0.sleepers.map(\.deadline) } }

    /// Returns when at least `count` sleepers are parked.
    public func waitForSleepers(_ count: Int) async {
        while !Task.isCancelled {
            let seen = parked.version
            if state.withLock({ $0.sleepers.count >= count }) { return }
            await parked.wait(beyond: seen)
        }
    }

    /// Moves time on, stopping at each deadline so that the woken run at their own time.
    public func advance(by duration: Duration) async {
        await advance(to: milliseconds + duration.inMilliseconds)
    }

    /// As above, to a moment; one that is over changes nothing.
    public func advance(to target: Int) async {
        await settle()
        while let sleeper = takeNext(upTo: target) {
            sleeper.resume(returning: true)
            await settle()
        }
        state.withLock { $0.now = max($0.now, target) }
        moved.raise()
        await settle()
    }

    /// Moves time on at once, as if everybody had been asleep: those that are due wake in their
    /// order, but all of them at the end.
    public func jump(by duration: Duration) async {
        state.withLock { $0.now += duration.inMilliseconds }
        moved.raise()
        await advance(to: milliseconds)
    }

    /// Lets time run, a step at a time, until `condition` holds.
    ///
    /// On a stage it goes from deadline to deadline. Elsewhere real work (a disk, a socket) gets
    /// `pause` of real time between steps, so that the clock does not run away from it.
    /// - Returns: false when `limit` has passed without it.
    public func run(
        atMost limit: Duration, step: Duration = .milliseconds(10),
        pause: Duration = .microseconds(300), until condition: @Sendable () async -> Bool
    ) async -> Bool {
        let end = milliseconds + limit.inMilliseconds
        await settle()
        while !(await condition()) {
            if milliseconds >= end || Task.isCancelled { return false }
            if stage != nil {
                await advance(to: min(deadlines.first ?? end, end))
                continue
            }
            await advance(by: step)
            do { try await Task.sleep(for: pause) } catch { return false }
        }
        return true
    }

    /// Gives every task that can run the chance to do so; on a stage, returns when none can.
    public func settle() async {
        if let stage { return await stage.settle() }
        for _ in 0..<settlingYieldCount { await Task.yield() }
    }

    private func takeNext(upTo target: Int) -> CheckedContinuation<Bool, Never>? {
        state.withLock { state in
            guard let first = state.sleepers.first, first.deadline <= target else { return nil }
            state.sleepers.removeFirst()
            state.now = max(state.now, first.deadline)
            return first.continuation
        }
    }
}

/// Enough for a chain of a dozen tasks that hand something on.
private let settlingYieldCount = 24

/// The calendar of a `ManualClock`.
public final class ManualCalendar: CalendarClock {
    private struct State {
        var offset: Int
        var isSynchronized: Bool
        weak var clock: ManualClock?
    }

    private let state: Mutex<State>

    fileprivate init(offset: Int, isSynchronized: Bool) {
        state = Mutex(State(offset: offset, isSynchronized: isSynchronized))
    }

    fileprivate func follow(_ clock: ManualClock) {
        state.withLock { $0.clock = clock }
    }

    public var milliseconds: Int {
        let (offset, clock) = state.withLock { ($0.offset, $0.clock) }
        return offset + (clock?.milliseconds ?? 0)
    }

    public var isSynchronized: Bool { state.withLock { $0.isSynchronized } }

    /// Sets what the calendar shows now, in milliseconds of UTC since 1970.
    public func set(_ milliseconds: Int, isSynchronized: Bool) {
        let clock = state.withLock { $0.clock }
        let now = clock?.milliseconds ?? 0
        state.withLock { state in
            state.offset = milliseconds - now
            state.isSynchronized = isSynchronized
        }
        clock?.moved.raise()
    }
}
