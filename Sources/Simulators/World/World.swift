public import Ports
internal import Synchronization

/// A shop counter's devices as hands and eyes deal with them: one scanner, one scale, one printer,
/// each in its socket or out of it.
public final class World: Sendable {
    public enum Device: String, Sendable, Codable, CaseIterable { case scanner, scale, printer }

    private struct State {
        var sockets: [Device: String] = [:]
    }

    public let bus: SimulatedUSBBus
    public let scanner: SimulatedScanner
    public let scale: SimulatedScale
    public let printer: SimulatedPrinter
    private let state = Mutex(State())
    private let changed = Signal()

    /// - Parameters:
    ///   - printerModel: vendor and product: which row of the catalog it is.
    ///   - executor: where what the devices do by themselves runs, if not anywhere.
    public init(
        clock: any MonotonicClock, scanner: SimulatedScanner.Habits = .init(),
        scale: SimulatedScale.Traits = .init(), printer: SimulatedPrinter.Habits = .init(),
        printerModel: (vendor: UInt16, product: UInt16) = (0x04b8, 0x0202),
        executor: (any TaskExecutor)? = nil
    ) {
        bus = SimulatedUSBBus(clock: clock, executor: executor)
        self.scanner = SimulatedScanner(habits: scanner)
        self.scale = SimulatedScale(clock: clock, traits: scale, executor: executor)
        self.printer = SimulatedPrinter(
            clock: clock, vendor: printerModel.vendor, product: printerModel.product,
            habits: printer, executor: executor)
    }

    /// Plugs a device in; one that is in another socket is moved.
    public func plug(_ device: Device, at path: String? = nil) {
        unplug(device, form: .noDeviceAtOnce)
        let path = path ?? Self.usualSocket(of: device)
        state.withLock { $0.sockets[device] = path }
        switch device {
        case .scanner: bus.plug(scanner, at: path)
        case .scale: bus.plug(scale, at: path)
        case .printer: bus.plug(printer, at: path)
        }
        changed.raise()
    }

    public func unplug(_ device: Device, form: SimulatedUSBBus.Unplugging = .errorThenLeft) {
        guard let path = state.withLock({ $0.sockets.removeValue(forKey: device) }) else { return }
        bus.unplug(path, form: form)
        changed.raise()
    }

    /// Pulls the printer's plug when it has accepted so many more bytes.
    public func unplugPrinter(
        afterBytes count: Int, form: SimulatedUSBBus.Unplugging = .errorThenLeft
    ) {
        guard let path = state.withLock({ $0.sockets[.printer] }) else { return }
        bus.unplug(path, afterBytes: count, form: form)
    }

    /// Where it is plugged in, nil when it is not.
    public func socket(of device: Device) -> String? {
        guard let path = state.withLock({ $0.sockets[device] }), bus.presence(at: path) != nil
        else { return nil }
        return path
    }

    public static func usualSocket(of device: Device) -> String {
        switch device {
        case .scanner: "1-1.1"
        case .scale: "1-1.2"
        case .printer: "1-1.3"
        }
    }
}
