import Drivers
import LocalServer
import Logging
import Ports
import StationCore
import Synchronization

/// Takes what the devices tell and hands it to the counter, all of it on one way: a stalled disk
/// makes them wait, and then what counts is how it stands. Of a device the latest condition waits,
/// of weights the latest one, of scans each in its order.
final class DeviceIntake: Sendable {
    private struct Waiting {
        var conditions: [DeviceIdentity: (kind: DeviceKind, condition: DeviceCondition)] = [:]
        var unknown: [DeviceIdentity: Bool] = [:]
        var isScaleLost = false
        /// Of the scale that is there now; always later than the loss of another one.
        var weight: (reading: WeightReading, scale: ScaleIdentity, at: Int)?
        var scans: [Scan] = []
        /// Set from the first scan that was too many until the counter has said so, behind those
        /// that waited: a hole amid the scans of a basket or a number would go unseen.
        var dropsScans = false

        var isEmpty: Bool {
            conditions.isEmpty && unknown.isEmpty && !isScaleLost && weight == nil
                && scans.isEmpty && !dropsScans
        }
    }

    private let waiting = Mutex(Waiting())
    private let bell = Alarm()
    let logger: Logger

    /// Scans that wait at the most: a whole basket, while the disk stalls.
    static let scanCountMax = 64

    init(logger: Logger) { self.logger = logger }

    /// For the devices: returns at once.
    func take(_ event: DeviceEvent) {
        let isFull = waiting.withLock { waiting in
            switch event {
            case .scanned(let scan):
                if waiting.dropsScans { return false }
                guard waiting.scans.count < Self.scanCountMax else {
                    waiting.dropsScans = true
                    return true
                }
                waiting.scans.append(scan)
            case .weight(let reading, from: let scale, at: let time):
                waiting.weight = (reading, scale, time)
            case .scaleLost:
                waiting.isScaleLost = true
                waiting.weight = nil
            case .condition(let kind, let condition, of: let device):
                waiting.conditions[device] = (kind, condition)
            case .unknown(let device, let isThere):
                waiting.unknown[device] = isThere
            }
            return false
        }
        if isFull {
            logger.warning(
                "scans dropped: the counter is busy",
                metadata: [LogKey.device: "scanner", LogKey.count: "\(Self.scanCountMax)"])
        }
        bell.ring()
    }

    func run(entrance: Entrance, inventory: DeviceInventory, slipBell: Alarm) async {
        while !Task.isCancelled {
            guard let turn = nextTurn() else {
                await bell.wait()
                continue
            }
            do throws(Workflow.Ended) {
                try await serve(turn, entrance, inventory, slipBell)
            } catch { return }
        }
    }

    /// How all devices stand, and the next scan; nil where nothing waits.
    private func nextTurn() -> Waiting? {
        waiting.withLock { waiting in
            guard !waiting.isEmpty else { return nil }
            var turn = waiting
            waiting = Waiting()
            guard let scan = turn.scans.first else { return turn }
            waiting.scans = Array(turn.scans.dropFirst())
            waiting.dropsScans = turn.dropsScans
            turn.scans = [scan]
            turn.dropsScans = false
            return turn
        }
    }

    private func serve(
        _ turn: Waiting, _ entrance: Entrance, _ inventory: DeviceInventory, _ slipBell: Alarm
    ) async throws(Workflow.Ended) {
        let workflow = entrance.workflow
        for (device, isThere) in turn.unknown { inventory.note(unknown: device, isThere: isThere) }
        for (device, told) in turn.conditions {
            inventory.note(told.kind, told.condition, device)
        }
        let kinds = Set(turn.conditions.values.map(\.kind))
        for kind in DeviceKind.allCases where kinds.contains(kind) {
            let shown = inventory.condition(of: kind)
            try await workflow.perform { await $0.decide(.device(kind, shown)) }
            if kind == .printer { slipBell.ring() }
        }
        if turn.isScaleLost {
            try await workflow.perform { await $0.decide(.scaleLost) }
        }
        if let (reading, scale, time) = turn.weight {
            try await workflow.perform { await $0.decide(.weighed(reading, scale, at: time)) }
        }
        for scan in turn.scans { try await entrance.scan(scan) }
        if turn.dropsScans {
            try await workflow.perform { await $0.say(.scansDropped) }
        }
    }
}
