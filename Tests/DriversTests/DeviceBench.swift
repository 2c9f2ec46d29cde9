import Drivers
import Logging
import Ports
import Simulators
import StationCore
import Synchronization
import Testing

/// A bus with a watch on it, a clock that is moved by hand, and what the watch told.
final class DeviceBench: Sendable {
    let clock = ManualClock()
    let bus: SimulatedUSBBus
    let printer: EscposPrinter
    private let log = EventLog()
    private let watch: Task<Void, Never>

    init(
        scaleDivision: Division? = nil,
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
        let bus = SimulatedUSBBus(clock: clock)
        let printer = EscposPrinter(logger: logger)
        let log = log
        let watching = DeviceWatch(
            bus: bus, clock: clock, logger: logger, printer: printer,
            scaleDivision: scaleDivision, deliver: { log.note($0) })
        self.bus = bus
        self.printer = printer
        watch = Task { await watching.run() }
    }

    /// Ends the watch as a stop of the station does.
    func stop() async {
        watch.cancel()
        await watch.value
    }

    var events: [DeviceEvent] { log.events }

    var scans: [String] {
        events.compactMap { if case .scanned(let scan) = $0 { scan.text } else { nil } }
    }

    var weights: [(reading: WeightReading, scale: ScaleIdentity, at: Int)] {
        events.compactMap {
            if case .weight(let reading, let scale, let at) = $0 {
                (reading, scale, at)
            } else {
                nil
            }
        }
    }

    /// Everything that was said of one kind, in its order.
    func conditions(_ kind: DeviceKind) -> [DeviceCondition] {
        events.compactMap {
            if case .condition(kind, let condition, _) = $0 { condition } else { nil }
        }
    }

    /// Lets time go on until it holds.
    func expect(
        within limit: Duration = .seconds(2), sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: @escaping @Sendable (DeviceBench) async -> Bool
    ) async {
        let holds = await clock.run(atMost: limit) { await condition(self) }
        #expect(holds, sourceLocation: sourceLocation)
    }

    /// Lets time go on in small steps, so that nobody misses a deadline.
    func pass(_ duration: Duration) async {
        _ = await clock.run(atMost: duration, step: .milliseconds(250)) { false }
    }

    /// The last that was said of one kind.
    func isNow(_ kind: DeviceKind, _ condition: DeviceCondition) -> Bool {
        conditions(kind).last == condition
    }

    /// Whether the last that was said at all is this, of the device in that socket.
    func isLast(_ kind: DeviceKind, _ condition: DeviceCondition, at path: String) -> Bool {
        guard case .condition(kind, condition, let device) = events.last else { return false }
        return device.path == path
    }

    /// Starts printing, so that something can happen meanwhile.
    func startPrinting(
        _ bytes: [UInt8], onStep: @escaping @Sendable (PrintStep) -> Void = { _ in }
    ) -> PrintJob {
        let job = PrintJob()
        let printer = printer
        Task {
            job.end(
                await printer.print(bytes) { step in
                    job.note(step)
                    onStep(step)
                })
        }
        return job
    }
}

/// A slip on its way.
final class PrintJob: Sendable {
    private let state = Mutex<(outcome: PrintOutcome?, steps: [PrintStep])>((nil, []))

    var outcome: PrintOutcome? { state.withLock { $0.outcome } }
    var steps: [PrintStep] { state.withLock { $0.steps } }

    func note(_ step: PrintStep) { state.withLock { $0.steps.append(step) } }
    func end(_ outcome: PrintOutcome) { state.withLock { $0.outcome = outcome } }
}

private final class EventLog: Sendable {
    private let state = Mutex<[DeviceEvent]>([])

    var events: [DeviceEvent] { state.withLock { $0 } }

    func note(_ event: DeviceEvent) { state.withLock { $0.append(event) } }
}
