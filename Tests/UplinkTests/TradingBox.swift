import Cryptography
import Hub
import HTTPExchange
import Journal
import JournalFixtures
import Logging
import Ports
import StationCore
import SyncProtocol
import Testing

@testable import Uplink

/// A box with a real journal that trades when it is told to, and the desk of its uplink.
actor TradingBox: UplinkDesk {
    nonisolated let id: StationEpoch
    nonisolated let directory: StateDirectory
    private let station: TradingStation
    private let alarm = Alarm()
    private let hub: String
    private var service: Task<Void, Never>?
    private var token: String?
    private var wants: Set<ListKind> = []
    private(set) var acknowledged = 0
    private(set) var applied: [HeadOfficeMessage] = []
    private(set) var isForked = false
    private(set) var isTokenRefused = false
    private(set) var refusals: [String] = []
    private(set) var failures: [String] = []
    private var isAsked = false
    /// Whether the disk takes it that the box is no longer forked.
    private var takesNotes = true
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Enrols where the directory is new.
    init(
        _ directory: StateDirectory, _ enrolment: Enrolment, at hub: String, seed: UInt64
    ) throws {
        self.directory = directory
        self.hub = hub
        id = StationEpoch(
            station: try #require(StationNumber(enrolment.station.text)), epoch: enrolment.epoch)
        let writer = try JournalWriter(directory)
        station = try TradingStation(writer, seed: seed)
        if writer.head == nil {
            try station.enrol(
                as: enrolment.station.text,
                local: [.token(enrolment.token), .pins(enrolment.pins)])
        }
        let local = try writer.reader.localState()
        token = local.token
        acknowledged = local.acknowledged?.through ?? 0
    }

    deinit { service?.cancel() }

    func start(
        _ exchange: any HTTPExchange, clock: any MonotonicClock = HurriedClock(),
        routes: any RouteWatch = UnwatchedRoutes()
    ) throws {
        var quiet = Logger(label: "uplink")
        quiet.logLevel = .critical
        let uplink = Uplink(
            reader: try JournalReader(directory), desk: self, exchange: exchange,
            clock: clock, alarm: alarm, routes: routes, key: { try TradingStation.key() },
            jitter: { $0 - 1 }, logger: quiet)
        service = Task { await uplink.run() }
    }

    func stop() async {
        service?.cancel()
        await service?.value
    }

    func trade(_ count: Int) throws {
        for _ in 0..<count { try station.trade() }
        alarm.ring()
    }

    /// Entries of random text, which no compression makes smaller.
    func ramble(_ count: Int, length: Int) throws {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        for _ in 0..<count {
            let text = String((0..<length).map { _ in letters[station.random.below(64)] })
            try station.append(
                EntryDraft(StationStarted(release: text, clean: true), by: .station))
        }
        alarm.ring()
    }

    /// Somebody at the station wants an exchange now.
    func ask() {
        isAsked = true
        alarm.ring()
    }

    func set(takesNotes: Bool) { self.takesNotes = takesNotes }

    /// Asks for an exchange even when nothing is to be sent.
    func want(_ lists: Set<ListKind>) {
        wants = lists
        alarm.ring()
    }

    var lastSequence: Int { station.journal.head?.sequence ?? 0 }
    var ledger: Ledger { station.books.ledger }

    func hash(at sequence: Int) throws -> ChainHash {
        try #require(try station.journal.reader.hash(at: sequence))
    }

    func journal() throws -> [Entry] {
        try station.journal.reader.entries(from: 1, limit: 100_000).map(\.entry)
    }

    /// Returns as soon as that holds.
    func wait(until holds: @Sendable (isolated TradingBox) -> Bool) async {
        while !holds(self) {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func waitUntilAcknowledged() async {
        await wait { $0.acknowledged == $0.lastSequence && $0.token == nil }
    }

    private func changed() {
        let waiters = waiting
        waiting = []
        for waiter in waiters { waiter.resume() }
    }

    // MARK: - Desk

    func place() -> UplinkPlace? {
        defer { isAsked = false }
        return UplinkPlace(
            station: id.station, epoch: id.epoch, hub: hub, pins: pins, time: nil, token: token,
            lastSequence: lastSequence, acknowledgedThrough: acknowledged,
            appliedThrough: applied.count, wants: wants,
            missesList: !wants.isEmpty, awaitsDecision: false, isAsked: isAsked,
            isForked: isForked)
    }

    private var pins: [String] { (try? station.journal.reader.localState().pins) ?? [] }

    func acknowledged(_ acknowledgement: Acknowledgement) -> Bool {
        if isForked {
            guard takesNotes else { return false }
            isForked = false
        }
        guard acknowledgement.through > 0 else { return true }
        do {
            try station.journal.commit(
                nil, local: [.acknowledged(acknowledgement), .token(nil)])
            acknowledged = acknowledgement.through
            token = nil
        } catch { Issue.record("\(error)") }
        changed()
        return true
    }

    func apply(_ message: HeadOfficeMessage) -> Bool {
        guard message.number > applied.count else { return true }
        guard message.number == applied.count + 1 else { return false }
        applied.append(message)
        changed()
        return true
    }

    func told(time: Int) {}

    func forked() {
        isForked = true
        changed()
    }

    func tokenRefused() {
        isTokenRefused = true
        changed()
    }

    func report(_ report: UplinkReport) {
        switch report {
        case .refused(let why): refusals.append(why)
        case .failed(let why): failures.append(why)
        case .sending, .reached, .idle: break
        }
        changed()
    }

    func reached(_ step: UplinkStep, entry: Int) {}
}
