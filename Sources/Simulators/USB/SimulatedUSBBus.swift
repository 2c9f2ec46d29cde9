public import Ports
internal import Synchronization

/// A bus without a kernel: devices are plugged in and pulled by the caller.
///
/// Time limits are kept by the clock that is handed in, so that a transfer times out exactly when
/// that clock says so.
public final class SimulatedUSBBus: USBBus {
    /// The ways in which a bus tells that a plug was pulled.
    public enum Unplugging: String, Sendable, Codable, CaseIterable {
        /// As the Linux kernel does it: transfers fail at once, the bus says so 300 ms later.
        case errorThenLeft
        /// Transfers fail and the bus says so in the same moment.
        case noDeviceAtOnce
        /// The bus says so at once, transfers stay pending for another 300 ms.
        case leftFirst
    }

    public enum Operation: Hashable, Sendable {
        case open, claim, control, read, write
    }

    private struct Fault {
        let error: PortError
        var count: Int
    }

    private struct State {
        var cables: [String: SimulatedCable] = [:]
        /// Pulled, with transfers that are to fail yet.
        var dangling: [SimulatedCable] = []
        var nextAddress: UInt8 = 2
        var nextHandle = 1
        var listener: AsyncStream<USBBusEvent>.Continuation?
        var faults: [String: [Operation: Fault]] = [:]
    }

    private let state = Mutex(State())
    private let signal = Signal()
    let clock: any MonotonicClock
    private let executor: (any TaskExecutor)?

    /// - Parameter executor: where the later sign of an unplug runs, if not anywhere.
    public init(clock: any MonotonicClock, executor: (any TaskExecutor)? = nil) {
        self.clock = clock
        self.executor = executor
    }

    /// Plugs a device into a socket. A device that is there already is pulled first.
    @discardableResult
    public func plug(_ device: any SimulatedUSBDevice, at path: String) -> USBPresence {
        if presence(at: path) != nil { unplug(path, form: .noDeviceAtOnce) }
        // Whatever hangs from an earlier stay of it fails now, not in the middle of this one.
        let dangling = state.withLock { state in
            defer { state.dangling.removeAll { $0.device === device } }
            return state.dangling.filter { $0.device === device }
        }
        for cable in dangling { _ = cable.kill() }
        let cable = state.withLock { state in
            let presence = USBPresence(path: path, address: state.nextAddress)
            state.nextAddress = state.nextAddress == 127 ? 2 : state.nextAddress + 1
            return SimulatedCable(presence: presence, device: device)
        }
        device.plugged(cable)
        state.withLock { state in
            state.cables[path] = cable
            state.listener?.yield(.arrived(describe(cable)))
        }
        signal.raise()
        return cable.presence
    }

    /// Pulls what is in the socket; an empty one is left alone.
    public func unplug(_ path: String, form: Unplugging = .errorThenLeft) {
        guard let cable = state.withLock({ $0.cables.removeValue(forKey: path) }) else { return }
        pull(cable, form)
    }

    /// Pulls the plug as soon as the device has accepted `count` more bytes of OUT transfers.
    public func unplug(_ path: String, afterBytes count: Int, form: Unplugging = .errorThenLeft) {
        guard let cable = state.withLock({ $0.cables[path] }) else { return }
        if count <= 0 { return unplug(path, form: form) }
        cable.pull(afterBytes: count) { [weak self, weak cable] in
            guard let self, let cable else { return }
            let isStillThere = self.state.withLock { state in
                guard state.cables[path] === cable else { return false }
                state.cables[path] = nil
                return true
            }
            if isStillThere { self.pull(cable, form) }
        }
    }

    private func pull(_ cable: SimulatedCable, _ form: Unplugging) {
        switch form {
        case .noDeviceAtOnce:
            _ = cable.kill()
            announceLeft(cable)
        case .errorThenLeft:
            _ = cable.kill()
            later { [weak self] in self?.announceLeft(cable) }
        case .leftFirst:
            announceLeft(cable)
            state.withLock { $0.dangling.append(cable) }
            later { [weak self] in
                _ = cable.kill()
                self?.state.withLock { $0.dangling.removeAll { $0 === cable } }
            }
        }
        signal.raise()
    }

    /// Between the two signs of an unplug, in whichever order they come.
    private static let unplugDelay = Duration.milliseconds(300)

    private func later(_ act: @escaping @Sendable () -> Void) {
        let clock = clock
        Task(executorPreference: executor) {
            do { try await clock.sleep(for: Self.unplugDelay) } catch { return }
            act()
        }
    }

    private func announceLeft(_ cable: SimulatedCable) {
        state.withLock { _ = $0.listener?.yield(.left(cable.presence)) }
    }

    /// Nil when the socket is empty.
    public func presence(at path: String) -> USBPresence? {
        state.withLock { $0.cables[path]?.presence }
    }

    /// Makes the next `count` operations of that kind in the socket fail.
    public func fail(
        _ operation: Operation, at path: String, with error: PortError, count: Int = 1
    ) {
        let fault = Fault(error: error, count: count)
        state.withLock { $0.faults[path, default: [:]][operation] = fault }
    }

    func takeFault(_ operation: Operation, at path: String) -> PortError? {
        state.withLock { state in
            guard var fault = state.faults[path]?[operation], fault.count > 0 else { return nil }
            fault.count -= 1
            state.faults[path]?[operation] = fault
            return fault.error
        }
    }

    /// Returns when the host fetches reports from the device in that socket.
    public func waitUntilListened(at path: String) async {
        while !Task.isCancelled {
            let seen = signal.version
            if state.withLock({ $0.cables[path] })?.isListening == true { return }
            await signal.wait(beyond: seen)
        }
    }

    func noteListening() { signal.raise() }

    /// Beginning with what is there. A new listener ends the stream of the one before.
    public func events() -> AsyncStream<USBBusEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: USBBusEvent.self, bufferingPolicy: .bufferingOldest(Self.eventCountMax))
        state.withLock { state in
            state.listener?.finish()
            state.listener = continuation
            for cable in state.cables.values.sorted(by: { $0.presence.path < $1.presence.path }) {
                continuation.yield(.arrived(describe(cable)))
            }
        }
        return stream
    }

    /// Beyond it plugs go unheard: far more than a hand can pull while a listener is busy.
    private static let eventCountMax = 1_024

    private func describe(_ cable: SimulatedCable) -> USBDeviceDescription {
        USBDeviceDescription(
            presence: cable.presence, vendor: cable.device.vendor, product: cable.device.product,
            interfaces: cable.device.interfaces)
    }

    public func open(_ presence: USBPresence) async throws(PortError) -> any USBDevice {
        if let error = takeFault(.open, at: presence.path) { throw error }
        let (cable, number) = state.withLock { state in
            state.nextHandle += 1
            return (state.cables[presence.path], state.nextHandle)
        }
        guard let cable, cable.presence == presence, cable.isAlive else { throw .disconnected }
        return SimulatedUSBHandle(bus: self, cable: cable, number: number)
    }
}
