public import Ports
internal import Synchronization

/// What a stand-in does for its side of the cable. Calls come one at a time from the bus and never
/// wait: a device that cannot take or give anything now says so and calls `SimulatedCable.changed`
/// when it can.
public protocol SimulatedUSBDevice: AnyObject, Sendable {
    var vendor: UInt16 { get }
    var product: UInt16 { get }
    var interfaces: [USBInterface] { get }

    /// Power is on; nothing of an earlier stay is left.
    func plugged(_ cable: SimulatedCable)
    /// Power is off.
    func unplugged()

    /// Answers a control request; throws `.stalled` for one that it does not know.
    func control(
        _ setup: USBSetup, data: [UInt8], length: Int
    ) throws(PortError) -> [UInt8]

    /// Takes a beginning of `bytes`.
    /// - Returns: how many; fewer than all means that it is full (NAK).
    func write(endpoint: UInt8, _ bytes: ArraySlice<UInt8>) -> Int

    /// What a bulk IN endpoint has to say, at most `count` bytes; empty when there is nothing.
    func read(endpoint: UInt8, atMost count: Int) -> [UInt8]

    /// The host began to fetch reports, or stopped.
    func listening(_ isListening: Bool)
}

extension SimulatedUSBDevice {
    public func write(endpoint: UInt8, _ bytes: ArraySlice<UInt8>) -> Int { 0 }
    public func read(endpoint: UInt8, atMost count: Int) -> [UInt8] { [] }
    public func listening(_ isListening: Bool) {}
}

/// One stay of a device on the bus, seen from the device.
public final class SimulatedCable: Sendable {
    private struct State {
        var isAlive = true
        var isListening = false
        var reports: [UInt8: [[UInt8]]] = [:]
        var holders: [UInt8: Int] = [:]
        var bytesUntilPulled: Int?
        var pull: (@Sendable () -> Void)?
    }

    let presence: USBPresence
    let device: any SimulatedUSBDevice
    let signal = Signal()
    private let state = Mutex(State())

    init(presence: USBPresence, device: any SimulatedUSBDevice) {
        self.presence = presence
        self.device = device
    }

    /// Something can be read or written that could not before.
    public func changed() { signal.raise() }

    /// Hands a report to the host.
    /// - Returns: false when it is lost, because nobody fetches reports or too many wait.
    @discardableResult
    public func send(report: [UInt8], endpoint: UInt8) -> Bool {
        let isTaken = state.withLock { state in
            guard state.isAlive, state.isListening,
                state.reports[endpoint, default: []].count < waitingReportCountMax
            else { return false }
            state.reports[endpoint, default: []].append(report)
            return true
        }
        signal.raise()
        return isTaken
    }

    var isAlive: Bool { state.withLock { $0.isAlive } }

    /// Transfers fail from here on.
    /// - Returns: false when they did already.
    func kill() -> Bool {
        let wasAlive = state.withLock { state in
            defer { state.isAlive = false }
            return state.isAlive
        }
        if wasAlive { device.unplugged() }
        signal.raise()
        return wasAlive
    }

    func setListening(_ isListening: Bool) {
        let isNews = state.withLock { state in
            defer { state.isListening = isListening }
            state.reports = isListening == state.isListening ? state.reports : [:]
            return isListening != state.isListening
        }
        if isNews { device.listening(isListening) }
        signal.raise()
    }

    var isListening: Bool { state.withLock { $0.isListening } }

    func takeReport(endpoint: UInt8) -> [UInt8]? {
        state.withLock { state in
            guard state.reports[endpoint]?.isEmpty == false else { return nil }
            return state.reports[endpoint]?.removeFirst()
        }
    }

    /// - Returns: false when another handle has it.
    func claim(_ interface: UInt8, by handle: Int) -> Bool {
        state.withLock { state in
            if let holder = state.holders[interface], holder != handle { return false }
            state.holders[interface] = handle
            return true
        }
    }

    func release(by handle: Int) {
        state.withLock { state in state.holders = state.holders.filter { $0.value != handle } }
    }

    func isClaimed(by handle: Int) -> Bool {
        state.withLock { $0.holders.values.contains(handle) }
    }

    /// Pulls the plug when the device has accepted so many more bytes.
    func pull(afterBytes count: Int, _ pull: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.bytesUntilPulled = count
            state.pull = pull
        }
    }

    /// Gives the device what may still go through, and pulls the plug at the byte foreseen.
    func write(endpoint: UInt8, _ bytes: ArraySlice<UInt8>) -> Int {
        let left = state.withLock { $0.bytesUntilPulled }
        let accepted = device.write(endpoint: endpoint, bytes.prefix(left ?? bytes.count))
        guard let left else { return accepted }
        let pull = state.withLock { state in
            state.bytesUntilPulled = left - accepted
            return left == accepted ? state.pull : nil
        }
        pull?()
        return accepted
    }
}

/// A code of the greatest length, two reports a key and one of Shift before each.
private let waitingReportCountMax = 8_192
