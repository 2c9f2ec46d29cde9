import Glibc
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import NIOPosix
import Ports
public import ServiceLifecycle
public import StationCore

/// The pages on the box's own address and the control socket: one router, one event loop.
public struct LocalServer: Service {
    public struct Settings: Sendable {
        /// Loopback, unless the local network is to have the pages too.
        public let host: String
        /// 0 lets the system choose a free one.
        public let port: Int
        public let controlSocket: String
        /// Of pages that chose none.
        public let language: Language
        /// Origins such as `http://127.0.0.1:8081` that may show the pages in a frame of theirs.
        public let embeddingOrigins: [String]

        public init(
            host: String = "127.0.0.1", port: Int, controlSocket: String, language: Language,
            embeddingOrigins: [String] = []
        ) {
            self.host = host
            self.port = port
            self.controlSocket = controlSocket
            self.language = language
            self.embeddingOrigins = embeddingOrigins
        }
    }

    /// The process's event loop, one thread; it is not shut down. A server that has ended has not
    /// done with its connections yet: on a loop that is gone, what they still schedule is lost and
    /// said to be an error.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// Pages, and programs at the control socket, that are served at once; further ones wait.
    static let connectionCountMax = 64

    private let settings: Settings
    private let desk: any CounterDesk
    private let shelf: any CounterShelf
    private let control: any StationControl
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameter onListening: Called once the pages and the control socket both take requests,
    ///   with the port of the pages.
    public init(
        settings: Settings, desk: any CounterDesk, shelf: any CounterShelf,
        control: any StationControl, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.desk = desk
        self.shelf = shelf
        self.control = control
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the graceful shutdown or the cancellation of its task.
    ///
    /// - Throws: When an address cannot be had.
    public func run() async throws {
        let router = Router(context: DoorContext.self)
        router.add(middleware: Door(embeddingOrigins: settings.embeddingOrigins))
        CounterRoutes(
            desk: desk, shelf: shelf, visits: Visits(), language: settings.language
        ).add(to: router)
        ControlRoutes(control: control).add(to: router)
        let responder = router.buildResponder()
        let (ports, listening) = AsyncStream.makeStream(of: Int?.self)
        let socket = settings.controlSocket
        let pages = try server(
            at: .hostname(settings.host, port: settings.port), responder
        ) { channel in listening.yield(channel.localAddress?.port ?? 0) }
        let controls = try server(at: .unixDomainSocket(path: socket), responder) { _ in
            // Where this fails, the peer's credentials still keep the door.
            if chmod(socket, 0o600) != 0 { logger.warning("control socket is open to others") }
            listening.yield(nil)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await pages.run() }
            tasks.addTask { try await controls.run() }
            tasks.addTask {
                var both = ports.makeAsyncIterator()
                let first = await both.next()
                let second = await both.next()
                guard let first, let second, let port = first ?? second else { return }
                await onListening(port)
            }
            defer { tasks.cancelAll() }
            // The notice of listening ends first; then whichever server ends, ends the other.
            try await tasks.next()
            try await tasks.next()
        }
        unlink(socket)
    }

    private func server(
        at address: BindAddress,
        _ responder: RouterResponder<DoorContext>,
        onRunning: @escaping @Sendable (any Channel) async -> Void
    ) throws -> any Service {
        let limits = HTTP1Channel.Configuration(
            idleTimeout: .seconds(60),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 8_192, maxHeaderListSize: 16_384, maxHeaderFieldCount: 64))
        return try HTTPServerBuilder.http1(configuration: limits).buildServer(
            configuration: ServerConfiguration(
                address: address,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Self.connectionCountMax)),
            eventLoopGroup: Self.group, logger: Self.quiet(logger)
        ) { [logger] request, writer, channel in
            let context = DoorContext(
                source: ApplicationRequestContextSource(channel: channel, logger: logger))
            let response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch {
                // Who asked may have gone meanwhile: that asks for nobody.
                logger.log(
                    level: channel.isActive ? .error : .debug, "request failed",
                    metadata: [LogKey.error: "\(error)"])
                response = Response(status: .internalServerError)
            }
            try await writer.write(response: response.head, body: response.body)
        } onServerRunning: { channel in
            await onRunning(channel)
        }
    }

    /// Hummingbird calls every cancelled connection an error; where it listens is said once, by
    /// whoever started this.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .critical
        return logger
    }
}
