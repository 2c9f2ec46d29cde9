public import Cryptography
public import Logging
public import Ports
public import ServiceLifecycle

/// The ports of one station: the real ones in the daemon, the world's in the demo and in tests.
public struct StationPorts: Sendable {
    public let bus: any USBBus
    public let clocks: Clocks
    public let exchange: any HTTPExchange
    public let routes: any RouteWatch
    public let observer: any StepObserver
    /// What a new PIN's verifier costs whoever tries to guess it.
    public let pinCost: Scrypt.Parameters

    public init(
        bus: any USBBus, clocks: Clocks, exchange: any HTTPExchange,
        routes: any RouteWatch = UnwatchedRoutes(), observer: any StepObserver,
        pinCost: Scrypt.Parameters = .pin
    ) {
        self.bus = bus
        self.clocks = clocks
        self.exchange = exchange
        self.routes = routes
        self.observer = observer
        self.pinCost = pinCost
    }
}

/// What whoever runs a station wants to know of it.
public struct StationHooks: Sendable {
    /// The start goes on and needs more time: after each chunk of projections made anew.
    public var starting: @Sendable () -> Void
    /// Everything serves; the port of the pages.
    public var ready: @Sendable (_ port: Int) async -> Void
    /// The workflow loop turned once more: what feeds a watchdog.
    public var alive: @Sendable () async -> Void
    /// How often `alive` is wanted; nil where it does not matter.
    public var aliveInterval: Duration?
    /// The end was asked for.
    public var stopping: @Sendable () -> Void
    /// Origins that may show the pages in a frame of theirs.
    public var embeddingOrigins: [String]

    public init(
        starting: @escaping @Sendable () -> Void = {},
        ready: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        alive: @escaping @Sendable () async -> Void = {}, aliveInterval: Duration? = nil,
        stopping: @escaping @Sendable () -> Void = {}, embeddingOrigins: [String] = []
    ) {
        self.starting = starting
        self.ready = ready
        self.alive = alive
        self.aliveInterval = aliveInterval
        self.stopping = stopping
        self.embeddingOrigins = embeddingOrigins
    }
}

/// A whole station, wired out of given ports.
public struct Station: Service, CustomStringConvertible {
    let configuration: Configuration
    let ports: StationPorts
    let hooks: StationHooks
    let logger: Logger

    public init(
        configuration: Configuration, ports: StationPorts, hooks: StationHooks = StationHooks(),
        logger: Logger
    ) {
        self.configuration = configuration
        self.ports = ports
        self.hooks = hooks
        self.logger = logger
    }

    /// What a log says of it, instead of all that it holds.
    public var description: String { "station" }

    /// Runs until the graceful shutdown or the cancellation of its task; then what was handed to
    /// the loop is finished and the end is remembered.
    ///
    /// - Throws: `JournalError` where the journal cannot be opened or trusted; another error where
    ///   an address cannot be had.
    public func run() async throws {
        try configuration.checkAddresses()
        let wiring = try Wiring(configuration, ports, hooks, logger)
        // Not a child of this task: a cancellation ends the services first, the loop last.
        let loop = Task { try await wiring.runLoop() }
        do {
            try await withTaskCancellationOrGracefulShutdownHandler {
                try await cancelWhenGracefulShutdown { try await wiring.serve() }
            } onCancelOrGracefulShutdown: {
                wiring.endStart()
                hooks.stopping()
            }
        } catch is CancellationError {
            // The way in which services end.
        } catch is Workflow.Ended {
            // The loop ended first; it says why.
        } catch {
            wiring.workflow.stop()
            try await loop.value
            throw error
        }
        wiring.workflow.stop()
        do { try await loop.value } catch is StartEnded {
            logger.info("told to end before the start was through; the next one goes on there")
        }
    }
}

/// The end was asked for while the projections were made anew.
struct StartEnded: Error {}
