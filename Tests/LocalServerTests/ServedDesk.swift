import Glibc
import HTTPExchange
import Logging
import NIOCore
import NIOPosix
import Ports
import ServiceLifecycle
import PracticeCounter
import StationCore
import Testing

@testable import LocalServer

/// A server on a free port of loopback with a practice desk behind it, and a browser of few words
/// in front of it: raw bytes over TCP, cookies kept.
struct ServedDesk: Sendable {
    let desk: PracticeDesk
    let port: Int
    let socket: String

    /// Serves while `body` runs, then shuts down as the daemon does.
    static func run(_ body: @escaping @Sendable (ServedDesk) async throws -> Void) async throws {
        let desk = try PracticeDesk()
        var template = Array("/tmp/pages-XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) } != nil
        }
        try #require(isMade)
        let folder = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let socket = folder + "/control.sock"
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = LocalServer(
            settings: .init(port: 0, controlSocket: socket, language: .english), desk: desk,
            shelf: desk, control: desk, logger: Logger(label: "test")
        ) { listening.yield($0) }
        let group = ServiceGroup(services: [server], logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var port = ports.makeAsyncIterator()
                guard let port = await port.next() else { return }
                defer { Task { await group.triggerGracefulShutdown() } }
                try await body(ServedDesk(desk: desk, port: port, socket: socket))
            }
            try await tasks.waitForAll()
        }
        unlink(socket)
        rmdir(folder)
    }

    /// Sends bytes and reads until the server closes, or until `isEnough`.
    func exchange(
        _ bytes: [UInt8], until isEnough: @Sendable (String) -> Bool = { _ in false }
    ) async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            var text = ""
            do {
                for try await buffer in inbound {
                    text += String(buffer: buffer)
                    if isEnough(text) { break }
                }
            } catch is IOError {
                // The server threw the connection away: what it said before is the answer.
            }
            return text
        }
    }

    func control(_ method: String, _ path: String, _ body: String = "") async throws -> HTTPAnswer {
        let exchange = CurlExchange()
        let answer = try await exchange.send(
            HTTPRequest(
                method: method, path: path,
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(body.utf8)),
            to: .unixSocket(path: socket),
            limits: HTTPLimits(
                connect: .seconds(5), stall: .seconds(5), total: .seconds(10),
                answerSizeMax: 100_000))
        await exchange.closeConnections()
        return answer
    }
}

/// An answer as the wire had it.
struct WireAnswer: Sendable {
    let status: Int
    let head: String
    let body: String

    init(_ text: String) throws {
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        head = String(text[..<end.lowerBound])
        body = String(text[end.upperBound...])
        let words = head.split(separator: " ")
        status = try #require(words.count > 1 ? Int(words[1]) : nil)
    }

    func header(_ name: String) -> String? {
        head.split(separator: "\r\n").dropFirst()
            .first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
            .map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    /// The value of the first hidden field of that name.
    func hidden(_ name: String) -> String? {
        let marker = "name=\"\(name)\" value=\""
        guard let start = body.firstRange(of: marker) else { return nil }
        return String(body[start.upperBound...].prefix { $0 != "\"" })
    }
}

/// One visitor with a cookie and the last form's secrets.
struct Visitor {
    let served: ServedDesk
    var cookies: [String: String] = [:]
    var csrf = ""
    var pinCount = ""

    init(_ served: ServedDesk) { self.served = served }

    private var cookieLine: String {
        guard !cookies.isEmpty else { return "" }
        let all = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "Cookie: \(all.joined(separator: "; "))\r\n"
    }

    private mutating func keep(_ answer: WireAnswer) {
        for line in answer.head.split(separator: "\r\n")
        where line.lowercased().hasPrefix("set-cookie: ") {
            let pair = line.dropFirst(12).prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        if let csrf = answer.hidden("csrf") { self.csrf = csrf }
        if let count = answer.hidden("count") { pinCount = count }
    }

    @discardableResult
    mutating func get(_ path: String, headers: String = "") async throws -> WireAnswer {
        let request =
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(served.port)\r\n"
            + "Connection: close\r\n\(cookieLine)\(headers)\r\n"
        let answer = try WireAnswer(try await served.exchange(Array(request.utf8)))
        keep(answer)
        return answer
    }

    @discardableResult
    mutating func post(
        _ path: String, _ fields: String, headers: String = ""
    ) async throws -> WireAnswer {
        let request =
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(served.port)\r\n"
            + "Connection: close\r\n\(cookieLine)\(headers)"
            + "Content-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: \(fields.utf8.count)\r\n\r\n\(fields)"
        let answer = try WireAnswer(try await served.exchange(Array(request.utf8)))
        keep(answer)
        return answer
    }

    /// By badge and PIN; the first time the PIN is set, so it is typed twice.
    mutating func signIn() async throws {
        try await get("/counter/sign-in")
        try await post("/counter/badge", "csrf=\(csrf)&badge=\(PracticeDesk.badge)")
        for _ in 0..<2 {
            try await get("/counter/sign-in")
            let answer = try await post("/counter/pin", "csrf=\(csrf)&count=\(pinCount)&pin=123456")
            if answer.header("location") == "/counter" { break }
        }
        try await get("/counter")
    }

    /// A touch that refers to what the counter shows now.
    @discardableResult
    mutating func touch(_ fields: String, headers: String = "") async throws -> WireAnswer {
        let revision = await served.desk.screen().view.revision
        return try await post(
            "/counter/touch", "csrf=\(csrf)&revision=\(revision)&\(fields)", headers: headers)
    }

    mutating func openDay() async throws {
        try await touch("command=004")
        try await touch("kind=money&typed=1000,00")
        try await touch("command=027")
    }
}
