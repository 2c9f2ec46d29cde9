import Logging
import Ports
import StationCore
import Synchronization

/// What is done with a device of one protocol while it is claimed.
protocol DeviceService: Sendable {
    /// Serves until the device fails or the task is cancelled. It says `.ready`, or what else is
    /// the matter, as soon as the device can be used.
    func serve(
        _ device: any USBDevice, say: @escaping @Sendable (DeviceCondition) -> Void
    ) async throws(PortError)

    /// The device is gone: what it was in the middle of is dropped.
    func lost()
}

/// One stay of one device: opens and claims it, has it served, and opens it again after a failure,
/// later each time, until it is cancelled because the device has left.
actor DeviceSession {
    private let context: SessionContext
    private let entry: CatalogEntry
    private let presence: USBPresence
    private let service: any DeviceService
    private let teller: ConditionTeller

    init(
        context: SessionContext, entry: CatalogEntry, presence: USBPresence,
        identity: DeviceIdentity, service: any DeviceService
    ) {
        self.context = context
        self.entry = entry
        self.presence = presence
        self.service = service
        teller = ConditionTeller(
            kind: entry.definition.kind, identity: identity, deliver: context.deliver)
    }

    /// Between two attempts. The first three cover a udev rule that comes late; the last one
    /// repeats.
    private static let backOffs: [Duration] = [
        .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(2), .seconds(5),
    ]
    /// Attempts before a failure is said to the operator: it may pass by itself.
    private static let quietFailureCount = 3

    /// A device whose plug was pulled can still be opened for up to half a second before the bus
    /// says that it left: it is not tried again so soon.
    private static let leavingBackOff = Duration.seconds(1)

    private static func backOff(after error: PortError, _ failureCount: Int) -> Duration {
        let backOff = backOffs[min(failureCount, backOffs.count) - 1]
        return error == .disconnected ? max(backOff, leavingBackOff) : backOff
    }

    func run() async {
        var failureCount = 0
        teller.tell(.opening)
        while !Task.isCancelled {
            let outcome = await attempt()
            if outcome.wasReady { failureCount = 0 }
            failureCount += 1
            guard !Task.isCancelled else { break }
            say(outcome.error, after: failureCount)
            let backOff = Self.backOff(after: outcome.error, failureCount)
            do { try await context.clock.sleep(for: backOff) } catch { break }
        }
        teller.tell(.absent)
        context.logger.info("device gone", metadata: context.metadata(entry, presence))
    }

    private struct Outcome {
        let error: PortError
        let wasReady: Bool
    }

    private func attempt() async -> Outcome {
        let device: any USBDevice
        do {
            device = try await context.bus.open(presence)
        } catch {
            return Outcome(error: error, wasReady: false)
        }
        var wasReady = false
        var failure = PortError.cancelled
        do {
            try await device.claim(
                interface: entry.interface.number,
                alternateSetting: entry.interface.alternateSetting)
            wasReady = true
            context.logger.info("device opened", metadata: context.metadata(entry, presence))
            let teller = teller
            try await service.serve(device) { teller.tell($0) }
        } catch {
            failure = error
        }
        await device.close()
        if wasReady { service.lost() }
        return Outcome(error: failure, wasReady: wasReady)
    }

    private func say(_ error: PortError, after failureCount: Int) {
        var metadata = context.metadata(entry, presence)
        metadata[LogKey.error] = "\(error)"
        switch error {
        case .disconnected:
            teller.tell(.absent)
        case .busy:
            teller.tell(.inUse)
        case .permissionDenied where failureCount > Self.quietFailureCount:
            teller.tell(.permissionDenied)
        case .timedOut, .stalled, .overflow, .unexpected, .cancelled, .permissionDenied:
            teller.tell(failureCount > Self.quietFailureCount ? .faulty : .opening)
        }
        if failureCount == 1 || failureCount == Self.quietFailureCount + 1 {
            context.logger.warning("device failed; it is opened again", metadata: metadata)
        }
    }
}

/// Tells the condition of a device when it changes.
final class ConditionTeller: Sendable {
    private let kind: DeviceKind
    private let identity: DeviceIdentity
    private let deliver: DeviceEventHandler
    private let last = Mutex<DeviceCondition?>(nil)

    init(kind: DeviceKind, identity: DeviceIdentity, deliver: @escaping DeviceEventHandler) {
        self.kind = kind
        self.identity = identity
        self.deliver = deliver
    }

    func tell(_ condition: DeviceCondition) {
        let isNews = last.withLock { last in
            defer { last = condition }
            return last != condition
        }
        if isNews { deliver(.condition(kind, condition, of: identity)) }
    }
}
