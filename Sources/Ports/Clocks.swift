/// The clock to wait by: milliseconds since the box was started, suspended time included
/// (CLOCK_BOOTTIME). It never jumps.
public protocol MonotonicClock: Sendable {
    var milliseconds: Int { get }

    /// Returns when `milliseconds` has reached `deadline`; throws only when cancelled.
    func sleep(until deadline: Int) async throws(CancellationError)
}

extension MonotonicClock {
    public func sleep(for duration: Duration) async throws(CancellationError) {
        try await sleep(until: milliseconds + duration.inMilliseconds)
    }
}

/// The clock to stamp by, which may be wrong by decades when the box has just been started.
public protocol CalendarClock: Sendable {
    /// Milliseconds of UTC since 1970.
    var milliseconds: Int { get }
    /// Whether the kernel says that the clock follows a time server.
    var isSynchronized: Bool { get }
}

/// What a run of the box knows of time. `bootID` changes at each start of the kernel.
public struct Clocks: Sendable {
    public let monotonic: any MonotonicClock
    public let calendar: any CalendarClock
    public let bootID: String

    public init(monotonic: any MonotonicClock, calendar: any CalendarClock, bootID: String) {
        self.monotonic = monotonic
        self.calendar = calendar
        self.bootID = bootID
    }
}

extension Duration {
    /// Whole milliseconds, cut.
    public var inMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
