import ArgumentParser
import Logging
import ServiceLifecycle
import Simulators

/// The demo: a world that outlives the station in it, head office, and a page for all of it.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationdemo",
        abstract: "A village station with simulated devices, paper and head office.",
        subcommands: [StationCommand.self])

    @Option(help: "Port of the page on 127.0.0.1.")
    var port = 8_090

    @Option(help: "Port of the station's own pages on 127.0.0.1.")
    var counterPort = 8_091

    @Option(help: "Folder that is kept and taken up again; else a new one under /tmp.")
    var directory: String?

    @Option(help: "The station's language: en, zh-Hans, zh-Hant, mn.")
    var language = "en"

    func run() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .warning
        let folders = try DemoFolders(named: directory)
        let world = World(clock: RunningClock())
        for device in World.Device.allCases { world.plug(device) }
        let demo = DemoWorld(
            world: world, counterAddress: "http://127.0.0.1:\(counterPort)/counter",
            goods: DemoLists.cards)
        let office = try await HeadOffice(path: folders.hub)
        let box = BoxService(
            demo: demo, office: office, folders: folders,
            settings: [
                "STATION_LISTEN": "127.0.0.1:\(counterPort)", "STATION_LANGUAGE": language,
                "STATION_NAME": "Willow Village",
            ],
            panelPort: port)
        try await ServiceGroup(
            services: [
                office.server(mood: { demo.mood }, logger: logger),
                PanelServer(demo: demo, port: port, logger: logger).service(), box,
            ],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
        ).run()
    }
}
