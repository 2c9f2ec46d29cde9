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

    /// Seconds for what is read from memory or only asked for. Nothing is asked of head office on
    /// the way.
    static let patience = 10
    /// Seconds for what is booked: as long as a memory card may stall before the watchdog ends
    /// the daemon.
    static let bookingPatience = 60

    func status() async throws -> StationStatus {
        let answer = try await send(
            HTTPRequest(method: "GET", path: ControlPath.status), patience: Self.patience)
        guard answer.status == 200 else { throw Self.refusal(answer) }
        do {
            return try JSONDecoder().decode(StationStatus.self, from: Data(answer.body))
        } catch {
            throw Failure(text: "the daemon's status cannot be read: it is of another release")
        }
    }

    /// - Parameter patience: Seconds.
    func post(
        _ path: String, _ body: (some Encodable)?, patience: Int = Self.bookingPatience
    ) async throws -> ControlAnswer {
        let bytes = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
        let answer = try await send(
            HTTPRequest(
                method: "POST", path: path,
                headers: [HTTPHeader("Content-Type", "application/json")], body: bytes),
            patience: patience)
        guard let said = try? JSONDecoder().decode(ControlAnswer.self, from: Data(answer.body))
        else { throw Self.refusal(answer) }
        return said
    }

    private static func refusal(_ answer: HTTPAnswer) -> Failure {
        let said = try? JSONDecoder().decode(ControlAnswer.self, from: Data(answer.body))
        return Failure(text: said?.text ?? "the daemon answered with status \(answer.status)")
    }

    private func send(_ request: HTTPRequest, patience: Int) async throws -> HTTPAnswer {
        let exchange = CurlExchange()
        let begin = ContinuousClock.now
        do throws(HTTPError) {
            let answer = try await exchange.send(
                request, to: .unixSocket(path: socket),
                limits: HTTPLimits(
                    connect: .seconds(5), stall: .seconds(patience), total: .seconds(patience),
                    answerSizeMax: 1_000_000))
            await exchange.closeConnections()
            return answer
        } catch {
            switch error {
            case .unreachable:
                throw Failure(
                    text: "no daemon answers at \(socket): is stationd running, and are you root "
                        + "or its user?", code: .daemon)
            case .interrupted:
                let isLate = ContinuousClock.now - begin >= .seconds(patience)
                throw Failure(
                    text: Self.silence(
                        isLate ? "did not answer within \(patience) s" : "broke off its answer",
                        isOrder: request.method != "GET"), code: .daemon)
            case .untrusted, .outOfDate, .malformed, .cancelled:
                throw Failure(text: "the daemon's answer cannot be read: \(error)", code: .daemon)
            }
        }
    }

    /// - Parameter isOrder: Something was to be done.
    private static func silence(_ what: String, isOrder: Bool) -> String {
        let why = "it hangs, its disk stalls, or it just ended; journalctl -u stationd tells"
        guard isOrder else { return "the daemon \(what): \(why)" }
        return "the daemon \(what): \(why). Whether it did what was asked is not known: look "
            + "before asking again"
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
        guard answer.isDone else { throw Failure(text: answer.text) }
        return try Report(
            text: answer.text + (answer.entry.map { " (No. \($0))" } ?? ""), json: answer)
    }
}
