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
    private let key: @Sendable () throws -> Ed25519.PrivateKey?
    private let jitter: @Sendable (Int) -> Int
    private let logger: Logger
    private var pace = Pace()
    private var mustAsk = false
    /// A message could not be applied yet: it is asked for again, slowly.
    private var isHeldUp = false
    private var lastSequence = 0

    /// Silent cuts are the norm: about three round trips of a slow line, plus a batch.
    private static let limits = HTTPLimits(
        connect: .seconds(8), stall: .seconds(6), total: .seconds(40),
        answerSizeMax: SyncAnswer.sizeMax)

    /// Bytes of a batch, compressed, unless a single entry is larger: what a window of five seconds
    /// on a line of 20 kbit/s lets through beside the handshake.
    private static let bodySizeMax = 4_096

    /// - Parameters:
    ///   - key: The station's key; nil while there is none.
    ///   - jitter: A random number from 0 up to and without its argument.
    public init(
        reader: sending JournalReader, desk: any UplinkDesk, exchange: any HTTPExchange,
        clock: any MonotonicClock, alarm: Alarm,
        key: @escaping @Sendable () throws -> Ed25519.PrivateKey?,
        jitter: @escaping @Sendable (Int) -> Int = { Int.random(in: 0..<$0) }, logger: Logger
    ) {
        self.reader = reader
        self.desk = desk
        self.exchange = exchange
        self.clock = clock
        self.alarm = alarm
        self.key = key
        self.jitter = jitter
        self.logger = logger
    }

    /// Serves until the task is cancelled.
    public func run() async {
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
        await exchange.closeConnections()
    }

    private func note(_ place: UplinkPlace) {
        if place.lastSequence != lastSequence { pace.resetAsk() }
        lastSequence = place.lastSequence
        if place.isAsked { mustAsk = true }
    }

    /// Nothing is to be sent: wait for an entry, or for the time to ask.
    private func rest(_ place: UplinkPlace) async {
        await desk.report(.idle)
        guard place.expectsNews || isHeldUp, !place.isForked else {
            await alarm.wait()
            return
        }
        let due = clock.milliseconds + pace.nextAsk()
        await alarm.wait(until: due, by: clock)
        if clock.milliseconds >= due { mustAsk = true }
    }

    private func attempt(_ place: UplinkPlace) async {
        await desk.report(.sending)
        switch await exchangeOnce(place) {
        case .answered(let sent, let hasMore, let isHeldUp):
            pace.succeeded(sent: sent)
            mustAsk = hasMore && !isHeldUp
            self.isHeldUp = isHeldUp
            await desk.report(.reached)
        case .failed(let why, let retryAfter):
            await exchange.closeConnections()
            await desk.report(.failed(why))
            await pause(pace.failed(retryAfter: retryAfter, jitter: jitter))
        case .refused(let why):
            await desk.report(.refused(why))
            logger.error("head office refuses", metadata: [LogKey.error: "\(why)"])
            await pause(Pace.refusedBackOff)
        }
    }

    /// Waits, and not shorter for an entry that is booked meanwhile; only who asks is served at
    /// once.
    private func pause(_ milliseconds: Int) async {
        let due = clock.milliseconds + milliseconds
        while clock.milliseconds < due, !Task.isCancelled {
            await alarm.wait(until: due, by: clock)
            if let place = await desk.place(), place.isAsked {
                mustAsk = true
                return
            }
        }
    }

    private enum Outcome {
        /// `hasMore`: head office has further messages. `isHeldUp`: one of them could not be applied.
        case answered(sent: Int, hasMore: Bool, isHeldUp: Bool)
        case failed(String, retryAfter: Int?)
        case refused(String)
    }

    private func exchangeOnce(_ place: UplinkPlace) async -> Outcome {
        let request: Request
        do {
            guard let made = try makeRequest(place) else {
                return .refused("no key, address or pins")
            }
            request = made
        } catch { return .failed("\(error)", retryAfter: nil) }
        let last = request.first + request.count - 1
        await desk.reached(.requestSent, entry: last)
        let answer: HTTPAnswer
        do {
            answer = try await exchange.send(
                request.http, to: request.destination, limits: Self.limits)
        } catch .untrusted {
            return .refused("the server's key is none of the pins")
        } catch {
            return .failed("\(error)", retryAfter: nil)
        }
        await desk.reached(.answerRead, entry: last)
        return await take(answer, to: request)
    }

    private func take(_ answer: HTTPAnswer, to request: Request) async -> Outcome {
        let retryAfter = answer.header("Retry-After").flatMap { Int($0) }
            .map { min(max(0, $0), 3_600) }
        guard answer.status == 200 || answer.status == 409 else {
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
        let read: SyncAnswer
        do { read = try SyncAnswer(bytes: try Self.body(of: answer)) } catch {
            return .failed("answer: \(error)", retryAfter: retryAfter)
        }
        guard await judge(read) else { return .refused("forked") }
        await desk.told(time: read.time)
        var isHeldUp = false
        for message in read.messages where !isHeldUp {
            isHeldUp = !(await desk.apply(message))
            if !isHeldUp { await desk.reached(.messageApplied, entry: message.number) }
        }
        // Refused where both ends stand at the same place: the same request would be, too.
        guard answer.status == 200 || read.acknowledgedThrough != request.first - 1 else {
            return .failed("not taken", retryAfter: retryAfter)
        }
        return .answered(
            sent: answer.status == 200 ? request.count : 0, hasMore: read.waiting > 0,
            isHeldUp: isHeldUp)
    }

    private static func body(of answer: HTTPAnswer) throws -> [UInt8] {
        guard answer.header("Content-Encoding") == "zstd" else { return answer.body }
        return try Zstandard.decompress(answer.body, limit: SyncAnswer.sizeMax)
    }

    /// Obeys the cursor only where both chains agree there; else this journal is another one than
    /// head office's.
    private func judge(_ answer: SyncAnswer) async -> Bool {
        do {
            let through = answer.acknowledgedThrough
            // Before the first batch came head office does not know where the chain begins.
            guard let own = try reader.hash(at: through), own == answer.head ?? own else {
                logger.error(
                    "forked: head office has another journal of this station",
                    metadata: [LogKey.acknowledged: "\(through)"])
                await desk.forked()
                return false
            }
            await desk.acknowledged(Acknowledgement(through: through, hash: own))
            return true
        } catch {
            logger.error("journal not read", metadata: [LogKey.error: "\(error)"])
            return false
        }
    }

    private struct Request {
        let http: HTTPRequest
        let destination: HTTPDestination
        let first: Int
        let count: Int
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
            destination: destination, first: first, count: stored.count)
    }

    private func destination(_ place: UplinkPlace) -> HTTPDestination? {
        let pins = place.pins.compactMap { Base64URL.decode($0) }
        guard let colon = place.hub.lastIndex(of: ":"), !pins.isEmpty,
            let port = Int(place.hub[place.hub.index(after: colon)...])
        else { return nil }
        return .pinned(host: String(place.hub[..<colon]), port: port, pins: pins)
    }
}
