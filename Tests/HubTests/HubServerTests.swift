import Cryptography
import HTTPExchange
import Logging
import NIOCore
import Ports
import StationCore
import SyncProtocol
import Testing

@testable import Hub

@Suite("The hub's server", .timeLimit(.minutes(2)))
struct HubServerTests {
    let file = HubFile()

    private static let head = "POST /v1/stations/990001/sync HTTP/1.1\r\nHost: hub\r\n"

    private func limits(idle: Duration, request: Duration = .seconds(60)) -> HubServer.Limits {
        var limits = HubServer.Limits()
        limits.idle = idle
        limits.request = request
        return limits
    }

    @Test(arguments: [
        (false, ""), (true, ""), (true, "POST /v1/stations/9900"), (true, head),
        (true, head + "Content-Length: 100\r\n\r\nhalf"),
        (true, head + "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf"),
    ])
    func `a connection on which nothing more is said is closed, whatever was said`(
        handshake: Bool, said: String
    ) async throws {
        let store = try file.open()
        let idle = Duration.milliseconds(500)
        let limits = limits(idle: idle)
        let (quiet, answer) = try await RunningHub.whileRunning(store, limits: limits) { hub in
            let start = ContinuousClock.now
            let peer = try await TLSPeer(port: hub.port, handshake: handshake)
            // On a busy machine the hub may lose patience before it is said.
            try? await peer.say(said)
            let answer = try await peer.untilClosed()
            return (ContinuousClock.now - start, answer)
        }
        #expect(quiet >= idle)
        #expect(answer == "")
    }

    @Test func `a body that drips for ever is cut off`() async throws {
        let store = try file.open()
        let limit = Duration.milliseconds(400)
        let limits = limits(idle: .seconds(60), request: limit)
        try await RunningHub.whileRunning(store, limits: limits) { hub in
            let start = ContinuousClock.now
            let peer = try await TLSPeer(port: hub.port)
            try await peer.say(Self.head + "Content-Length: 100000\r\n\r\n")
            let drip = peer.channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .zero, delay: .milliseconds(20)
            ) { _ in peer.channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil) }
            _ = try await peer.untilClosed()
            drip.cancel()
            #expect(ContinuousClock.now - start >= limit)
        }
    }

    @Test func `what is not taken is refused with its reason`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        let good = try station.request(1...1, token: station.token)
        let bomb = Zstandard.compress([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < Batch.compressedSizeMax)
        // States one byte and holds a million: the size is the byte behind magic and flags.
        var liar = Zstandard.compress([UInt8](repeating: 0, count: 200))
        #expect(liar[5] == 200)
        liar[5] = 1
        let cases: [(encoding: String?, body: [UInt8], status: Int, detail: String)] = [
            (
                "zstd", [UInt8](repeating: 1, count: Batch.compressedSizeMax + 1), 413,
                "262144 bytes"
            ),
            ("zstd", [UInt8](repeating: 1, count: 8 << 20), 413, "262144 bytes"),
            ("zstd", bomb, 413, "1048576 bytes"),
            ("zstd", liar, 400, "Zstandard"),
            ("gzip", good.body, 400, "Content-Encoding"),
            (nil, good.body, 400, "Content-Encoding"),
            ("zstd", [], 400, "Zstandard"),
        ]
        try await RunningHub.whileRunning(store) { hub in
            let exchange = CurlExchange()
            for (encoding, body, status, detail) in cases {
                let answer = try await hub.send(
                    Door.Request(
                        station: good.station, header: good.header, encoding: encoding, body: body),
                    by: exchange)
                #expect(answer.status == status)
                #expect(answer.header("Content-Type") == SyncProblem.contentType)
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(text.contains(detail), "\(text)")
            }
            #expect(try await hub.send(good, by: exchange).status == 200)
        }
    }

    @Test func `a request with two heads is refused`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        let good = try station.request(1...1, token: station.token)
        let head = "\(SyncHead.headerName): \(good.header ?? "")\r\n"
        let text =
            Self.head + "Content-Encoding: zstd\r\nContent-Length: \(good.body.count)\r\n"
            + "Connection: close\r\n" + head + head + "\r\n"
        try await RunningHub.whileRunning(store) { hub in
            let peer = try await TLSPeer(port: hub.port)
            try await peer.say(Array(text.utf8) + good.body)
            let answer = try await peer.untilClosed()
            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(answer.contains("header Station-Sync stands 2 times"))
        }
        #expect(try await store.status(of: station.id)?.acknowledgedThrough == 0)
    }

    @Test func `what is no request does no harm`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        let good = try station.request(1...1, token: station.token)
        let text =
            Self.head + "Content-Encoding: zstd\r\nContent-Length: \(good.body.count)\r\n"
            + "\(SyncHead.headerName): \(good.header ?? "")\r\n\r\n"
        let request = Array(text.utf8) + good.body
        try await RunningHub.whileRunning(store, limits: limits(idle: .milliseconds(200))) { hub in
            await withThrowingTaskGroup(of: Void.self) { group in
                for seed in 0..<120 as Range<UInt64> {
                    group.addTask {
                        var random = SeededRandom(seed: seed)
                        let isTLS = seed % 4 > 0
                        let peer = try await TLSPeer(port: hub.port, handshake: isTLS)
                        // The head alone is damaged, so that what gets through is this request.
                        let bytes =
                            switch seed % 3 {
                            case 0: (0..<random.below(2_000)).map { _ in UInt8(random.below(256)) }
                            case 1: random.damaged(request, times: 1 + random.below(20))
                            default: request + request + request.prefix(random.below(400))
                            }
                        try await peer.say(bytes)
                        _ = try await peer.untilClosed()
                    }
                }
            }
            let exchange = CurlExchange()
            let answer = try await hub.send(good, by: exchange)
            #expect([200, 409].contains(answer.status))
            let long = Door.Request(
                station: good.station, header: String(repeating: "a", count: 100_000),
                encoding: nil, body: [])
            let refused = try? await hub.send(long, by: exchange)
            #expect(refused == nil || refused?.status == 400)
            #expect(try await hub.send(good, by: exchange).status == 409)
        }
        #expect(try await store.status(of: station.id)?.acknowledgedThrough == 1)
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `ended or cancelled among connections of every kind it ends`(seed: UInt64) async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        let good = try station.request(1...1, token: station.token)
        let quiet = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let hub = HubServer(
            store: store, host: "127.0.0.1", port: 0, logger: quiet,
            onListening: { listening.yield($0) })
        let served = Task { try await hub.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        var random = SeededRandom(seed: seed)
        let endsAfter = random.below(40)
        await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                if index == endsAfter { group.addTask { served.cancel() } }
                let kind = random.below(4)
                group.addTask {
                    let peer = try await TLSPeer(port: port, handshake: kind > 0)
                    if kind > 1 { try await peer.say(Self.head) }
                    if kind > 2 {
                        try await peer.say(
                            "Content-Length: \(good.body.count)\r\n\r\n" + "half a body")
                    }
                    _ = try await peer.untilClosed()
                }
            }
        }
        try await served.value
        // The file is free again, and whole.
        #expect(try await file.open().status(of: station.id)?.acknowledgedThrough == 0)
    }

    @Test func `an address that cannot be had is said`() async throws {
        let store = try file.open()
        try await RunningHub.whileRunning(store) { hub in
            let quiet = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
            await #expect(throws: (any Error).self) {
                try await HubServer(
                    store: store, host: "127.0.0.1", port: hub.port, logger: quiet
                ).run()
            }
        }
    }

    @Test func `a promoted key is the one a hub shows when it is started again`() async throws {
        let store = try file.open()
        let station = try await file.station(in: store)
        let empty = try station.empty(after: 0, token: station.token)
        let before = try await store.serverIdentities()
        try await RunningHub.whileRunning(store) { hub in
            #expect(try await hub.send(empty, by: CurlExchange()).status == 409)
            try await store.promoteNextKey()
            await #expect(throws: HTTPError.untrusted) {
                try await hub.send(empty, by: CurlExchange())
            }
        }
        #expect(try await store.serverIdentities().current.pin == before.next.pin)
        let after = try await RunningHub.whileRunning(store) { hub in
            try await hub.send(empty, by: CurlExchange())
        }
        #expect(after.status == 409)
    }
}
