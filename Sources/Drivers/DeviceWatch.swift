public import Logging
public import Ports
public import StationCore

/// Watches the bus, and runs a session for each device that the catalog knows from its arrival
/// until it leaves.
///
/// Every scanner is listened to. Of scales and printers one at a time is used, the one that came
/// first: two scales would tell two weights. When it leaves, or turns out to be of no use, the next
/// takes its place.
public actor DeviceWatch {
    private struct Waiting {
        let presence: USBPresence
        let entry: CatalogEntry
        let identity: DeviceIdentity
    }

    private let bus: any USBBus
    private let context: SessionContext
    private let printer: EscposPrinter
    /// Each rings when its device has left.
    private var sessions: [USBPresence: Alarm] = [:]
    /// Devices whose sessions are to begin.
    private var starts: AsyncStream<Waiting>.Continuation?
    /// Of kinds of which one is used, in the order of their coming; the first one has the session.
    private var queues: [DeviceKind: [Waiting]] = [:]
    private var unknown: [USBPresence: DeviceIdentity] = [:]

    /// - Parameters:
    ///   - printer: is given each printer that is plugged in.
    ///   - scaleDivision: as configured; it goes before the catalog's.
    public init(
        bus: any USBBus, clock: any MonotonicClock, logger: Logger, printer: EscposPrinter,
        scaleDivision: Division? = nil, deliver: @escaping DeviceEventHandler
    ) {
        self.bus = bus
        self.printer = printer
        context = SessionContext(
            bus: bus, clock: clock, logger: logger, scaleDivision: scaleDivision, deliver: deliver)
    }

    /// Runs until the task is cancelled; then every device is closed before it returns.
    public func run() async {
        // No longer than there are devices.
        let (stays, starts) = AsyncStream.makeStream(of: Waiting.self)
        self.starts = starts
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.follow(self.bus.events()) }
            await withDiscardingTaskGroup { group in
                for await device in stays { group.addTask { await self.serve(device) } }
                group.cancelAll()
            }
        }
        self.starts = nil
        sessions = [:]
        queues = [:]
    }

    private func follow(_ events: AsyncStream<USBBusEvent>) async {
        for await event in events {
            switch event {
            case .arrived(let device): arrived(device)
            case .left(let presence): left(presence)
            }
        }
        starts?.finish()
    }

    /// One stay of a device, until it leaves.
    private func serve(_ device: Waiting) async {
        let session = DeviceSession(
            context: context, entry: device.entry, presence: device.presence,
            identity: device.identity, service: service(for: device),
            giveWay: { [weak self] in await self?.leaveQueue(device.presence) })
        guard let gone = sessions[device.presence] else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await session.run() }
            await gone.wait()
            group.cancelAll()
        }
    }

    private func arrived(_ device: USBDeviceDescription) {
        guard let entry = Catalog.row(for: device) else {
            if device.isHub { return }
            let identity = DeviceIdentity(device, model: nil)
            unknown[device.presence] = identity
            return context.deliver(.unknown(identity, isThere: true))
        }
        let waiting = Waiting(
            presence: device.presence, entry: entry,
            identity: DeviceIdentity(device, model: entry.definition.name))
        switch entry.definition.kind {
        case .scanner:
            start(waiting)
        case .scale, .printer:
            let queue = queues[entry.definition.kind, default: []]
            queues[entry.definition.kind] = queue + [waiting]
            if queue.isEmpty {
                start(waiting)
            } else {
                context.logger.warning(
                    "another device of this kind is in use; this one waits",
                    metadata: context.metadata(entry, device.presence))
            }
        }
    }

    private func left(_ presence: USBPresence) {
        sessions.removeValue(forKey: presence)?.ring()
        if let identity = unknown.removeValue(forKey: presence) {
            context.deliver(.unknown(identity, isThere: false))
        }
        leaveQueue(presence)
    }

    private func leaveQueue(_ presence: USBPresence) {
        for kind in DeviceKind.allCases {
            guard var queue = queues[kind],
                let place = queue.firstIndex(where: { $0.presence == presence })
            else { continue }
            queue.remove(at: place)
            queues[kind] = queue
            if place == 0, let next = queue.first { start(next) }
        }
    }

    private func start(_ device: Waiting) {
        sessions[device.presence] = Alarm()
        starts?.yield(device)
    }

    private func service(for device: Waiting) -> any DeviceService {
        let entry = device.entry
        return switch entry.definition.speaks {
        case .keyboardScanner:
            KeyboardScannerService(context: context, interface: entry.interface)
        case .hidScale(let traits):
            HIDScaleService(
                context: context, interface: entry.interface, traits: traits,
                model: entry.definition.name, path: device.presence.path)
        case .escpos(let traits):
            EscposService(
                printer: printer, context: context, interface: entry.interface, traits: traits,
                path: device.presence.path)
        }
    }
}

/// What all sessions need.
struct SessionContext: Sendable {
    let bus: any USBBus
    let clock: any MonotonicClock
    let logger: Logger
    let scaleDivision: Division?
    let deliver: DeviceEventHandler

    func metadata(_ entry: CatalogEntry, _ presence: USBPresence) -> Logger.Metadata {
        [
            LogKey.device: "\(entry.definition.kind.rawValue)",
            LogKey.model: "\(entry.definition.name)", LogKey.path: "\(presence.path)",
        ]
    }
}

extension USBDeviceDescription {
    /// What other devices are plugged into (class 09); nobody asks for it in a list.
    fileprivate var isHub: Bool { interfaces.allSatisfy { $0.interfaceClass == 0x09 } }
}
