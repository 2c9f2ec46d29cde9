import Drivers
import LocalServer
import Logging
import Ports
import StationCore

/// Takes what the devices tell and hands it to the counter: scans in their order, of weights the
/// latest only, and what condition each device is in.
struct DeviceIntake: Sendable {
    private enum Told: Sendable {
        case scan(Scan)
        case condition(DeviceKind, DeviceCondition, DeviceIdentity)
        case unknown(DeviceIdentity, isThere: Bool)
        case scaleLost
    }

    private let events: AsyncStream<Told>
    private let eventInput: AsyncStream<Told>.Continuation
    private let weights: AsyncStream<(WeightReading, ScaleIdentity)>
    private let weightInput: AsyncStream<(WeightReading, ScaleIdentity)>.Continuation
    let logger: Logger

    /// Scans and conditions that wait at the most: a whole basket, while the disk stalls.
    static let eventCountMax = 64

    init(logger: Logger) {
        self.logger = logger
        (events, eventInput) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(Self.eventCountMax))
        (weights, weightInput) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// For the devices: returns at once.
    func take(_ event: DeviceEvent) {
        switch event {
        case .scanned(let scan): enqueue(.scan(scan))
        case .weight(let reading, from: let scale, at: _): weightInput.yield((reading, scale))
        case .scaleLost: enqueue(.scaleLost)
        case .condition(let kind, let condition, of: let device):
            enqueue(.condition(kind, condition, device))
        case .unknown(let device, let isThere): enqueue(.unknown(device, isThere: isThere))
        }
    }

    private func enqueue(_ told: Told) {
        if case .dropped = eventInput.yield(told) {
            logger.warning("the counter is busy; what a device told was dropped")
        }
    }

    func run(entrance: Entrance, inventory: DeviceInventory, slipBell: Alarm) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await serveWeights(entrance.workflow) }
            group.addTask { await serveEvents(entrance, inventory, slipBell) }
        }
    }

    private func serveWeights(_ workflow: Workflow) async {
        for await (reading, scale) in weights {
            do {
                try await workflow.perform { state in
                    await state.decide(.weighed(reading, scale))
                }
            } catch { return }
        }
    }

    private func serveEvents(
        _ entrance: Entrance, _ inventory: DeviceInventory, _ slipBell: Alarm
    ) async {
        for await told in events {
            do throws(Workflow.Ended) {
                switch told {
                case .scan(let scan):
                    try await entrance.scan(scan)
                case .scaleLost:
                    try await entrance.workflow.perform { state in
                        await state.decide(.scaleLost)
                    }
                case .condition(let kind, let condition, let device):
                    inventory.note(kind, condition, device)
                    let shown = inventory.condition(of: kind)
                    try await entrance.workflow.perform { state in
                        await state.decide(.device(kind, shown))
                    }
                    if kind == .printer { slipBell.ring() }
                case .unknown(let device, let isThere):
                    inventory.note(unknown: device, isThere: isThere)
                }
            } catch { return }
        }
    }
}
