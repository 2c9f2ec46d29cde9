import ControlProtocol
import Hummingbird
import NIOCore
import FoundationEssentials

/// What `stationctl` asks at the control socket.
struct ControlRoutes: Sendable {
    let control: any StationControl

    func add(to router: Router<DoorContext>) {
        router.get(path(ControlPath.status)) { _, _ in
            let status: StationStatus
            do { status = try await control.status() } catch {
                return try Response.json(
                    ControlAnswer(isDone: false, text: "the station is stopping"),
                    status: .serviceUnavailable)
            }
            return try Response.json(status)
        }
        router.post(path(ControlPath.enrol)) { request, _ in
            try await answer(request, EnrolRequest.self) { await control.enrol(code: $0.code) }
        }
        router.post(path(ControlPath.clock)) { request, _ in
            try await answer(request, ClockRequest.self) { await control.setClock(to: $0.time) }
        }
        router.post(path(ControlPath.sync)) { _, _ in
            try response(await control.syncNow())
        }
        router.post(path(ControlPath.print)) { request, _ in
            try await answer(request, PrintRequest.self) { await control.print($0) }
        }
    }

    private func path(_ text: String) -> RouterPath { RouterPath(text) }

    private func answer<Body: Decodable>(
        _ request: Request, _ type: Body.Type, _ act: (Body) async -> ControlAnswer
    ) async throws -> Response {
        let bytes = Array(buffer: try await request.body.collect(upTo: DoorContext.bodySizeMax))
        guard let body = try? JSONDecoder().decode(type, from: Data(bytes)) else {
            return try Response.json(
                ControlAnswer(isDone: false, text: "the request is not a \(type)"),
                status: .badRequest)
        }
        return try response(await act(body))
    }

    private func response(_ answer: ControlAnswer) throws -> Response {
        try .json(answer, status: answer.isDone ? .ok : .conflict)
    }
}
