import Logging
import Ports
import StationCore
import Synchronization

/// What is done with a device of one protocol while it is claimed.
protocol DeviceService: Sendable {
    /// Serves until the device fails or the task is cancelled, and throws then. It says `.ready`,
    /// or what else is the matter, as soon as the device can be used. It returns only where the
    /// device turns out to speak something else than its row says.
    func serve(
        _ device: any USBDevice, say: @escaping @Sendable (DeviceCondition) -> Void
    ) async throws(PortError)

    /// The device is gone: what it was in the middle of is dropped.
    func lost()
}

/// One stay of one device: opens and claims it, has it served, and opens it again after a failure,
/// later each time, until it is cancelled because the device has left. One that speaks something
/// else is closed and left alone until it leaves.
actor DeviceSession {
    private let context: SessionContext
    private let entry: CatalogEntry
    private let presence: USBPresence
    private let service: any DeviceService
    private let teller: ConditionTeller
    private let giveWay: @Sendable () async -> Void

    /// - Parameter giveWay: is called when the device turns out to be of no use, so that another
    ///   one can take its place.
    init(
        context: SessionContext, entry: CatalogEntry, presence: USBPresence,
        identity: DeviceIdentity, service: any DeviceService,
        giveWay: @escaping @Sendable () async -> Void
    ) {
        self.context = context
        self.entry = entry
        self.presence = presence
        self.service = service
        self.giveWay = giveWay
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
    /// says that it left, and its transfers end with errors: it is not tried again so soon.
    private static let leavingBackOff = Duration.seconds(1)
    /// Of service without a failure, after which the failures before it count no more.
    private static let soundTime = Duration.seconds(10)

    private static func backOff(after error: PortError, _ failureCount: Int) -> Duration {
        let backOff = backOffs[min(failureCount, backOffs.count) - 1]
        return switch error {
        case .disconnected, .unexpected: max(backOff, leavingBackOff)
        case .timedOut, .stalled, .busy, .permissionDenied, .overflow, .cancelled: backOff
        }
    }

    func run() async {
        var failureCount = 0
        teller.tell(.opening)
        serving: while !Task.isCancelled {
            switch await attempt() {
            case .unsupported:
                await standAside()
                break serving
            case .failed(let error, let served):
                if served >= Self.soundTime.inMilliseconds { failureCount = 0 }
                failureCount += 1
                guard !Task.isCancelled else { break serving }
                say(error, after: failureCount)
                let backOff = Self.backOff(after: error, failureCount)
                do { try await context.clock.sleep(for: backOff) } catch { break serving }
            }
        }
        teller.tell(.absent)
    }

    private enum Outcome {
        /// - Parameter served: milliseconds from the claim to the failure.
        case failed(PortError, served: Int)
        case unsupported
    }

    private func attempt() async -> Outcome {
        let device: any USBDevice
        do {
            device = try await context.bus.open(presence)
        } catch {
            return .failed(error, served: 0)
        }
        var claimedAt: Int?
        let outcome: Outcome
        do {
            try await device.claim(
                interface: entry.interface.number,
                alternateSetting: entry.interface.alternateSetting)
            claimedAt = context.clock.milliseconds
            context.logger.debug("device opened", metadata: context.metadata(entry, presence))
            let teller = teller
            try await service.serve(device) { teller.tell($0) }
            outcome = .unsupported
        } catch {
            let now = context.clock.milliseconds
            outcome = .failed(error, served: now - (claimedAt ?? now))
        }
        if claimedAt != nil { await waitBeforeClosing() }
        await device.close()
        if claimedAt != nil { service.lost() }
        return outcome
    }

    /// Also when the station ends: a cancelled task could not sleep.
    private func waitBeforeClosing() async {
        let delay = entry.definition.closeDelay
        guard delay > .zero else { return }
        await Task { [clock = context.clock] in try? await clock.sleep(for: delay) }.value
    }

    /// Nothing is tried again: what it speaks does not change until it is plugged in anew.
    private func standAside() async {
        teller.tell(.unsupported)
        context.logger.warning(
            "device of no use here", metadata: context.metadata(entry, presence))
        await giveWay()
        while !Task.isCancelled {
            do { try await context.clock.sleep(for: .seconds(3_600)) } catch { return }
        }
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
        guard isSaid(error, after: failureCount) else { return }
        if error == .permissionDenied, failureCount > Self.quietFailureCount {
            metadata[LogKey.rule] = "\(entry.match.udevRule)"
            context.logger.warning(
                "device not allowed to the station; a udev rule is missing", metadata: metadata)
        } else {
            context.logger.warning("device failed; it is opened again", metadata: metadata)
        }
    }

    /// Whether the log is told. A device that is pulled out fails once, as gone or with an error,
    /// before the bus says that it left.
    private func isSaid(_ error: PortError, after failureCount: Int) -> Bool {
        if failureCount == Self.quietFailureCount + 1 { return true }
        return switch error {
        case .disconnected: false
        case .unexpected: failureCount == 2
        case .timedOut, .stalled, .busy, .permissionDenied, .overflow, .cancelled:
            failureCount == 1
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
