import Ports
import Simulators
import Synchronization
import SyncProtocol

/// Head office behind the HTTP port, with an answer for each request in turn; the last one goes for
/// all that follow. Remembers what was asked and when.
final class PlayedOffice: HTTPExchange {
    typealias Play = @Sendable (HTTPRequest) async throws(HTTPError) -> HTTPAnswer

    struct Asked: Sendable {
        let time: Int
        let request: HTTPRequest
        let destination: HTTPDestination
        let limits: HTTPLimits
    }

    private struct State {
        var plays: [Play]
        var asked: [Asked] = []
        var closings: [Int] = []
    }

    private let clock: ManualClock
    private let state: Mutex<State>
    private let happened = Signal()

    init(_ clock: ManualClock, _ plays: [Play]) {
        self.clock = clock
        state = Mutex(State(plays: plays))
    }

    func send(
        _ request: HTTPRequest, to destination: HTTPDestination, limits: HTTPLimits
    ) async throws(HTTPError) -> HTTPAnswer {
        let time = clock.milliseconds
        let play = state.withLock { state in
            state.asked.append(
                Asked(time: time, request: request, destination: destination, limits: limits))
            return state.plays.count > 1 ? state.plays.removeFirst() : state.plays.first
        }
        happened.raise()
        guard let play else { throw .unreachable("nobody") }
        return try await play(request)
    }

    func closeConnections() async {
        let time = clock.milliseconds
        state.withLock { $0.closings.append(time) }
        happened.raise()
    }

    var asked: [Asked] { state.withLock { $0.asked } }
    /// When the connections were closed.
    var closings: [Int] { state.withLock { $0.closings } }

    /// Returns when so many requests came.
    func wait(forRequests count: Int) async {
        await wait { $0.asked.count >= count }
    }

    func wait(forClosings count: Int) async {
        await wait { $0.closings.count >= count }
    }

    private func wait(until holds: (PlayedOffice) -> Bool) async {
        while !Task.isCancelled {
            let seen = happened.version
            if holds(self) { return }
            await happened.wait(beyond: seen)
        }
    }
}

extension PlayedOffice {
    static func fails(_ error: HTTPError) -> Play { { _ throws(HTTPError) in throw error } }

    /// An answer as head office gives it.
    static func says(
        _ answer: SyncAnswer, status: Int = 200, headers: [HTTPHeader] = []
    ) -> Play {
        { _ in HTTPAnswer(status: status, headers: headers, body: answer.bytes) }
    }

    static func refuses(_ kind: SyncProblem.Kind, headers: [HTTPHeader] = []) -> Play {
        { _ in
            HTTPAnswer(
                status: kind.status, headers: headers, body: SyncProblem(kind, "played").bytes)
        }
    }
}
