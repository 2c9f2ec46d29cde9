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

    @Flag(help: "A trading day without a person, and its report.")
    var day = false

    @Option(help: "What the day is drawn from.")
    var seed: UInt64 = 1

    func run() async throws {
        if day {
            try await runDay()
        } else {
            try await runShop()
        }
    }

    /// Ends with exit code 0 only if both ends hold the same books and every slip is out.
    private func runDay() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .critical
        let folders = try DemoFolders(named: directory)
        let clock = ManualClock()
        // The printer of the day is one that confirms, so that every step comes.
        let world = World(
            clock: clock, scale: .init(reportPeriod: Hands.scaleReportPeriod),
            printer: .init(paper: .init(widthInDots: 512)))
        for device in World.Device.allCases { world.plug(device) }
        let office = try await HeadOffice(path: folders.hub)
        let hub = office.server(mood: { .waits }, logger: logger)
        let served = Task { try await hub.run() }
        let link = try SimulatedLink(to: await office.listeningPort())
        let box = try Supervisor(
            folders: folders, world: world, scripted: clock,
            settings: ["STATION_LISTEN": "127.0.0.1:0", "STATION_LANGUAGE": "en"],
            arguments: [])
        box.start()
        let hands = Hands(
            clock: clock, world: world, office: office, link: link, box: box, folders: folders)
        let report = try await TradingDay(plan: DayPlan(seed: seed), hands: hands).run()
        for line in report.lines { say(line) }
        served.cancel()
        link.close()
        guard report.isGood else { throw ExitCode.failure }
    }

    private func runShop() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .warning
        let folders = try DemoFolders(named: directory)
        // The paper of the receipt printer that the simulated one is an example of.
        let world = World(
            clock: RunningClock(), printer: .init(paper: .init(widthInDots: 512)))
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
