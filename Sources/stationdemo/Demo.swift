import ArgumentParser
import Logging
import ServiceLifecycle
import Simulators

/// The demo: a world that outlives the station in it, and a page for it.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationdemo",
        abstract: "A village station with simulated devices, paper and head office.")

    @Option(help: "Port of the page on 127.0.0.1.")
    var port = 8_090

    func run() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .warning
        let world = World(clock: RunningClock())
        for device in World.Device.allCases { world.plug(device) }
        let demo = DemoWorld(world: world, counterAddress: nil, goods: DemoLists.cards)
        print("http://127.0.0.1:\(port)/")
        try await ServiceGroup(
            services: [PanelServer(demo: demo, port: port, logger: logger).service()],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }
}
