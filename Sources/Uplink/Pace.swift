/// When the next attempt is due and how many entries it takes: pure, so that it can be tested as a
/// table. Times in milliseconds.
struct Pace: Equatable, Sendable {
    /// After the first failure: most cuts are over in a moment.
    static let firstRetry = 300
    static let backOffMin = 1_000
    static let backOffMax = 8_000
    /// Where head office does not take the station, a person has to act.
    static let refusedBackOff = 600_000
    static let askFirst = 5_000
    static let askMax = 600_000
    /// 100 entries are about 2.6 KiB compressed.
    static let batchMax = 100
    static let batchMin = 5
    static let batchFirst = 50

    private(set) var failures = 0
    private(set) var batchCount = Pace.batchFirst
    private var ask = Pace.askFirst

    /// An exchange came through: batches may grow again.
    mutating func succeeded(sent count: Int) {
        failures = 0
        if count >= batchCount { batchCount = min(Self.batchMax, batchCount * 2) }
    }

    /// How long to wait after a failure.
    ///
    /// - Parameter jitter: gives a number from 0 up to and without its argument.
    mutating func failed(jitter: (Int) -> Int) -> Int {
        failures += 1
        batchCount = max(Self.batchMin, batchCount / 2)
        if failures == 1 { return Self.firstRetry }
        return jitter(min(Self.backOffMax, Self.backOffMin << min(failures - 2, 8)))
    }

    /// How long to wait before asking with an empty batch; twice as long each time.
    mutating func nextAsk() -> Int {
        defer { ask = min(Self.askMax, ask * 2) }
        return ask
    }

    /// An entry was booked: what comes of it may come soon.
    mutating func resetAsk() { ask = Self.askFirst }
}
