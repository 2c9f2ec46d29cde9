public import Cryptography
public import Journal
public import Logging
public import Ports
import StationCore
import SyncProtocol

/// Sends what head office does not have, in order and safe to repeat, and brings its messages.
///
/// The outbox is a cursor: nothing is copied or marked. An optimistic first batch is the question
/// where the cursor stands; one batch is in flight.
public actor Uplink {
    private let reader: JournalReader
    private let desk: any UplinkDesk
    private let exchange: any HTTPExchange
    private let clock: any MonotonicClock
    /// Rung by every entry and by whoever wants an exchange now.
    private let alarm: Alarm
    private let routes: any RouteWatch
    private let key: @Sendable () throws -> Ed25519.PrivateKey?
    private let jitter: @Sendable (Int) -> Int
    private let logger: Logger
    private var pace = Pace()
    private var mustAsk = false
    /// A message could not be applied yet: it is asked for again, slowly.
    private var isHeldUp = false
    private var lastSequence = 0
    /// When the next empty batch is due.
    private var askDue: Int?
    /// When the connection is closed, unless it is used before.
    private var closingDue: Int?
    /// Since the last attempt began: what failed may go by another way.
    private var hasNewRoute = false

    /// Silent cuts are the norm: about three round trips of a slow line, plus a batch.
    static let limits = HTTPLimits(
        connect: .seconds(8), stall: .seconds(6), total: .seconds(40),
        answerSizeMax: SyncAnswer.sizeMax)

    /// Bytes of a batch, compressed, unless a single entry is larger: what a window of five seconds
    /// on a line of 20 kbit/s lets through beside the handshake.
    static let bodySizeMax = 4_096

    /// Milliseconds that a connection is kept for what may follow a burst. Head office keeps it
    /// longer; what stands between the two may forget it sooner and say nothing.
    static let lingering = 30_000

    /// - Parameters:
    ///   - key: The station's key; nil while there is none.
    ///   - routes: After a change what failed is tried again at once.
    ///   - jitter: A random number from 0 up to and without its argument.
    public init(
        reader: sending JournalReader, desk: any UplinkDesk, exchange: any HTTPExchange,
        clock: any MonotonicClock, alarm: Alarm, routes: any RouteWatch,
        key: @escaping @Sendable () throws -> Ed25519.PrivateKey?,
        jitter: @escaping @Sendable (Int) -> Int = { Int.random(in: 0..<$0) }, logger: Logger
    ) {
        self.reader = reader
        self.desk = desk
        self.exchange = exchange
        self.clock = clock
        self.alarm = alarm
        self.routes = routes
        self.key = key
        self.jitter = jitter
        self.logger = logger
    }

    /// Serves until the task is cancelled.
    public func run() async {
        let changes = routes.changes()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in changes { await self.routesChanged() } }
            await serve()
            group.cancelAll()
        }
        await exchange.closeConnections()
    }

    private func routesChanged() {
        hasNewRoute = true
        alarm.ring()
    }

    private func serve() async {
        while !Task.isCancelled {
            guard let place = await desk.place() else {
                await alarm.wait()
                continue
            }
            note(place)
            if place.waiting > 0 || mustAsk {
                await attempt(place)
            } else {
                await rest(place)
            }
        }
    }

    private func note(_ place: UplinkPlace) {
        if place.lastSequence != lastSequence {
            pace.resetAsk()
            askDue = nil
        }
        lastSequence = place.lastSequence
        if place.isAsked { mustAsk = true }
    }

    /// Nothing is to be sent: wait for an entry, or for the time to ask. No traffic keeps the
    /// connection.
    private func rest(_ place: UplinkPlace) async {
        await desk.report(.idle)
        if !place.expectsNews && !isHeldUp || place.isForked {
            askDue = nil
        } else if askDue == nil {
            askDue = clock.milliseconds + pace.nextAsk()
        }
        await alarm.wait(until: [askDue, closingDue].compactMap(\.self).min(), by: clock)
        if let closingDue, clock.milliseconds >= closingDue {
            self.closingDue = nil
            await exchange.closeConnections()
        }
        if let askDue, clock.milliseconds >= askDue {
            self.askDue = nil
            mustAsk = true
        }
    }

    private func attempt(_ place: UplinkPlace) async {
        await desk.report(.sending)
        hasNewRoute = false
        switch await exchangeOnce(place) {
        case .answered(let sent, let next, let retryAfter):
            pace.succeeded(sent: sent)
            mustAsk = next == .waits
            isHeldUp = next == .isHeldUp
            closingDue = clock.milliseconds + Self.lingering
            await desk.report(.reached)
            if retryAfter > 0 { await pause(0, atLeast: retryAfter * 1_000) }
        case .failed(let why, let retryAfter):
            await disconnect()
            await desk.report(.failed(why))
            await pause(pace.failed(jitter: jitter), atLeast: retryAfter * 1_000)
        case .refused(let why):
            await disconnect()
            await desk.report(.refused(why))
            await pause(Pace.refusedBackOff)
        }
    }

    private func disconnect() async {
        closingDue = nil
        await exchange.closeConnections()
    }

    /// Waits, and not shorter for an entry that is booked meanwhile; only who asks is served at
    /// once. A change of routes ends it when routes had a moment to settle.
    ///
    /// - Parameter bound: Milliseconds by head office's wish, which no change of routes shortens.
    private func pause(_ milliseconds: Int, atLeast bound: Int = 0) async {
        let begin = clock.milliseconds
        var due = begin + max(milliseconds, bound)
        while clock.milliseconds < due, !Task.isCancelled {
            if hasNewRoute { due = min(due, begin + max(Pace.firstRetry, bound)) }
            await alarm.wait(until: due, by: clock)
            if let place = await desk.place(), place.isAsked {
                mustAsk = true
                return
            }
        }
    }

    private enum Outcome {
        /// `retryAfter`: seconds in which head office does not want to be asked again.
        case answered(sent: Int, next: Next, retryAfter: Int)
        case failed(String, retryAfter: Int = 0)
        case refused(String)
    }

    private enum Next {
        case nothing
        /// Head office has further messages.
        case waits
        /// One of them could not be applied, or did not come.
        case isHeldUp
    }

    private func exchangeOnce(_ place: UplinkPlace) async -> Outcome {
        let request: Request
        do {
            guard let made = try makeRequest(place) else {
                return .refused("no key, address or pins")
            }
            request = made
        } catch { return .failed("\(error)") }
        let last = request.first + request.count - 1
        await desk.reached(.requestSent, entry: last)
        let answer: HTTPAnswer
        do {
            answer = try await exchange.send(
                request.http, to: request.destination, limits: Self.limits)
        } catch {
            switch error {
            case .untrusted, .outOfDate: return .refused("\(error)")
            default: return .failed("\(error)")
            }
        }
        await desk.reached(.answerRead, entry: last)
        return await take(answer, to: request)
    }

    private func take(_ answer: HTTPAnswer, to request: Request) async -> Outcome {
        let wish = answer.header("Retry-After").flatMap { Int($0) } ?? 0
        let retryAfter = min(max(0, wish), Self.retryAfterMax)
        guard answer.status == 200 || answer.status == 409 else {
            return await refused(answer, retryAfter)
        }
        switch Self.read(answer) {
        case .success(let read):
            return await take(
                read, to: request, isTaken: answer.status == 200, retryAfter: retryAfter)
        case .failure(let error): return .failed("answer: \(error)", retryAfter: retryAfter)
        }
    }

    private func refused(_ answer: HTTPAnswer, _ retryAfter: Int) async -> Outcome {
        let problem = SyncProblem(bytes: answer.body)
        let why = problem?.description ?? "status \(answer.status)"
        switch problem?.kind {
        case .tokenRefused:
            await desk.tokenRefused()
            return .refused(why)
        case .format, .signature, .unknownStation: return .refused(why)
        case .malformed, .tooLarge, .unavailable, nil:
            return .failed(why, retryAfter: retryAfter)
        }
    }

    /// - Parameter isTaken: Whether what the request brought was stored.
    private func take(
        _ read: SyncAnswer, to request: Request, isTaken: Bool, retryAfter: Int
    ) async -> Outcome {
        switch judge(read) {
        case .agrees(let hash):
            let goesOn = await desk.acknowledged(
                Acknowledgement(through: read.acknowledgedThrough, hash: hash))
            guard goesOn else { return .failed("still forked", retryAfter: retryAfter) }
        case .isForked:
            logger.error(
                "forked: head office has another journal of this station",
                metadata: [LogKey.acknowledged: "\(read.acknowledgedThrough)"])
            await desk.forked()
            return .refused("forked")
        case .isNotRead(let error): return .failed("journal: \(error)", retryAfter: retryAfter)
        }
        await desk.told(time: read.time)
        let next = await apply(read, after: request.applied)
        // Where the cursor stays at the place from which entries were sent, or a question was
        // refused, the same request would be answered alike.
        guard read.acknowledgedThrough != request.first - 1 || isTaken && request.count == 0 else {
            return .failed("not taken", retryAfter: retryAfter)
        }
        return .answered(sent: isTaken ? request.count : 0, next: next, retryAfter: retryAfter)
    }

    /// Applies the messages in their order, up to one that cannot be applied now.
    ///
    /// - Parameter number: The last one that was applied when they were asked for.
    private func apply(_ read: SyncAnswer, after number: Int) async -> Next {
        for message in read.messages {
            guard await desk.apply(message) else { return .isHeldUp }
            await desk.reached(.messageApplied, entry: message.number)
        }
        if read.waiting == 0 { return .nothing }
        // Of what waits nothing came where all of it was here before.
        return read.messages.last.map { $0.number > number } == true ? .waits : .isHeldUp
    }

    /// Seconds; a wish beyond it would be a mistake.
    private static let retryAfterMax = 3_600

    private static func read(_ answer: HTTPAnswer) -> Result<SyncAnswer, any Error> {
        Result { try SyncAnswer(bytes: try body(of: answer)) }
    }

    private static func body(of answer: HTTPAnswer) throws -> [UInt8] {
        guard answer.header("Content-Encoding")?.lowercased() == "zstd" else { return answer.body }
        return try Zstandard.decompress(answer.body, limit: SyncAnswer.sizeMax)
    }

    private enum Verdict {
        /// Both have this hash at head office's cursor.
        case agrees(ChainHash)
        case isForked
        /// The journal cannot be read now, which says nothing about head office.
        case isNotRead(any Error)
    }

    /// Obeys the cursor only where both chains agree there; else this journal is another one than
    /// head office's.
    private func judge(_ answer: SyncAnswer) -> Verdict {
        do {
            // Before the first batch came head office does not know where the chain begins.
            guard let own = try reader.hash(at: answer.acknowledgedThrough),
                own == answer.head ?? own
            else { return .isForked }
            return .agrees(own)
        } catch { return .isNotRead(error) }
    }

    private struct Request {
        let http: HTTPRequest
        let destination: HTTPDestination
        let first: Int
        let count: Int
        let applied: Int
    }

    private func makeRequest(_ place: UplinkPlace) throws -> Request? {
        guard let key = try key(), let destination = destination(place) else { return nil }
        let first = place.acknowledgedThrough + 1
        guard let before = try reader.hash(at: first - 1) else { return nil }
        var stored = try reader.entries(from: first, limit: place.isForked ? 0 : pace.batchCount)
        var columns = Batch.columns(of: stored.map(\.entry))
        var body = stored.isEmpty ? [] : Zstandard.compress(columns)
        while body.count > Self.bodySizeMax, stored.count > 1 {
            stored.removeLast(stored.count / 2)
            columns = Batch.columns(of: stored.map(\.entry))
            body = Zstandard.compress(columns)
        }
        let head = SyncHead(
            station: place.station, epoch: place.epoch, first: first, count: stored.count,
            before: before, after: stored.last?.hash ?? before,
            appliedThrough: place.appliedThrough, wants: place.wants, token: place.token)
        let signature = try key.signature(of: head.signedBytes(columns: columns))
        var headers = [
            HTTPHeader(SyncHead.headerName, head.headerValue(signature: signature)),
            HTTPHeader("Accept-Encoding", "zstd"),
        ]
        if !stored.isEmpty { headers.append(HTTPHeader("Content-Encoding", "zstd")) }
        return Request(
            http: HTTPRequest(
                method: "POST", path: "/v1/stations/\(place.station)/sync", headers: headers,
                body: body),
            destination: destination, first: first, count: stored.count,
            applied: place.appliedThrough)
    }

    private func destination(_ place: UplinkPlace) -> HTTPDestination? {
        let pins = place.pins.compactMap { Base64URL.decode($0) }
        guard let colon = place.hub.lastIndex(of: ":"), !pins.isEmpty,
            let port = Int(place.hub[place.hub.index(after: colon)...])
        else { return nil }
        return .pinned(host: String(place.hub[..<colon]), port: port, pins: pins, time: place.time)
    }
}
