import Hummingbird
import HummingbirdTLS
public import Logging
import NIOCore
import NIOSSL
public import ServiceLifecycle
import StationCore
import SyncProtocol

/// Head office as a service: the door behind TLS, and the worker behind the door.
///
/// TLS is 1.3 with the hub's own key; stations trust it by its pin.
public struct HubServer: Service {
    private let store: HubStore
    private let host: String
    private let port: Int
    private let decider: (any OrderDecider)?
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - port: 0 for one that the system chooses.
    ///   - onListening: Called once with the port, when the door is open.
    public init(
        store: HubStore, host: String, port: Int, decider: (any OrderDecider)? = nil,
        logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.store = store
        self.host = host
        self.port = port
        self.decider = decider
        self.logger = logger
        self.onListening = onListening
    }

    public func run() async throws {
        let identity = try await store.serverIdentities().current
        let certificate = try NIOSSLCertificate(
            bytes: try identity.certificate(), format: .der)
        let key = try NIOSSLPrivateKey(bytes: identity.privateKey, format: .der)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv13

        let (arrivals, arrived) = AsyncStream.makeStream(
            of: StationEpoch.self, bufferingPolicy: .bufferingNewest(Self.arrivalCountMax))
        let worker = HubWorker(store: store, decider: decider, logger: logger)
        let application = Application(
            router: router(arrived), server: try .tls(tlsConfiguration: configuration),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), reuseAddress: true),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run(arrivals) }
            try await application.run()
            arrived.finish()
            group.cancelAll()
        }
    }

    /// Stations whose news wait for the worker. When there are more the oldest are dropped here,
    /// and found again in the store with the next that comes.
    static let arrivalCountMax = 1_024

    private func router(
        _ arrived: AsyncStream<StationEpoch>.Continuation
    ) -> Router<BasicRequestContext> {
        let router = Router()
        let door = Door(store: store)
        router.post("/v1/stations/:station/sync") { [logger] request, context in
            let station = context.parameters.get("station") ?? ""
            do {
                let answer = try await door.answer(
                    try await HubServer.read(request, station: station))
                switch answer {
                case .taken(let id, let answer):
                    arrived.yield(id)
                    return try HubServer.response(answer, status: .ok, to: request)
                case .other(_, let answer):
                    return try HubServer.response(answer, status: .conflict, to: request)
                case .refused(let problem):
                    logger.warning(
                        "request refused",
                        metadata: ["station": "\(station)", "reason": "\(problem)"])
                    return HubServer.response(problem)
                }
            } catch let problem as SyncProblem {
                return HubServer.response(problem)
            } catch {
                logger.error("store failed", metadata: ["error": "\(error)"])
                return HubServer.response(SyncProblem(.unavailable, "try again later"))
            }
        }
        return router
    }

    private static func read(_ request: Request, station: String) async throws -> Door.Request {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Batch.compressedSizeMax)
        } catch is NIOTooManyBytesError {
            throw SyncProblem(.tooLarge, "a body has \(Batch.compressedSizeMax) bytes at the most")
        }
        return Door.Request(
            station: station,
            header: request.headers.first {
                $0.name.canonicalName == SyncHead.headerName.lowercased()
            }?.value,
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
        if problem.kind == .unavailable { headers[.retryAfter] = "\(retryAfter)" }
        return Response(
            status: HTTPResponse.Status(code: problem.kind.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.bytes)))
    }

    /// Seconds.
    private static let retryAfter = 30
}
