import ArgumentParser
import FoundationEssentials
import Glibc
import HTTPExchange
import Logging
import Ports
import ServiceLifecycle
import Simulators
import Station

/// The box's program: the same `Station` as in `stationd`, whose ports are the world's.
struct StationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "station", abstract: "A station whose devices are in a world.",
        shouldDisplay: false)

    @Option(help: "Unix socket of the world.")
    var world: String

    @Option(help: "Origin that may show the pages in a frame.")
    var embed: [String] = []

    func run() async throws {
        guard let client = await WorldClient.connect(to: world) else {
            throw ValidationError("no world at \(world)")
        }
        let configuration: Configuration
        do {
            configuration = try Configuration(environment: ProcessInfo.processInfo.environment)
        } catch {
            for problem in error.problems { say("\(problem)") }
            Glibc.exit(exitConfiguration)
        }
        var logger = Logger(label: "station")
        logger.logLevel = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info
        let station = Station(
            configuration: configuration,
            ports: StationPorts(
                bus: client.bus, clocks: client.clocks, exchange: CurlExchange(),
                observer: WorldStepObserver(client: client)),
            hooks: StationHooks(embeddingOrigins: embed), logger: logger)
        // A box without its world is no box.
        Task {
            await client.waitUntilOver()
            Glibc.exit(1)
        }
        try await ServiceGroup(
            services: [station], gracefulShutdownSignals: [.sigterm], logger: logger
        ).run()
        Glibc.exit(0)
    }
}

/// Takes a step only with the world's leave; without it the process is about to be killed.
private struct WorldStepObserver: StepObserver {
    let client: WorldClient

    func reached(_ step: Step, entry: Int) async {
        await client.step(entry: entry, name: step.rawValue)
    }
}
