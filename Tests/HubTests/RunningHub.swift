import HTTPExchange
import Hub
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Ports
import ServiceLifecycle
import Synchronization
import SyncProtocol

/// The real hub on a port of loopback, for as long as the closure runs.
struct RunningHub: Sendable {
    let store: HubStore
    let port: Int
    /// Ends it by the graceful shutdown, as `serve` does at SIGTERM.
    let end: @Sendable () async -> Void

    static func whileRunning<Result: Sendable>(
        _ store: HubStore, limits: HubServer.Limits = HubServer.Limits(),
        _ body: @Sendable (RunningHub) async throws -> Result
    ) async throws -> Result {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let quiet = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
        let hub = HubServer(
            store: store, host: "127.0.0.1", port: 0, limits: limits, logger: quiet,
            onListening: { listening.yield($0) })
        let services = ServiceGroup(services: [hub], logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw CancellationError() }
            let running = RunningHub(store: store, port: port) {
                await services.triggerGracefulShutdown()
            }
            let result = try await body(running)
            await running.end()
            try await group.waitForAll()
            return result
        }
    }

    /// One request by the client that stations use.
    func send(
        _ request: Door.Request, by exchange: CurlExchange, headers: [HTTPHeader] = []
    ) async throws -> HTTPAnswer {
        let pin = try await store.serverIdentities().current.pin
        var all = headers
        if let header = request.header { all.append(HTTPHeader(SyncHead.headerName, header)) }
        if let encoding = request.encoding {
            all.append(HTTPHeader("Content-Encoding", encoding))
        }
        return try await exchange.send(
            HTTPRequest(
                method: "POST", path: "/v1/stations/\(request.station)/sync", headers: all,
                body: request.body),
            to: .pinned(host: "127.0.0.1", port: port, pins: [pin]),
            limits: HTTPLimits(
                connect: .seconds(30), stall: .seconds(30), total: .seconds(60),
                answerSizeMax: SyncAnswer.sizeMax))
    }
}

/// A connection to the hub that says what a test wants, whether it makes sense or not.
struct TLSPeer: Sendable {
    let channel: any Channel
    private let ear: Ear

    /// - Parameter handshake: False leaves it at TCP.
    init(port: Int, handshake: Bool = true) async throws {
        let ear = Ear()
        self.ear = ear
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(60))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if handshake {
                        var tls = TLSConfiguration.makeClientConfiguration()
                        tls.certificateVerification = .none
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(
                                context: try NIOSSLContext(configuration: tls),
                                serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHandler(EarHandler(ear))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func say(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func say(_ text: String) async throws { try await say(Array(text.utf8)) }

    /// Returns when the hub has closed the connection, with all that it said.
    func untilClosed() async throws -> String {
        try await channel.closeFuture.get()
        return String(decoding: ear.heard.withLock { $0 }, as: UTF8.self)
    }
}

private final class Ear: Sendable {
    let heard = Mutex<[UInt8]>([])
}

private final class EarHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let ear: Ear

    init(_ ear: Ear) { self.ear = ear }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        ear.heard.withLock { $0 += bytes }
    }

    /// A cut connection is what most of these tests are about.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
