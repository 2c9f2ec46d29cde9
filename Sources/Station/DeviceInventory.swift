import Drivers
import Logging
import Ports
import StationCore
import Synchronization

/// Which devices are there and in what condition; of several of one kind the best one is shown.
final class DeviceInventory: Sendable {
    struct Row: Sendable {
        let device: DeviceIdentity
        /// Nil for a device that the catalog does not know.
        let known: Known?
    }

    struct Known: Sendable {
        let kind: DeviceKind
        let condition: DeviceCondition
    }

    private let rows = Mutex<[DeviceIdentity: Row]>([:])
    /// The condition that the log has of each device that is there.
    private let logged = Mutex<[DeviceIdentity: DeviceCondition]>([:])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func note(_ kind: DeviceKind, _ condition: DeviceCondition, _ device: DeviceIdentity) {
        rows.withLock { rows in
            rows[device] =
                condition == .absent
                ? nil : Row(device: device, known: Known(kind: kind, condition: condition))
        }
        log(kind, condition, device)
    }

    func note(unknown device: DeviceIdentity, isThere: Bool) {
        rows.withLock { $0[device] = isThere ? Row(device: device, known: nil) : nil }
    }

    /// A line for each change. A device that is opened again passes through `opening` on its way
    /// from one condition to the same one, which is no change.
    private func log(
        _ kind: DeviceKind, _ condition: DeviceCondition, _ device: DeviceIdentity
    ) {
        guard condition != .opening else { return }
        let isNews = logged.withLock { logged in
            defer { logged[device] = condition == .absent ? nil : condition }
            return logged[device, default: .absent] != condition
        }
        guard isNews else { return }
        logger.log(
            level: condition.isUsable ? .info : .warning, "device condition",
            metadata: [
                LogKey.device: "\(kind.rawValue)", LogKey.model: "\(device.model ?? "unknown")",
                LogKey.path: "\(device.path)", LogKey.state: "\(condition.rawValue)",
            ])
    }

    var all: [Row] {
        rows.withLock { Array($0.values) }.sorted { $0.device.path < $1.device.path }
    }

    func condition(of kind: DeviceKind) -> DeviceCondition {
        let conditions = all.compactMap(\.known).filter { $0.kind == kind }.map(\.condition)
        return conditions.first { $0 == .ready } ?? conditions.first { $0 != .unsupported }
            ?? conditions.first ?? .absent
    }
}

extension DeviceCondition {
    fileprivate var isUsable: Bool {
        switch self {
        case .ready, .opening, .paperNearEnd: true
        case .absent, .permissionDenied, .inUse, .unsupported, .paperOut, .coverOpen, .offline,
            .faulty:
            false
        }
    }
}
