import Glibc
import Simulators
import Testing

@Suite("A line that is cut at a byte", .serialized)
struct LinkTests {
    @Test func `what goes in comes out, both ways`() async throws {
        let server = try EchoServer()
        let link = try SimulatedLink(to: server.port)
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(try await exchange(bytes, through: link.port) == bytes)
        #expect(link.counts.up == bytes.count && link.counts.down == bytes.count)
        #expect(link.counts.connections == 1)
    }

    @Test(arguments: [1, 2, 999, 20_000])
    func `a cut lets exactly so many bytes through`(count: Int) async throws {
        let server = try EchoServer()
        for direction in [SimulatedLink.Direction.up, .down] {
            let link = try SimulatedLink(to: server.port)
            link.cut(.afterBytes(count, direction))
            let echoed = try await exchange(
                [UInt8](repeating: 1, count: 30_000), through: link.port)
            #expect(echoed.count <= count)
            let forwarded = direction == .up ? link.counts.up : link.counts.down
            #expect(forwarded == count)
            #expect(link.counts.cuts == 1 && !link.isCutPending)
            #expect(try await exchange([2, 3], through: link.port) == [2, 3])
        }
    }

    @Test func `a cut after answers comes before the next question`() async throws {
        let server = try EchoServer()
        let link = try SimulatedLink(to: server.port)
        link.cut(.afterAnswers(2), then: .refused)
        let heard = await onThread { () -> [Int] in
            guard let client = Client(port: link.port) else { return [] }
            return (0..<3).map { _ in
                client.send([1, 2, 3])
                return client.receive(atLeast: 3).count
            }
        }
        #expect(heard == [3, 3, 0])
        #expect(link.quality == .refused)
        #expect(try await exchange([1], through: link.port).isEmpty)
        link.set(.open)
        #expect(try await exchange([1], through: link.port) == [1])
    }

    @Test func `a line that was taken down can be told anything and does no harm`() async throws {
        let server = try EchoServer()
        let link = try SimulatedLink(to: server.port)
        link.close()
        while Client(port: link.port) != nil { await Task.yield() }
        link.set(.open)
        link.close()
    }

    @Test func `a slow line takes its time`() async throws {
        let server = try EchoServer()
        let link = try SimulatedLink(to: server.port)
        link.set(.init(bytesPerSecond: 10_000, delay: .milliseconds(50)))
        let clock = ContinuousClock()
        let start = clock.now
        #expect(
            try await exchange([UInt8](repeating: 9, count: 3_000), through: link.port).count
                == 3_000)
        #expect(clock.now - start > .milliseconds(250))
    }
}

/// Sends all, says that it is done, and reads until the end.
private func exchange(_ bytes: [UInt8], through port: Int) async throws -> [UInt8] {
    await onThread {
        guard let client = Client(port: port) else { return [] }
        client.finish(after: bytes)
        return client.receive(atLeast: .max)
    }
}

/// Blocking calls stay off the threads that tasks run on.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        startTestThread { continuation.resume(returning: body()) }
    }
}

private func startTestThread(_ body: @escaping @Sendable () -> Void) {
    final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let context = Unmanaged.passRetained(Body(body)).toOpaque()
    pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context)
    pthread_detach(thread)
}

private func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
}

private final class Client: Sendable {
    private let descriptor: Int32

    init?(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let isConnected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if !isConnected { return nil }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends from another thread, so that neither way waits for the other.
    func finish(after bytes: [UInt8]) {
        startTestThread { [self] in
            send(bytes)
            shutdown(descriptor, Int32(SHUT_WR))
        }
    }

    func receive(atLeast count: Int) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while all.count < count {
            let received = recv(descriptor, &buffer, buffer.count, 0)
            if received <= 0 { break }
            all += buffer.prefix(received)
        }
        return all
    }
}

private final class EchoServer: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, address, &size) == 0
            }
        }
        try #require(isBound)
        port = Int(address.sin_port.bigEndian)
        startTestThread {
            while true {
                let client = accept(descriptor, nil, nil)
                if client < 0 { return }
                startTestThread {
                    var buffer = [UInt8](repeating: 0, count: 4_096)
                    while true {
                        let count = recv(client, &buffer, buffer.count, 0)
                        if count <= 0 { break }
                        var rest = buffer.prefix(count)
                        while !rest.isEmpty {
                            let sent = rest.withUnsafeBytes {
                                send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                            }
                            if sent <= 0 { break }
                            rest = rest.dropFirst(sent)
                        }
                    }
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
