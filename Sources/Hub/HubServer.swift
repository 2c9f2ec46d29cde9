import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
import SQLite
public import ServiceLifecycle
import StationCore
import SyncProtocol

/// Head office as a service: the door behind TLS, and the worker behind the door.
///
/// TLS is 1.3 with the hub's own key; stations trust it by its pin.
public struct HubServer: Service, CustomStringConvertible {
    /// What a peer may take of time and room.
    public struct Limits: Sendable {
        /// After so long without a whole request a connection is closed, begun or not. A station
        /// gives an exchange up after 40 s.
        public var idle: Duration = .seconds(60)
        /// A request whose body has not come whole by then is cut off, however it drips.
        public var request: Duration = .seconds(60)
        /// Connections at once; further ones wait to be taken up. A process has 1,024 descriptors
        /// as a rule.
        public var connectionCount = 900

        public init() {}
    }

    /// When it is told to end: what is being answered has half of this to be answered, and TLS the
    /// other half to be closed.
    static let endingTime: Duration = .milliseconds(600)

    private let store: HubStore
    private let host: String
    private let port: Int
    private let decider: (any OrderDecider)?
    private let limits: Limits
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for one that the system chooses.
    ///   - onListening: Called once with the port, when the door is open.
    public init(
        store: HubStore, host: String, port: Int, decider: (any OrderDecider)? = nil,
        limits: Limits = Limits(), logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.store = store
        self.host = host
        self.port = port
        self.decider = decider
        self.limits = limits
        self.logger = logger
        self.onListening = onListening
    }

    /// What a log says of it, instead of all that it holds.
    public var description: String { "hub" }

    /// Serves until the graceful shutdown or the cancellation of its task, and ends within
    /// `endingTime` of either.
    ///
    /// - Throws: `HubError.cannotListen` when the address cannot be had.
    public func run() async throws {
        // One notice is enough: whatever waits is found in the store.
        let (news, noticed) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let connections = OpenConnections()
        // The server is ended gracefully, never by cancellation: that would drop connections
        // which it has taken up but not looked at yet, and those may not be dropped unclosed.
        let services = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: try await application(noticed, connections),
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: logger))
        let serving = Task.detached { try await services.run() }
        let worker = HubWorker(store: store, decider: decider, logger: logger)
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { await worker.run(news) }
                group.addTask {
                    while true {
                        try await Task.sleep(for: Self.lookAgain)
                        noticed.yield()
                    }
                }
                do { try await serving.value } catch { throw inWords(error) }
            }
        } onCancelOrGracefulShutdown: {
            Task {
                await services.triggerGracefulShutdown()
                try await Task.sleep(for: Self.endingTime / 2)
                connections.close()
            }
        }
    }

    /// Of an address that cannot be had the library names the call alone.
    private func inWords(_ error: any Error) -> any Error {
        let address = "\(host):\(port)"
        return switch error {
        case let error as IOError:
            HubError.cannotListen(address, String(cString: strerror(error.errnoCode)))
        case let error as SocketAddressError.UnknownHost:
            HubError.cannotListen(address, error.errorDescription)
        default: error
        }
    }

    /// The worker looks for itself too: after an error of the store, and for what a command line
    /// beside it changed.
    private static let lookAgain: Duration = .seconds(30)

    private func application(
        _ noticed: AsyncStream<Void>.Continuation, _ connections: OpenConnections
    ) async throws -> some Service {
        let identity = try await store.serverIdentities().current
        let certificate = try NIOSSLCertificate(
            bytes: try identity.certificate(), format: .der)
        let key = try NIOSSLPrivateKey(bytes: identity.privateKey, format: .der)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv13
        tls.shutdownTimeout = TimeAmount(Self.endingTime / 2)
        let channel = HTTP1Channel.Configuration(
            additionalChannelHandlers: [connections.handler()],
            idleTimeout: TimeAmount(limits.idle),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 4_096, maxHeaderListSize: 8_192, maxHeaderFieldCount: 64))
        return Application(
            router: router(noticed),
            server: try .tls(.http1(configuration: channel), tlsConfiguration: tls),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), reuseAddress: true,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    limits.connectionCount)),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            }, logger: logger)
    }

    private func router(
        _ noticed: AsyncStream<Void>.Continuation
    ) -> Router<ConnectionContext> {
        let router = Router(context: ConnectionContext.self)
        let door = Door(store: store)
        router.post("/v1/stations/:station/sync") { [logger, limits] request, context in
            let station = context.parameters.get("station") ?? ""
            do {
                let answer = try await door.answer(
                    try await HubServer.read(request, station: station, context, limits))
                switch answer {
                case .taken(_, let answer):
                    noticed.yield()
                    return try HubServer.response(answer, status: .ok, to: request)
                case .other(_, let answer):
                    return try HubServer.response(answer, status: .conflict, to: request)
                case .refused(let problem): throw problem
                }
            } catch let problem as SyncProblem {
                logger.warning(
                    "request refused",
                    metadata: ["station": "\(station)", "reason": "\(problem)"])
                return HubServer.response(problem)
            } catch let error as SQLiteError {
                logger.error("store failed", metadata: ["error": "\(error)"])
                return HubServer.response(SyncProblem(.unavailable, "try again later"))
            }
        }
        return router
    }

    /// - Throws: `SyncProblem`; what the connection throws that ended in the middle.
    private static func read(
        _ request: Request, station: String, _ context: ConnectionContext, _ limits: Limits
    ) async throws -> Door.Request {
        let channel = context.channel
        // Called off only when the body is here: also what is refused unread does not drip on.
        let cut = channel.eventLoop.scheduleTask(in: TimeAmount(limits.request)) {
            channel.close(promise: nil)
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Batch.compressedSizeMax)
        } catch is NIOTooManyBytesError {
            throw SyncProblem(.tooLarge, "a body has \(Batch.compressedSizeMax) bytes at the most")
        }
        cut.cancel()
        let heads = request.headers.filter {
            $0.name.canonicalName == SyncHead.headerName.lowercased()
        }
        guard heads.count <= 1 else {
            throw SyncProblem.malformed("header \(SyncHead.headerName) stands \(heads.count) times")
        }
        return Door.Request(
            station: station, header: heads.first?.value,
            encoding: request.headers[.contentEncoding], body: Array(body.readableBytesView))
    }

    private static func response(
        _ answer: SyncAnswer, status: HTTPResponse.Status, to request: Request
    ) throws -> Response {
        var bytes = answer.bytes
        var headers: HTTPFields = [.contentType: "application/json"]
        if bytes.count >= compressionMin,
            request.headers[.acceptEncoding]?.contains("zstd") == true
        {
            bytes = Zstandard.compress(bytes)
            headers[.contentEncoding] = "zstd"
        }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// Bytes below which compression gains nothing over the header that says so.
    private static let compressionMin = 256

    private static func response(_ problem: SyncProblem) -> Response {
        var headers: HTTPFields = [.contentType: SyncProblem.contentType]
        // The rest of that body is not waited for.
        if problem.kind == .tooLarge { headers[.connection] = "close" }
        if problem.kind == .unavailable { headers[.retryAfter] = "\(retryAfter)" }
        return Response(
            status: HTTPResponse.Status(code: problem.kind.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.bytes)))
    }

    /// Seconds.
    private static let retryAfter = 30
}
