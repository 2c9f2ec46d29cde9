public import Ports
internal import Synchronization

/// A scale of the USB HID weighing class: an input report of 6 bytes at a fixed rate, whether or not
/// anything changed.
public final class SimulatedScale: SimulatedUSBDevice {
    /// Codes of the weighing device page, with what one unit is in nanograms.
    public enum Unit: UInt8, Sendable, Codable, CaseIterable {
        case gram = 0x02
        case kilogram = 0x03
        case ounce = 0x0b
        case pound = 0x0c

        var nanograms: Int {
            switch self {
            case .gram: 1_000_000_000
            case .kilogram: 1_000_000_000_000
            case .ounce: 28_349_523_125
            case .pound: 453_592_370_000
            }
        }
    }

    /// Values of the report's status byte.
    public enum Status: UInt8, Sendable, Codable, CaseIterable {
        case fault = 1
        case zero = 2
        case moving = 3
        case stable = 4
        case underZero = 5
        case overload = 6
        case needsCalibration = 7
        case needsZero = 8
    }

    public struct Traits: Sendable, Equatable {
        public var unit: Unit
        /// Of the report that carries the weight: the standard leaves it free.
        public var reportID: UInt8
        /// Power of ten of the magnitude, -3 to 0.
        public var exponent: Int8
        /// Steps of the magnitude: 2 with grams and exponent 0 is a division of 2 g.
        public var division: Int
        /// Beyond it the scale says overload.
        public var capacityInGrams: Int
        /// Reports that say "moving" after the load changed.
        public var movingReportCount: Int
        public var reportPeriod: Duration
        /// The first report that a host gets is the one before it listened.
        public var beginsWithStaleReport: Bool

        public init(
            unit: Unit = .gram, reportID: UInt8 = 3, exponent: Int8 = 0, division: Int = 2,
            capacityInGrams: Int = 30_000, movingReportCount: Int = 3,
            reportPeriod: Duration = .milliseconds(100), beginsWithStaleReport: Bool = true
        ) {
            precondition((-3...0).contains(exponent) && division > 0, "no such scale")
            self.unit = unit
            self.reportID = reportID
            self.exponent = exponent
            self.division = division
            self.capacityInGrams = capacityInGrams
            self.movingReportCount = movingReportCount
            self.reportPeriod = reportPeriod
            self.beginsWithStaleReport = beginsWithStaleReport
        }
    }

    private struct State {
        var traits: Traits
        var cable: SimulatedCable?
        var load = 0
        /// Where the needle was before the load changed; it moves from there.
        var previousLoad = 0
        var movingReportsLeft = 0
        var forced: Status?
        var isMute = false
        var lastReport: [UInt8]
        var reporter: Task<Void, Never>?
    }

    public let vendor: UInt16
    public let product: UInt16
    public let interfaces = [
        USBInterface(
            number: 0, interfaceClass: 3, interfaceSubclass: 0, interfaceProtocol: 0,
            endpoints: [USBEndpoint(address: endpoint, transfer: .interrupt, maxPacketSize: 8)])
    ]

    private static let endpoint: UInt8 = 0x81
    private let clock: any MonotonicClock
    private let executor: (any TaskExecutor)?
    private let descriptor: [UInt8]
    private let state: Mutex<State>

    /// - Parameter descriptor: what it says of its reports; nil for the truth.
    public init(
        clock: any MonotonicClock, vendor: UInt16 = 0x0922, product: UInt16 = 0x8003,
        traits: Traits = Traits(), descriptor: [UInt8]? = nil,
        executor: (any TaskExecutor)? = nil
    ) {
        self.descriptor = descriptor ?? Self.reportDescriptor(dataReport: traits.reportID)
        self.clock = clock
        self.executor = executor
        self.vendor = vendor
        self.product = product
        let report = Self.report(load: 0, status: .zero, traits: traits)
        state = Mutex(State(traits: traits, lastReport: report))
    }

    // MARK: What hands do

    /// Grams that lie on it from now on; below zero when something was lifted off after zeroing.
    public func put(_ grams: Int) {
        state.withLock { state in
            if grams == state.load { return }
            state.previousLoad = state.load
            state.load = grams
            state.movingReportsLeft = state.traits.movingReportCount
        }
    }

    public func takeOff() { put(0) }

    public var load: Int { state.withLock { $0.load } }

    /// Says this status instead of its own, until it is given nil.
    public func force(_ status: Status?) { state.withLock { $0.forced = status } }

    /// A mute scale is asleep: no report comes, and nothing fails.
    public func setMute(_ isMute: Bool) { state.withLock { $0.isMute = isMute } }

    /// The unit button: takes effect between two reports.
    public func set(_ traits: Traits) { state.withLock { $0.traits = traits } }

    /// Sends a report as it is, at once.
    @discardableResult
    public func send(_ report: [UInt8]) -> Bool {
        let cable = state.withLock { $0.cable }
        return cable?.send(report: report, endpoint: Self.endpoint) ?? false
    }

    // MARK: What the bus does

    public func plugged(_ cable: SimulatedCable) { state.withLock { $0.cable = cable } }

    public func unplugged() {
        let reporter = state.withLock { state in
            defer {
                state.reporter = nil
                state.cable = nil
            }
            return state.reporter
        }
        reporter?.cancel()
    }

    public func control(
        _ setup: USBSetup, data: [UInt8], length: Int
    ) throws(PortError) -> [UInt8] {
        switch (setup.requestType, setup.request) {
        case (0x21, 0x0a): return []
        case (0x81, 0x06) where setup.value == 0x2200: return descriptor
        default: throw .stalled
        }
    }

    public func listening(_ isListening: Bool) {
        let (reporter, stale) = state.withLock { state in
            let old = state.reporter
            state.reporter = nil
            let isStaleWanted = isListening && state.traits.beginsWithStaleReport && !state.isMute
            return (old, isStaleWanted ? state.lastReport : nil)
        }
        reporter?.cancel()
        guard isListening else { return }
        if let stale { send(stale) }
        let task = Task(executorPreference: executor) { [weak self, clock] in
            var next = clock.milliseconds
            while !Task.isCancelled {
                guard let period = self?.state.withLock({ $0.traits.reportPeriod }) else { return }
                // A jump of the clock is slept through, not made up for.
                let length = max(period.inMilliseconds, 1)
                next = max(next, clock.milliseconds - length) + length
                do { try await clock.sleep(until: next) } catch { return }
                self?.sendNextReport()
            }
        }
        state.withLock { $0.reporter = task }
    }

    private func sendNextReport() {
        let report: [UInt8]? = state.withLock { state in
            if state.isMute { return nil }
            var shown = state.load
            var status = Self.status(of: state.load, traits: state.traits)
            if state.movingReportsLeft > 0 {
                let total = max(state.traits.movingReportCount, 1)
                let done = total - state.movingReportsLeft + 1
                let way = state.load - state.previousLoad
                shown = state.previousLoad + way * done / (total + 1)
                state.movingReportsLeft -= 1
                if status != .overload { status = .moving }
            }
            state.lastReport = Self.report(
                load: shown, status: state.forced ?? status, traits: state.traits)
            return state.lastReport
        }
        if let report { send(report) }
    }

    private static func status(of load: Int, traits: Traits) -> Status {
        if load > traits.capacityInGrams { return .overload }
        let magnitude = magnitude(of: abs(load), traits: traits)
        if magnitude == 0 { return .zero }
        return load < 0 ? .underZero : .stable
    }

    /// In units of 10^exponent, rounded half up to whole divisions.
    static func magnitude(of grams: Int, traits: Traits) -> Int {
        let powers = [1, 10, 100, 1_000]
        let scaled = grams * 1_000_000 * powers[Int(-traits.exponent)]
        let step = traits.unit.nanograms / 1_000 * traits.division
        return (2 * scaled + step) / (2 * step) * traits.division
    }

    private static func report(load: Int, status: Status, traits: Traits) -> [UInt8] {
        let value = min(magnitude(of: abs(load), traits: traits), 0xffff)
        return [
            traits.reportID, status.rawValue, traits.unit.rawValue,
            UInt8(bitPattern: traits.exponent),
            UInt8(value & 0xff), UInt8(value >> 8),
        ]
    }
}

extension SimulatedScale {
    /// Input `id`, output 2, feature 5. Constructed from the layouts of the HID weighing device page.
    public static func reportDescriptor(dataReport id: UInt8) -> [UInt8] {
        [
            0x05, 0x8d, 0x09, 0x20, 0xa1, 0x01, 0x09, 0x32, 0xa1, 0x02, 0x85, id, 0x09, 0x70, 0xa1,
            0x02, 0x15, 0x01, 0x25, 0x08, 0x75, 0x08, 0x95, 0x01, 0x19, 0x71, 0x29, 0x78, 0x81,
            0x00,
            0xc0, 0x09, 0x50, 0xa1, 0x02, 0x15, 0x01, 0x25, 0x0c, 0x19, 0x51, 0x29, 0x5c, 0x81,
            0x00,
            0xc0, 0x09, 0x41, 0x15, 0x81, 0x25, 0x7f, 0x81, 0x02, 0x09, 0x40, 0x15, 0x00, 0x27,
            0xff,
            0xff, 0x00, 0x00, 0x75, 0x10, 0x81, 0x02, 0xc0, 0x09, 0x34, 0xa1, 0x02, 0x85, 0x05,
            0x75,
            0x08, 0x09, 0x50, 0xa1, 0x02, 0x15, 0x01, 0x25, 0x0c, 0x19, 0x51, 0x29, 0x5c, 0xb1,
            0x00,
            0xc0, 0x09, 0x41, 0x15, 0x81, 0x25, 0x7f, 0xb1, 0x02, 0x09, 0x40, 0x15, 0x00, 0x27,
            0xff,
            0xff, 0x00, 0x00, 0x75, 0x10, 0xb1, 0x02, 0xc0, 0x09, 0x31, 0xa1, 0x02, 0x85, 0x02,
            0x15,
            0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x01, 0x09, 0x81, 0x91, 0x02, 0x09, 0x80, 0x91,
            0x02,
            0x95, 0x06, 0x91, 0x03, 0xc0, 0xc0,
        ]
    }
}
