public import Ports
internal import Synchronization

/// An opened device of the `SimulatedUSBBus`, with the manners of the real port: exclusive claims,
/// time limits, a right count of written bytes whatever happens.
public final class SimulatedUSBHandle: USBDevice {
    private let bus: SimulatedUSBBus
    private let cable: SimulatedCable
    private let number: Int
    private let isClosed = Mutex(false)

    init(bus: SimulatedUSBBus, cable: SimulatedCable, number: Int) {
        self.bus = bus
        self.cable = cable
        self.number = number
    }

    public func claim(interface: UInt8, alternateSetting: UInt8?) async throws(PortError) {
        try check()
        if let error = bus.takeFault(.claim, at: cable.presence.path) { throw error }
        guard cable.device.interfaces.contains(where: { $0.number == interface }) else {
            throw .unexpected(code: interfaceNotFound)
        }
        guard cable.claim(interface, by: number) else { throw .busy }
    }

    public func control(
        _ setup: USBSetup, data: [UInt8], length: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        try check()
        if let error = bus.takeFault(.control, at: cable.presence.path) { throw error }
        let answer = try cable.device.control(setup, data: data, length: length)
        return Array(answer.prefix(length))
    }

    public func reports(endpoint: UInt8, length: Int) -> AsyncStream<USBReport> {
        startReports(endpoint: endpoint)
        let hasEnded = Mutex(false)
        return AsyncStream(unfolding: { [self] in
            if hasEnded.withLock({ $0 }) { return nil }
            let report = await nextReport(endpoint: endpoint, length: length)
            switch report {
            case .ended, nil: hasEnded.withLock { $0 = true }
            case .bytes: break
            }
            return report
        })
    }

    func startReports(endpoint: UInt8) {
        requireClaim(endpoint)
        cable.setListening(true)
        bus.noteListening()
    }

    func nextReport(endpoint: UInt8, length: Int) async -> USBReport? {
        while !Task.isCancelled {
            let seen = cable.signal.version
            if let error = failure { return .ended(error) }
            if let report = cable.takeReport(endpoint: endpoint) {
                return report.count > length ? .ended(.overflow) : .bytes(report)
            }
            await cable.signal.wait(beyond: seen)
        }
        return nil
    }

    /// What a reader need not wait for.
    func waitingReports(endpoint: UInt8, atMost count: Int) -> [[UInt8]] {
        var reports: [[UInt8]] = []
        while reports.count < count, failure == nil,
            let report = cable.takeReport(endpoint: endpoint)
        {
            reports.append(report)
        }
        return reports
    }

    public func read(
        endpoint: UInt8, atMost count: Int, within limit: Duration
    ) async throws(PortError) -> [UInt8] {
        requireClaim(endpoint)
        let deadline = bus.clock.milliseconds + limit.inMilliseconds
        if let error = bus.takeFault(.read, at: cable.presence.path) { throw error }
        while true {
            let seen = cable.signal.version
            try check()
            let bytes = cable.device.read(endpoint: endpoint, atMost: count)
            if !bytes.isEmpty { return bytes }
            if bus.clock.milliseconds >= deadline { throw .timedOut }
            if Task.isCancelled { throw .cancelled }
            await cable.signal.wait(beyond: seen, until: deadline, of: bus.clock)
        }
    }

    public func write(
        endpoint: UInt8, _ bytes: [UInt8], within limit: Duration
    ) async -> USBWritten {
        requireClaim(endpoint)
        let deadline = bus.clock.milliseconds + limit.inMilliseconds
        var count = 0
        if let error = bus.takeFault(.write, at: cable.presence.path) {
            return USBWritten(count: 0, failure: error)
        }
        while true {
            let seen = cable.signal.version
            if let error = failure { return USBWritten(count: count, failure: error) }
            // Within the lock, so that what is closed has accepted its last byte.
            count += isClosed.withLock { isClosed in
                isClosed ? 0 : cable.write(endpoint: endpoint, bytes[count...])
            }
            if count == bytes.count { return USBWritten(count: count, failure: nil) }
            if let error = failure { return USBWritten(count: count, failure: error) }
            if bus.clock.milliseconds >= deadline {
                return USBWritten(count: count, failure: .timedOut)
            }
            if Task.isCancelled { return USBWritten(count: count, failure: .cancelled) }
            await cable.signal.wait(beyond: seen, until: deadline, of: bus.clock)
        }
    }

    public func clearHalt(endpoint: UInt8) async throws(PortError) {
        try check()
    }

    public func close() async { closeNow() }

    /// From here on nothing is accepted, not even of a write that waits.
    func closeNow() {
        let wasOpen = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard wasOpen else { return }
        if cable.isClaimed(by: number) { cable.setListening(false) }
        cable.release(by: number)
        cable.signal.raise()
    }

    private var failure: PortError? {
        if isClosed.withLock({ $0 }) { return .cancelled }
        return cable.isAlive ? nil : .disconnected
    }

    private func check() throws(PortError) {
        if let failure { throw failure }
    }

    private func requireClaim(_ endpoint: UInt8) {
        precondition(
            failure != nil || cable.isClaimed(by: number), "transfer before claim on \(endpoint)")
    }
}

/// LIBUSB_ERROR_NOT_FOUND, which the real bus would hand on here.
private let interfaceNotFound: Int32 = -5
