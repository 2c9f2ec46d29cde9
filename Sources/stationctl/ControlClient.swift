import ArgumentParser
import ControlProtocol
import FoundationEssentials
import HTTPExchange
import Ports

struct DaemonOptions: ParsableArguments {
    @Option(help: "The daemon's control socket.")
    var socket = "/run/stationd/" + ControlPath.socketName
}

/// Asks the daemon on this machine.
struct ControlClient {
    let socket: String

    /// Head office may be asked on the way, over a line of 20 kbit/s.
    private static let limits = HTTPLimits(
        connect: .seconds(5), stall: .seconds(120), total: .seconds(180),
        answerSizeMax: 1_000_000)

    func status() async throws -> StationStatus {
        let answer = try await send(HTTPRequest(method: "GET", path: ControlPath.status))
        guard answer.status == 200 else { throw Self.refusal(answer) }
        do {
            return try JSONDecoder().decode(StationStatus.self, from: Data(answer.body))
        } catch {
            throw Failure(text: "the daemon's status cannot be read: it is of another release")
        }
    }

    func post(_ path: String, _ body: (some Encodable)?) async throws -> ControlAnswer {
        let bytes = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
        let answer = try await send(
            HTTPRequest(
                method: "POST", path: path,
                headers: [HTTPHeader("Content-Type", "application/json")], body: bytes))
        guard let said = try? JSONDecoder().decode(ControlAnswer.self, from: Data(answer.body))
        else { throw Self.refusal(answer) }
        return said
    }

    private static func refusal(_ answer: HTTPAnswer) -> Failure {
        let said = try? JSONDecoder().decode(ControlAnswer.self, from: Data(answer.body))
        return Failure(text: said?.text ?? "the daemon answered with status \(answer.status)")
    }

    private func send(_ request: HTTPRequest) async throws -> HTTPAnswer {
        let exchange = CurlExchange()
        do throws(HTTPError) {
            let answer = try await exchange.send(
                request, to: .unixSocket(path: socket), limits: Self.limits)
            await exchange.closeConnections()
            return answer
        } catch {
            switch error {
            case .unreachable:
                throw Failure(
                    text: "no daemon answers at \(socket): is stationd running, and are you root "
                        + "or its user?", code: .daemon)
            case .untrusted, .outOfDate, .interrupted, .malformed, .cancelled:
                throw Failure(text: "the daemon did not answer to the end: \(error)")
            }
        }
    }
}

/// A command that asks for one thing and says what came of it.
protocol RequestCommand: ReportingCommand {
    var daemon: DaemonOptions { get }
    func ask(_ client: ControlClient) async throws -> ControlAnswer
}

extension RequestCommand {
    func report() async throws -> Report {
        let answer = try await ask(ControlClient(socket: daemon.socket))
        // A refusal goes where errors go, but programs read it where they read answers.
        if !answer.isDone, !output.json { throw Failure(text: answer.text) }
        return try Report(
            text: answer.text + (answer.entry.map { " (No. \($0))" } ?? ""), json: answer,
            code: answer.isDone ? .success : .failed)
    }
}
