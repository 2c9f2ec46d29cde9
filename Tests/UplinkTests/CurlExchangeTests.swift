import Glibc
import HTTPExchange
import Hub
import Ports
import Simulators
import SyncProtocol
import Testing

@Suite("HTTP by libcurl", .timeLimit(.minutes(2)))
struct CurlExchangeTests {
    private let request = HTTPRequest(method: "POST", path: "/v1/stations/990001/sync")

    private func limits(
        connect: Duration = .seconds(5), stall: Duration = .seconds(5),
        total: Duration = .seconds(10), size: Int = 10_000
    ) -> HTTPLimits {
        HTTPLimits(connect: connect, stall: stall, total: total, answerSizeMax: size)
    }

    @Test func `an answer is read, and the connection kept until it is closed`() async throws {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        for _ in 0..<3 {
            let answer = try await exchange.send(
                request, to: office.destination, limits: limits())
            #expect(answer.status == 400)
            #expect(answer.header("content-type") == SyncProblem.contentType)
            #expect(SyncProblem(bytes: answer.body) == .malformed("header Station-Sync"))
        }
        #expect(office.link.counts.connections == 1)
        await exchange.closeConnections()
        _ = try await exchange.send(request, to: office.destination, limits: limits())
        #expect(office.link.counts.connections == 2)
    }

    @Test func `a connection that is made anew resumes the session, and is pinned all the same`()
        async throws
    {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        func down() async throws -> Int {
            let before = office.link.counts.down
            _ = try await exchange.send(request, to: office.destination, limits: limits())
            await exchange.closeConnections()
            return office.link.counts.down - before
        }
        let first = try await down()
        let second = try await down()
        // The server's certificate and its proof do not come again.
        #expect(second < first - 300)
        await #expect(throws: HTTPError.untrusted) {
            try await exchange.send(
                request,
                to: .pinned(
                    host: "127.0.0.1", port: office.link.port,
                    pins: [[UInt8](repeating: 7, count: 32)]),
                limits: limits())
        }
    }

    /// Head office's certificate is valid from 1970 to the end of 9999.
    @Test(arguments: [
        (nil, true), (0, true), (1_790_000_000_000, true), (-1_000, false),
        (253_402_300_800_000, false),
    ])
    func `a certificate's dates are asked only where the time is known`(time: Int?, isValid: Bool)
        async throws
    {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        // Anew, then on the same connection where it was good, then with the session resumed.
        for count in 0..<3 {
            if count == 2 { await exchange.closeConnections() }
            let destination = HTTPDestination.pinned(
                host: "127.0.0.1", port: office.link.port, pins: office.pins, time: time)
            if isValid {
                let answer = try await exchange.send(request, to: destination, limits: limits())
                #expect(answer.status == 400)
            } else {
                await #expect(throws: HTTPError.outOfDate) {
                    try await exchange.send(request, to: destination, limits: limits())
                }
            }
        }
    }

    @Test func `a session that is resumed is judged by its dates all the same`() async throws {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        func send(at time: Int) async throws {
            _ = try await exchange.send(
                request,
                to: .pinned(
                    host: "127.0.0.1", port: office.link.port, pins: office.pins, time: time),
                limits: limits())
            await exchange.closeConnections()
        }
        try await send(at: 1_790_000_000_000)
        await #expect(throws: HTTPError.outOfDate) { try await send(at: -1_000) }
        try await send(at: 1_790_000_000_000)
    }

    @Test func `what waits stays in our hands: the kernel holds 4 KiB unsent at the most`()
        async throws
    {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        var bounds: [Int] = []
        // On a busy machine either end may have closed the resting connection before the look.
        for _ in 0..<10 where bounds.isEmpty {
            _ = try await exchange.send(request, to: office.destination, limits: limits())
            bounds = descriptors(connectedTo: office.link.port).map { descriptor in
                var bound: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &bound, &size)
                return Int(bound)
            }
        }
        #expect(bounds == [CurlExchange.unsentByteCountMax])
        await exchange.closeConnections()
    }

    /// Of this process.
    private func descriptors(connectedTo port: Int) -> [Int32] {
        (0..<65_536).filter { descriptor in
            var peer = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isConnected = withUnsafeMutablePointer(to: &peer) { peer in
                peer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getpeername(descriptor, $0, &size) == 0
                }
            }
            return isConnected && peer.sin_family == sa_family_t(AF_INET)
                && Int(in_port_t(bigEndian: peer.sin_port)) == port
        }
    }

    @Test func `either pin is enough, and no other key is trusted`() async throws {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        let current = office.pins[0]
        let other = [UInt8](repeating: 7, count: 32)
        for pins in [[current, other], [other, current], [current]] {
            let answer = try await exchange.send(
                request, to: .pinned(host: "127.0.0.1", port: office.link.port, pins: pins),
                limits: limits())
            #expect(answer.status == 400)
        }
        await #expect(throws: HTTPError.untrusted) {
            try await exchange.send(
                request,
                to: .pinned(host: "127.0.0.1", port: office.link.port, pins: [other]),
                limits: limits())
        }
    }

    @Test func `an answer above the bound is refused`() async throws {
        let office = try await HeadOfficeInReach()
        await #expect(throws: HTTPError.malformed("answer above 10 bytes")) {
            try await CurlExchange().send(
                request, to: office.destination, limits: limits(size: 10))
        }
    }

    @Test func `what cannot be put on the wire is refused before it is`() async throws {
        let exchange = CurlExchange()
        let somewhere = HTTPDestination.unixSocket(path: "/nowhere")
        for request in [
            HTTPRequest(method: "POST", path: "no slash"),
            HTTPRequest(method: "POST", path: "/a b"),
            HTTPRequest(method: "POST\r\nX: y", path: "/"),
            HTTPRequest(method: "GET", path: "/", headers: [HTTPHeader("X", "a\r\nY: b")]),
            HTTPRequest(method: "GET", path: "/", headers: [HTTPHeader("X: y", "a")]),
        ] {
            let error = await #expect(throws: HTTPError.self) {
                try await exchange.send(request, to: somewhere, limits: limits())
            }
            guard case .malformed = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func `nobody there is told as such`() async throws {
        let office = try await HeadOfficeInReach()
        office.link.set(.refused)
        for destination in [office.destination, .unixSocket(path: "/nowhere")] {
            let error = await #expect(throws: HTTPError.self) {
                try await CurlExchange().send(request, to: destination, limits: limits())
            }
            guard case .unreachable = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func `a line that falls silent is given up when it stalls`() async throws {
        let office = try await HeadOfficeInReach()
        let exchange = CurlExchange()
        _ = try await exchange.send(request, to: office.destination, limits: limits())
        office.link.set(.silent)
        let begin = ContinuousClock.now
        let error = await #expect(throws: HTTPError.self) {
            try await exchange.send(
                request, to: office.destination,
                limits: limits(stall: .milliseconds(300), total: .seconds(60)))
        }
        #expect(error == .interrupted("stalled"))
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func `who gives up is answered at once`() async throws {
        let office = try await HeadOfficeInReach()
        office.link.set(.silent)
        let exchange = CurlExchange()
        let request = request
        let limits = limits(connect: .seconds(60), stall: .seconds(60), total: .seconds(60))
        let waiting = (0..<5).map { _ in
            Task { () -> HTTPError? in
                do throws(HTTPError) {
                    _ = try await exchange.send(request, to: office.destination, limits: limits)
                    return nil
                } catch { return error }
            }
        }
        for task in waiting { task.cancel() }
        for task in waiting { #expect(await task.value == .cancelled) }
    }
}
