import Ports
import Simulators
import Synchronization

@testable import Station

/// At which step the box dies, and how much of it.
struct Death: Equatable, Sendable {
    let step: Step
    /// The how-many-th time that the step is reached in this life; the first is 1.
    let occasion: Int
    /// Ends the boot too: what lies in memory is gone, the files are not.
    let cutsPower: Bool
}

/// One life of a box, from its start to its end, and what it can reach of the world meanwhile.
///
/// A death does to the world and to the files what SIGKILL does, without a process of its own for
/// each of hundreds of lives:
/// - At the step itself the box is cut off. What it asks of bus and link from then on has no
///   effect and is not answered; what a device had accepted stays accepted.
/// - Then its files are copied as they stand, between two jobs of the loop or in the middle of the
///   one that takes the step: exactly what the kernel would keep, which is whatever was handed to
///   `write`, flushed or not. Locks die with the process, so that they are not copied. The copy is
///   what the next life starts from. (What a power cut takes of writes that were not flushed is
///   for `scripts/test-powercut`, which replays them; here it takes the runtime directory.)
/// - Its handles are closed, as the kernel closes those of a dead process.
/// - What is left of the box goes on by itself on the old files, reaches nobody, and is stopped.
///
/// The real SIGKILL at each of these steps is `stationdemo --day`, by seed as well.
final class BoxLife: StepObserver {
    private struct State {
        var isOver = false
        var death: Death?
        var occasionCount = 0
        var diedAt: (step: Step, entry: Int)?
        var handles: [any USBDevice] = []
    }

    private let state: Mutex<State>
    /// Copies the files; called at the step, with the loop standing still.
    private let keepFiles: @Sendable () -> Void
    private let loop = Mutex<Workflow?>(nil)
    private let stall = Mutex<Stall?>(nil)

    /// A step of the loop that takes as long as somebody likes.
    final class Stall: Sendable {
        fileprivate let step: Step
        fileprivate let begun = Alarm()
        fileprivate let over = Alarm()

        fileprivate init(_ step: Step) { self.step = step }

        /// Returns when the loop stands still.
        func begins() async { await begun.wait() }

        func end() { over.ring() }
    }

    /// The loop stands still when it reaches this step the next time.
    func stall(at step: Step) -> Stall {
        let stall = Stall(step)
        self.stall.withLock { $0 = stall }
        return stall
    }

    /// Whether nobody can wait for the loop now, since only the one who waits ends the stall.
    var isStalled: Bool { stall.withLock { $0 != nil } }

    private func waitWhereStalled(_ step: Step) async {
        guard let stall = stall.withLock({ $0 }), stall.step == step else { return }
        stall.begun.ring()
        await stall.over.wait()
        self.stall.withLock { $0 = nil }
    }

    init(death: Death?, keepFiles: @escaping @Sendable () -> Void) {
        state = Mutex(State(death: death))
        self.keepFiles = keepFiles
    }

    /// The loop of this life, which is to stand still while files are copied.
    func follow(_ workflow: Workflow) { loop.withLock { $0 = workflow } }

    var isOver: Bool { state.withLock { $0.isOver } }
    /// The step that was its last, and the entry it was about.
    var diedAt: (step: Step, entry: Int)? { state.withLock { $0.diedAt } }

    func reached(_ step: Step, entry: Int) async {
        await waitWhereStalled(step)
        let dies = state.withLock { state in
            guard !state.isOver, let death = state.death, death.step == step else { return false }
            state.occasionCount += 1
            guard state.occasionCount == death.occasion else { return false }
            state.isOver = true
            state.diedAt = (step, entry)
            return true
        }
        guard dies else { return }
        if step.isOfLoop {
            keepFiles()
        } else if let loop = loop.withLock({ $0 }) {
            // The loop had ended where it says so; then the files stand still anyway.
            do { try await loop.perform { [keepFiles] _ in keepFiles() } } catch { keepFiles() }
        }
        for handle in state.withLock({ $0.handles }) { await handle.close() }
    }

    fileprivate func note(_ handle: any USBDevice) { state.withLock { $0.handles.append(handle) } }

    /// Returns at once while it lives; else when what is left of it is stopped.
    fileprivate func waitWhereDead() async -> Bool {
        guard isOver else { return false }
        await Alarm().wait()
        return true
    }
}

extension Step {
    fileprivate var isOfLoop: Bool {
        switch self {
        case .decided, .committed, .adopted: true
        case .slipTaken, .firstByte, .lastByte, .answered, .slipRecorded, .requestSent,
            .answerRead, .messageApplied:
            false
        }
    }
}

/// The bus as one life of a box reaches it.
struct MortalBus: USBBus {
    let bus: any USBBus
    let life: BoxLife

    func events() -> AsyncStream<USBBusEvent> { bus.events() }

    func open(_ presence: USBPresence) async throws(PortError) -> any USBDevice {
        if await life.waitWhereDead() { throw .cancelled }
        let device = try await bus.open(presence)
        life.note(device)
        return MortalDevice(device: device, life: life)
    }
}

private struct MortalDevice: USBDevice {
    let device: any USBDevice
    let life: BoxLife

    private func live() async throws(PortError) {
        if await life.waitWhereDead() { throw .cancelled }
    }

    func claim(interface number: UInt8, alternateSetting: UInt8?) async throws(PortError) {
        try await live()
        try await device.claim(interface: number, alternateSetting: alternateSetting)
    }

    func control(
        _ setup: USBSetup, data: [UInt8], length: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        try await live()
        return try await device.control(setup, data: data, length: length, within: limit)
    }

    func reports(endpoint: UInt8, length: Int) -> AsyncStream<USBReport> {
        device.reports(endpoint: endpoint, length: length)
    }

    func read(
        endpoint: UInt8, atMost count: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        try await live()
        return try await device.read(endpoint: endpoint, atMost: count, within: limit)
    }

    func write(endpoint: UInt8, _ bytes: [UInt8], within limit: Duration) async -> USBWritten {
        if await life.waitWhereDead() { return USBWritten(count: 0, failure: .cancelled) }
        return await device.write(endpoint: endpoint, bytes, within: limit)
    }

    func clearHalt(endpoint: UInt8) async throws(PortError) {
        try await live()
        try await device.clearHalt(endpoint: endpoint)
    }

    func close() async { await device.close() }
}

/// The link as one life of a box reaches it.
struct MortalExchange: HTTPExchange {
    let exchange: any HTTPExchange
    let life: BoxLife

    func send(
        _ request: HTTPRequest, to destination: HTTPDestination, limits: HTTPLimits
    ) async throws(HTTPError) -> HTTPAnswer {
        if await life.waitWhereDead() { throw .cancelled }
        return try await exchange.send(request, to: destination, limits: limits)
    }

    func closeConnections() async { await exchange.closeConnections() }
}

/// Time as one boot of the box counts it: from its start.
struct BootClock: MonotonicClock {
    let clock: ManualClock
    /// Milliseconds of `clock` at which the box was switched on.
    let start: Int

    var milliseconds: Int { clock.milliseconds - start }

    func sleep(until deadline: Int) async throws(CancellationError) {
        try await clock.sleep(until: deadline + start)
    }
}
