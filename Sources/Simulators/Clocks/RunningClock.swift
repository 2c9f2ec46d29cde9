internal import Glibc
public import Ports

/// The machine's own time, for worlds that run by themselves.
public struct RunningClock: MonotonicClock {
    public init() {}

    public var milliseconds: Int { read(CLOCK_BOOTTIME) }

    public func sleep(until deadline: Int) async throws(CancellationError) {
        while true {
            let left = deadline - milliseconds
            if left <= 0 && !Task.isCancelled { return }
            do { try await Task.sleep(for: .milliseconds(max(left, 0))) } catch {
                throw CancellationError()
            }
        }
    }
}

/// The machine's calendar, taken to be right.
public struct RunningCalendar: CalendarClock {
    public init() {}

    public var milliseconds: Int { read(CLOCK_REALTIME) }
    public var isSynchronized: Bool { true }
}

private func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
}
