import ArgumentParser
import Logging
import Simulators

/// The demo: a world that outlives the station in it, and the panel for both.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationdemo",
        abstract: "A village station with simulated devices, paper and head office.",
        subcommands: [WorldCommand.self], defaultSubcommand: WorldCommand.self)
}

/// The world and its panel, without a box.
struct WorldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world", abstract: "Devices, paper and panel alone.")

    @Option(help: "Port of the panel on 127.0.0.1.")
    var port = 8_090

    @Option(help: "Unix socket over which a station reaches the devices.")
    var socket: String?

    func run() async throws {
        let world = World(clock: RunningClock())
        let server = try socket.map { path in
            try WorldServer(
                path: path, bus: world.bus, scripted: nil,
                bootID: "00000000-0000-4000-8000-000000000001")
        }
        defer { server?.close() }
        for device in World.Device.allCases { world.plug(device) }
        let demo = DemoWorld(
            world: world, link: nil, box: nil, counterAddress: nil, goods: DemoLists.cards)
        print("http://127.0.0.1:\(port)/")
        try await PanelServer(demo: demo, port: port, logger: Logger(label: "panel"))
            .application().runService()
    }
}
