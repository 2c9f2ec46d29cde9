import Drivers
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

    func note(_ kind: DeviceKind, _ condition: DeviceCondition, _ device: DeviceIdentity) {
        rows.withLock { rows in
            rows[device] =
                condition == .absent
                ? nil : Row(device: device, known: Known(kind: kind, condition: condition))
        }
    }

    func note(unknown device: DeviceIdentity, isThere: Bool) {
        rows.withLock { $0[device] = isThere ? Row(device: device, known: nil) : nil }
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
