import ControlProtocol
import Drivers
import Journal
import LocalServer
import Logging
import Ports
import Receipts
import StationCore
import Synchronization
import Uplink

/// All parts of one run of a station and how they hold together. The list of services is `serve`.
struct Wiring: Sendable {
    let configuration: Configuration
    let ports: StationPorts
    let hooks: StationHooks
    let logger: Logger

    let workflow = Workflow()
    private let startIsToEnd = Flag()
    let slipBell = Alarm()
    let uplinkBell = Alarm()
    let deadlines = Deadlines()
    let inventory: DeviceInventory
    let link: LinkBoard
    let screens: Screens
    let papers: PaperQueue
    let intake: DeviceIntake
    let printer: EscposPrinter
    let entrance: Entrance
    let mark: SlipMark
    let key: DeviceKey
    let settings: CounterSettings
    let letterhead: Letterhead
    let directory: StateDirectory

    /// Between two looks at what can wait: a checkpoint, the disk's reserve.
    private static let idleInterval = Duration.seconds(30)
    private static let firstLook = Duration.seconds(5)

    init(
        _ configuration: Configuration, _ ports: StationPorts, _ hooks: StationHooks,
        _ logger: Logger
    ) throws {
        self.configuration = configuration
        self.ports = ports
        self.hooks = hooks
        self.logger = logger
        let offset = MachineZone.utcOffsetMinutes
        settings = CounterSettings(
            cashStep: configuration.cashStep, exposureLimit: configuration.exposureLimit,
            language: configuration.language, utcOffsetMinutes: offset)
        let empty = Counter(books: Books(), settings: settings)
        let start = Moment(
            time: 0, quality: .unset, monotonic: ports.clocks.monotonic.milliseconds)
        screens = Screens(CounterScreen(view: empty.view(at: start), signIn: nil))
        papers = PaperQueue(bell: slipBell)
        inventory = DeviceInventory(logger: logger)
        link = LinkBoard(logger: logger)
        let intake = DeviceIntake(logger: logger)
        self.intake = intake
        printer = EscposPrinter(logger: logger)
        key = DeviceKey(stateDirectory: configuration.stateDirectory)
        entrance = Entrance(
            workflow: workflow, logger: logger, pinCost: ports.pinCost, key: key)
        mark = SlipMark(runtimeDirectory: configuration.runtimeDirectory)
        letterhead = Letterhead(
            stationName: configuration.name, utcOffsetMinutes: offset)
        directory = StateDirectory(path: configuration.stateDirectory)
    }

    /// Opens the journal in the loop and serves the loop until it is stopped.
    func runLoop() async throws {
        let surroundings = StationState.Surroundings(
            clocks: ports.clocks, observer: ports.observer, logger: logger, screens: screens,
            slipBell: slipBell, uplinkBell: uplinkBell, deadlines: deadlines, papers: papers,
            link: link)
        try await workflow.run { [self] in
            var state = try StationState(
                journal: try openJournal(), settings: settings,
                surroundings: surroundings)
            try await state.start(mark: mark.read(), configuration: configuration)
            mark.clear()
            return state
        }
    }

    /// Makes the projections anew where an update or a hand in the file asks for it. A start that
    /// is ended meanwhile goes on there the next time.
    private func openJournal() throws -> JournalWriter {
        let journal = try JournalWriter(directory)
        for object in journal.mended {
            logger.error(
                "gone from the journal's file, made again; run journal verify",
                metadata: [LogKey.reason: "\(object)"])
        }
        if try journal.needsRebuild {
            logger.info(
                "projections are made anew",
                metadata: [LogKey.count: "\(journal.head?.sequence ?? 0)"])
            let isWhole = try journal.rebuild { _ in
                hooks.starting()
                return !startIsToEnd.isSet
            }
            guard isWhole else { throw StartEnded() }
        }
        return journal
    }

    /// The end was asked for: a start that makes projections anew does not go on with them.
    func endStart() { startIsToEnd.set() }

    /// The services, each with one owner for what it holds; the first that ends, ends them all.
    func serve() async throws {
        // The journal is there, and what the start had to book is booked.
        try await workflow.perform { _ in }
        let watch = DeviceWatch(
            bus: ports.bus, clock: ports.clocks.monotonic, logger: logger, printer: printer,
            scaleDivision: configuration.scaleDivision, deliver: { intake.take($0) })
        let printing = SlipPrinting(
            workflow: workflow, printer: printer, papers: papers, mark: mark, bell: slipBell,
            observer: ports.observer, clock: ports.clocks.monotonic, letterhead: letterhead,
            language: configuration.language, screens: screens, logger: logger)
        let control = ControlService(
            workflow: workflow, papers: papers, inventory: inventory, key: key,
            letterhead: letterhead, language: configuration.language,
            pagesAddress: configuration.listen.description,
            stateDirectory: configuration.stateDirectory, link: link)
        let uplink = Uplink(
            reader: try JournalReader(directory),
            desk: UplinkService(
                workflow: workflow, link: link, observer: ports.observer),
            exchange: ports.exchange, clock: ports.clocks.monotonic, alarm: uplinkBell,
            routes: ports.routes, key: { try key.load() }, logger: logger)
        let server = LocalServer(
            settings: LocalServer.Settings(
                host: configuration.listen.host, port: configuration.listen.port,
                controlSocket: configuration.runtimeDirectory + "/" + ControlPath.socketName,
                language: configuration.language, embeddingOrigins: hooks.embeddingOrigins),
            desk: CounterService(workflow: workflow, entrance: entrance, board: screens),
            shelf: ShelfService(
                reader: try JournalReader(directory), letterhead: letterhead, logger: logger),
            control: control, logger: logger, onListening: hooks.ready)
        if configuration.printsStartSlip { _ = await control.printTest() }
        try await withThrowingTaskGroup(of: Void.self) { services in
            services.addTask { await watch.run() }
            services.addTask {
                await intake.run(entrance: entrance, inventory: inventory, slipBell: slipBell)
            }
            services.addTask { await printing.run() }
            if configuration.prompts == .paper {
                services.addTask { await PaperPrompts(screens: screens, papers: papers).run() }
            }
            services.addTask { await uplink.run() }
            services.addTask { try await deadlines.run(workflow, ports.clocks.monotonic) }
            services.addTask { try await server.run() }
            services.addTask { try await beat() }
            services.addTask { try await lookAfterDisk() }
            defer { services.cancelAll() }
            try await services.next()
        }
    }

    /// Says that the loop turns, as often as somebody wants to know.
    private func beat() async throws {
        let interval = hooks.aliveInterval ?? Self.idleInterval
        while true {
            try await workflow.perform { _ in }
            await hooks.alive()
            try await ports.clocks.monotonic.sleep(for: interval)
        }
    }

    private func lookAfterDisk() async throws {
        try await ports.clocks.monotonic.sleep(for: Self.firstLook)
        sayWhatIsMissing()
        while true {
            try await ports.clocks.monotonic.sleep(for: Self.idleInterval)
            try await workflow.perform { await $0.lookAfterDisk() }
        }
    }

    /// Once, after the bus had time to name what is plugged in; what comes and goes later is said
    /// as it happens.
    private func sayWhatIsMissing() {
        for kind in DeviceKind.allCases where inventory.condition(of: kind) == .absent {
            logger.warning(
                "not plugged in; the box works without it and waits",
                metadata: [LogKey.device: "\(kind.rawValue)"])
        }
    }
}

/// Set once, by whichever task.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }

    func set() { state.withLock { $0 = true } }
}

extension StationState {
    mutating func lookAfterDisk() async {
        do { try journal.idle() } catch {
            logger.warning("checkpoint waits", metadata: [LogKey.error: "\(error)"])
        }
        await noteRoom()
    }
}
