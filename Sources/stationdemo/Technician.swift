import ControlProtocol
import FoundationEssentials
import HTTPExchange
import Ports

/// Speaks to the station's control socket as `stationctl` does.
struct Technician: Sendable {
    let socket: String
    private let exchange = CurlExchange()

    private static let limits = HTTPLimits(
        connect: .seconds(2), stall: .seconds(20), total: .seconds(30), answerSizeMax: 1_000_000)

    init(socket: String) { self.socket = socket }

    func enrol(_ code: String) async throws -> ControlAnswer {
        try await post(ControlPath.enrol, EnrolRequest(code: code))
    }

    func print(_ request: PrintRequest) async throws -> ControlAnswer {
        try await post(ControlPath.print, request)
    }

    func sync() async throws -> ControlAnswer {
        try await send(HTTPRequest(method: "POST", path: ControlPath.sync))
    }

    func status() async throws -> StationStatus {
        try await send(HTTPRequest(method: "GET", path: ControlPath.status))
    }

    /// Returns when the station answers at its socket, however often it is started until then.
    func waitUntilUp() async throws {
        while true {
            do {
                _ = try await status()
                return
            } catch is HTTPError {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private func post<Answer: Decodable>(
        _ path: String, _ body: some Encodable
    ) async throws -> Answer {
        try await send(
            HTTPRequest(
                method: "POST", path: path,
                headers: [HTTPHeader("Content-Type", "application/json")],
                body: Array(try JSONEncoder().encode(body))))
    }

    private func send<Answer: Decodable>(_ request: HTTPRequest) async throws -> Answer {
        let answer = try await exchange.send(
            request, to: .unixSocket(path: socket), limits: Self.limits)
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body))
    }
}
