import HTTPExchange
import Ports
import Testing

@Suite("Answers of any kind over a Unix socket", .timeLimit(.minutes(2)))
struct AnswersTests {
    private static let request = HTTPRequest(method: "GET", path: "/status")
    private static let limits = HTTPLimits(
        connect: .seconds(20), stall: .seconds(20), total: .seconds(40), answerSizeMax: 1_000)

    private func send(
        _ request: HTTPRequest = request, to server: PlayedServer, limits: HTTPLimits = limits
    ) async throws(HTTPError) -> HTTPAnswer {
        try await CurlExchange().send(
            request, to: .unixSocket(path: server.path), limits: limits)
    }

    private func failure(
        _ server: PlayedServer, limits: HTTPLimits = limits
    ) async -> HTTPError? {
        do {
            _ = try await send(to: server, limits: limits)
            return nil
        } catch { return error }
    }

    @Test func `a request stands on the wire as it was given, and nothing is added`() async throws {
        let server = try PlayedServer([Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)])
        let answer = try await send(
            HTTPRequest(
                method: "PUT", path: "/a/../b?c=%20d",
                headers: [HTTPHeader("X-Empty", ""), HTTPHeader("X-Word", "one two")],
                body: Array("body".utf8)), to: server)
        #expect(answer == HTTPAnswer(status: 204))
        let lines = try #require(server.requests.first).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.first == "PUT /a/../b?c=%20d HTTP/1.1")
        #expect(
            Set(lines.dropFirst().dropLast(2)) == [
                "Host: localhost", "X-Empty:", "X-Word: one two", "Content-Length: 4",
            ])
        #expect(lines.last == "body")
    }

    @Test(arguments: [
        ("200 OK\r\nContent-Length: 5\r\nA: b", "hello"),
        ("200 OK\r\nTransfer-Encoding: chunked\r\nA:  b", "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n"),
        ("200 OK\r\na:b\r\nConnection: close", "hello"),
    ])
    func `an answer is the same however its bytes are cut`(head: String, body: String)
        async throws
    {
        let bytes = Array("HTTP/1.1 \(head)\r\n\r\n\(body)".utf8)
        for cut in stride(from: 1, to: bytes.count, by: 3) {
            let server = try PlayedServer([Array(bytes[..<cut]), Array(bytes[cut...])])
            let answer = try await send(to: server)
            #expect(answer.status == 200)
            #expect(answer.body == Array("hello".utf8))
            #expect(answer.header("a") == "b")
        }
    }

    @Test func `a preliminary answer is none, and a redirection is not followed`() async throws {
        let server = try PlayedServer([
            Array("HTTP/1.1 100 Continue\r\nX: no\r\n\r\n".utf8),
            Array("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".utf8),
        ])
        let answer = try await send(to: server)
        #expect(answer.status == 302)
        #expect(answer.header("x") == nil)
        #expect(answer.header("location") == "/elsewhere")
        #expect(server.requests.count == 1)
    }

    /// At each byte, in the head and in the body.
    @Test func `an answer that breaks off is no answer`() async throws {
        let whole = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello".utf8)
        for length in 0..<whole.count {
            let server = try PlayedServer([Array(whole.prefix(length))])
            let error = await failure(server)
            switch error {
            case .interrupted, .malformed: break
            case .unreachable, .untrusted, .outOfDate, .cancelled, nil:
                Issue.record("after \(length) bytes: \(String(describing: error))")
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFF\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
    ])
    func `an answer above its bound is refused, whether its head says so or not`(head: String)
        async throws
    {
        let server = try PlayedServer(
            [Array(head.utf8), [UInt8](repeating: 65, count: 700)], then: .again)
        #expect(await failure(server) == .malformed("answer above 1000 bytes"))
    }

    @Test(arguments: [
        "X: y\r\n", "X-Long: \(String(repeating: "a", count: 9_000))\r\n",
        String(repeating: "a", count: 9_000), "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func `a head without an end is refused`(line: String) async throws {
        let server = try PlayedServer(
            [Array("HTTP/1.1 200 OK\r\n".utf8), Array(line.utf8)], then: .again)
        let error = await failure(server)
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a server that says nothing stalls`() async throws {
        let server = try PlayedServer([], then: .silence)
        let limits = HTTPLimits(
            connect: .seconds(20), stall: .milliseconds(200), total: .seconds(40),
            answerSizeMax: 1_000)
        #expect(await failure(server, limits: limits) == .interrupted("stalled"))
    }

    @Test func `a server that never comes to an end is given up`() async throws {
        let server = try PlayedServer(
            [Array("HTTP/1.1 200 OK\r\n\r\n".utf8), [65]], then: .again)
        let limits = HTTPLimits(
            connect: .seconds(20), stall: .seconds(20), total: .milliseconds(300),
            answerSizeMax: 1_000_000)
        let error = await failure(server, limits: limits)
        guard case .interrupted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: 0..<150 as Range<UInt64>)
    func `whatever a server says ends as an answer within its bounds or as an error`(seed: UInt64)
        async throws
    {
        var random = SplitMix(state: seed)
        var bytes = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
                .utf8)
        if seed % 3 == 0 {
            bytes = (0..<Int.random(in: 0..<400, using: &random)).map { _ in
                .random(in: 0...255, using: &random)
            }
        } else {
            for _ in 0..<Int.random(in: 1..<6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                default: bytes.insert(contentsOf: bytes.suffix(9), at: place)
                }
            }
        }
        let cut = Int.random(in: 0...bytes.count, using: &random)
        let server = try PlayedServer([Array(bytes[..<cut]), Array(bytes[cut...])])
        do {
            let answer = try await send(to: server)
            #expect(answer.body.count <= 1_000)
            #expect(answer.headers.count <= 100)
            #expect((100..<1_000).contains(answer.status))
        } catch {
            #expect(![.untrusted, .outOfDate, .cancelled].contains(error))
        }
    }
}

private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
