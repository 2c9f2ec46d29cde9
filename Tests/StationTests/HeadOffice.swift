import Hub
import Ports
import StationCore
import Synchronization
import SyncProtocol
import Testing

/// Head office's real store and door, behind a link of the tests: up or down, and able to lose an
/// answer that was given.
final class HeadOffice: Sendable {
    static let address = "hub.example:443"

    let link: DoorLink
    private let current: Mutex<HubStore>
    private let open: @Sendable () throws -> HubStore

    init(clock: some Ports.MonotonicClock & Sendable, file: String) async throws {
        open = { try HubStore(path: file) { 1_790_000_000_000 + clock.milliseconds } }
        let store = try open()
        current = Mutex(store)
        link = DoorLink(
            door: Door(store: store), pin: try await store.serverIdentities().current.pin)
    }

    var store: HubStore { current.withLock { $0 } }

    /// Head office's program starts anew with what is in its file.
    func restart() async throws {
        let store = try open()
        let pin = try await store.serverIdentities().current.pin
        current.withLock { $0 = store }
        link.door.withLock { $0 = Door(store: store) }
        link.pin.withLock { $0 = pin }
    }

    /// The text of an enrolment code, with lists for the station to trade by.
    func enrolmentCode(of number: String) async throws -> String {
        let station = try #require(StationNumber(number))
        let id = StationEpoch(station: station, epoch: 1)
        let enrolment = try await store.addStation(id, address: Self.address)
        _ = try await store.publish([
            try produce("00123", "Apples", 450), try produce("00124", "Walnuts", 2_800),
        ])
        _ = try await store.publish([
            try article("6901234567892", "Soap", 1_290), try article("1001", "Rubber boots", 5_900),
        ])
        return Barcode.enrolment(enrolment).text
    }

    /// Unpacks what came, as the worker does, and returns all entries that are there.
    func entries() async throws -> [Entry] {
        while try await store.unpackNext(Village.id) != nil {}
        return try await store.entries(of: Village.id, after: 0, count: 100_000)
    }

    private func produce(_ code: String, _ name: String, _ price: Int) throws -> ProducePrice {
        ProducePrice(
            produce: try #require(ProduceCode(code)),
            name: try #require(LocalizedName(["en": name])), price: FenPerKilogram(price))
    }

    private func article(_ code: String, _ name: String, _ price: Int) throws -> Article {
        Article(
            article: try #require(ArticleCode(code)),
            name: try #require(LocalizedName(["en": name])), price: Fen(price))
    }
}

/// The way from the station's HTTP port to head office's door, without a wire. Whoever calls
/// another address finds nobody, and who does not know the key that is shown goes away.
final class DoorLink: HTTPExchange {
    struct Behaviour {
        var isUp = true
        /// Where head office is.
        var address = HeadOffice.address
        /// After so many bytes of requests and answers the connection breaks, once.
        var bytesUntilCut: Int?
        /// So many answers are lost after head office gave them.
        var answersToLose = 0
        var requestCount = 0
        /// Where set, each answer is changed, cut or doubled by it.
        var garbling: SeededRandom?
    }

    let behaviour = Mutex(Behaviour())
    let door: Mutex<Door>
    /// Of the key that is shown.
    let pin: Mutex<[UInt8]>

    init(door: Door, pin: [UInt8]) {
        self.door = Mutex(door)
        self.pin = Mutex(pin)
    }

    func send(
        _ request: HTTPRequest, to destination: HTTPDestination, limits: HTTPLimits
    ) async throws(HTTPError) -> HTTPAnswer {
        let (isUp, address) = behaviour.withLock { behaviour in
            behaviour.requestCount += 1
            return (behaviour.isUp, behaviour.address)
        }
        guard case .pinned(let host, let port, let pins, _) = destination else {
            throw .malformed("destination")
        }
        guard isUp, "\(host):\(port)" == address else { throw .unreachable("nobody is there") }
        guard pins.contains(pin.withLock { $0 }) else { throw .untrusted }
        guard carries(request.body.count) else { throw .interrupted("cut in the request") }
        let parts = request.path.split(separator: "/")
        guard parts.count == 4 else { throw .malformed(request.path) }
        func header(_ name: String) -> String? {
            request.headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
        let answer: Door.Answer
        do {
            answer = try await door.withLock { $0 }.answer(
                Door.Request(
                    station: String(parts[2]), header: header("Station-Sync"),
                    encoding: header("Content-Encoding"), body: request.body))
        } catch { throw .interrupted("\(error)") }
        let isLost = behaviour.withLock { behaviour in
            guard behaviour.answersToLose > 0 else { return false }
            behaviour.answersToLose -= 1
            return true
        }
        guard !isLost else { throw .interrupted("the answer is lost") }
        let body =
            switch answer {
            case .taken(_, let body), .other(_, let body): body.bytes
            case .refused(let problem): problem.bytes
            }
        guard carries(body.count) else { throw .interrupted("cut in the answer") }
        return HTTPAnswer(status: answer.status, body: garbled(body))
    }

    /// Whether all of so many bytes come through, with what a head takes.
    private func carries(_ count: Int) -> Bool {
        behaviour.withLock { behaviour in
            guard let left = behaviour.bytesUntilCut else { return true }
            let rest = left - count - Self.headSize
            behaviour.bytesUntilCut = rest >= 0 ? rest : nil
            return rest >= 0
        }
    }

    private static let headSize = 300

    private func garbled(_ bytes: [UInt8]) -> [UInt8] {
        behaviour.withLock { behaviour in
            guard var random = behaviour.garbling else { return bytes }
            defer { behaviour.garbling = random }
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return bytes
            case 1: return Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            case 2: return bytes + bytes
            default:
                var changed = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) where !changed.isEmpty {
                    let place = Int.random(in: 0..<changed.count, using: &random)
                    changed[place] = UInt8.random(in: 0x20...0x7e, using: &random)
                }
                return changed
            }
        }
    }

    func closeConnections() async {}
}
