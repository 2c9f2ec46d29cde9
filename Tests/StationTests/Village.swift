import ControlProtocol
import Cryptography
import Foundation
import HTTPExchange
import Hub
import Journal
import Logging
import Ports
import Simulators
import StationCore
import SyncProtocol
import Testing

@testable import Station

/// One station in its village: simulated devices, time that is handed in, a real journal in a
/// folder of its own, and head office's real door behind a link that can be cut.
final class Village: Sendable {
    let clock = ManualClock()
    let world: World
    let headOffice: HeadOffice
    let directory: String
    let observer = Steps()

    static let number = "423141"

    init(printer: SimulatedPrinter.Habits = .init()) async throws {
        directory = try Village.makeDirectory()
        world = World(clock: clock, printer: printer)
        headOffice = try await HeadOffice(clock: clock, file: directory + "/hub.sqlite")
        for device in World.Device.allCases { world.plug(device) }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private static func makeDirectory() throws -> String {
        let path = NSTemporaryDirectory() + "village-" + UUID().uuidString
        for part in ["", "/state", "/run"] {
            try FileManager.default.createDirectory(
                atPath: path + part, withIntermediateDirectories: true)
        }
        return path
    }

    var configuration: Configuration {
        var configuration = Configuration()
        configuration.stateDirectory = directory + "/state"
        configuration.runtimeDirectory = directory + "/run"
        configuration.listen = .init(host: "127.0.0.1", port: 0)
        configuration.language = .english
        return configuration
    }

    /// Runs a station while `body` acts, then stops it in an orderly way.
    func open(
        bootID: String = "boot-1", _ body: (RunningStation) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let wiring = try Wiring(
            configuration,
            StationPorts(
                bus: world.bus, clocks: clock.clocks(bootID: bootID),
                exchange: headOffice.link, observer: observer, pinCost: .cheap),
            StationHooks(), logger)
        let loop = Task { try await wiring.runLoop() }
        let services = Task { try await wiring.serve() }
        try await wiring.workflow.perform { _ in }
        let station = RunningStation(village: self, wiring: wiring)
        do {
            try await body(station)
        } catch {
            services.cancel()
            wiring.workflow.stop()
            throw error
        }
        services.cancel()
        _ = await services.result
        wiring.workflow.stop()
        try await loop.value
    }
}

/// Remembers every step that was taken.
final class Steps: StepObserver {
    func reached(_ step: Step, entry: Int) async {}
}
