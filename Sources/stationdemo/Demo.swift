import ArgumentParser
import Glibc
import Logging
import ServiceLifecycle
import Simulators
import StationCore

/// The demo: a world that outlives the station in it, head office, and a page for all of it.
@main
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stationdemo",
        abstract: "A village station with simulated devices, paper and head office.",
        subcommands: [StationCommand.self])

    private static let languages =
        Language.allCases.map(\.rawValue).joined(separator: ", ")

    @Option(help: "Port of the page on 127.0.0.1.")
    var port = 8_090

    @Option(help: "Port of the station's own pages on 127.0.0.1.")
    var counterPort = 8_091

    @Option(help: "Folder that is kept and taken up again; else one under /tmp that goes.")
    var directory: String?

    @Option(help: "The station's language: \(Self.languages).")
    var language = "en"

    @Flag(help: "A trading day without a person, and its report.")
    var day = false

    @Option(help: "What the day is drawn from; 1 when not given.")
    var seed: UInt64?

    func validate() throws {
        for (option, port) in [("--port", port), ("--counter-port", counterPort)]
        where !(1...65_535).contains(port) {
            throw ValidationError("\(option) \(port): allowed is 1 to 65535.")
        }
        guard port != counterPort else {
            throw ValidationError("--port and --counter-port are both \(port): two are needed.")
        }
        guard Language(rawValue: language) != nil else {
            throw ValidationError("--language \(language): allowed are \(Self.languages).")
        }
        if let seed, !day { throw ValidationError("--seed \(seed): it goes with --day.") }
        guard let directory else { return }
        guard (1...DemoFolders.nameSizeMax).contains(directory.utf8.count) else {
            throw ValidationError(
                "--directory \(directory): allowed are \(DemoFolders.nameSizeMax) bytes.")
        }
    }

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
        let folders = try folders()
        guard !folders.isTakenUpAgain else {
            throw ValidationError("--directory \(folders.root): --day needs a new or empty one.")
        }
        let clock = ManualClock()
        // The printer of the day is one that confirms, so that every step comes.
        let world = World(
            clock: clock, scale: .init(reportPeriod: Hands.scaleReportPeriod),
            printer: .init(paper: .init(widthInDots: 512)))
        for device in World.Device.allCases { world.plug(device) }
        let office = try await HeadOffice(path: folders.hub, calendar: clock.calendar)
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
        let report = try await TradingDay(plan: DayPlan(seed: seed ?? 1), hands: hands).run()
        for line in report.lines { say(line) }
        served.cancel()
        link.close()
        guard report.isGood else {
            say("The folder is kept: \(folders.root)")
            throw ExitCode.failure
        }
        if directory == nil { try folders.remove() }
    }

    private func runShop() async throws {
        var logger = Logger(label: "demo")
        logger.logLevel = .warning
        for (option, port) in [("--port", port), ("--counter-port", counterPort)] {
            if let reason = whyTaken(port: port) {
                throw ValidationError("\(option) \(port): \(reason). Choose another one.")
            }
        }
        let folders = try folders()
        // A plain printer for 58 mm without a cutter, which the catalog knows by its class alone;
        // the number is the one that is kept for trials.
        let world = World(
            clock: RunningClock(),
            printer: .init(paper: .init(hasCutter: false), tornOffAfterFeed: 4),
            printerModel: (vendor: 0x1209, product: 0x0001))
        for device in World.Device.allCases { world.plug(device) }
        let demo = DemoWorld(
            world: world, counterAddress: "http://127.0.0.1:\(counterPort)/counter",
            language: Language(rawValue: language) ?? .english, goods: DemoLists.cards,
            kept: folders.keptShelf())
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
        if directory == nil { try folders.remove() }
    }

    private func folders() throws -> DemoFolders {
        do { return try DemoFolders(named: directory) } catch {
            throw ValidationError("--directory \(error)")
        }
    }
}

/// Why nobody can listen at that port of 127.0.0.1; nil where somebody can.
private func whyTaken(port: Int) -> String? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    var isOn: Int32 = 1
    setsockopt(
        descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isBound = withUnsafePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                && listen(descriptor, 1) == 0
        }
    }
    return isBound ? nil : String(cString: strerror(errno))
}
