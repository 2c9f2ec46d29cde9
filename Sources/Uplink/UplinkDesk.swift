public import Journal
public import StationCore
public import SyncProtocol

/// The station as the uplink knows it: it reads the journal by itself, and everything that is to
/// be changed goes through here to whoever owns the journal.
public protocol UplinkDesk: Sendable {
    /// What the next request is made from; nil while the station is not enrolled.
    func place() async -> UplinkPlace?

    /// Head office has everything up to there, durably; the chains agree.
    ///
    /// - Returns: False where the station was forked and cannot take note now that it is not any
    ///   more: it is asked again.
    func acknowledged(_ acknowledgement: Acknowledgement) async -> Bool

    /// Head office's clock, milliseconds of UTC since 1970, as an answer brought it.
    func told(time: Int) async

    /// Applies one message; it and its cursor are durable when this returns.
    ///
    /// - Returns: False where it cannot be taken now: it comes again. True where it was taken
    ///   before.
    func apply(_ message: HeadOfficeMessage) async -> Bool

    /// Head office has another chain under this station and epoch.
    func forked() async

    /// The enrolment token was refused.
    func tokenRefused() async

    func report(_ report: UplinkReport) async

    /// A step at which everything may end.
    func reached(_ step: UplinkStep, entry: Int) async
}

public enum UplinkStep: Sendable {
    case requestSent, answerRead, messageApplied
}

/// How it stands with head office.
public enum UplinkReport: Equatable, Sendable {
    case sending
    /// An answer was read.
    case reached
    /// Nothing waits and nothing is to be asked.
    case idle
    /// The last attempt failed; the next one is planned.
    case failed(String)
    /// Head office does not take this station; a person is needed.
    case refused(String)
}

/// Where the station stands when a request is made.
public struct UplinkPlace: Equatable, Sendable {
    public let station: StationNumber
    public let epoch: Int
    /// `host:port`.
    public let hub: String
    /// SHA-256 of the hub's public key, current and next, base64url.
    public let pins: [String]
    /// Milliseconds of UTC since 1970 where the clock is good enough to judge a certificate by.
    public let time: Int?
    public let token: String?
    public let lastSequence: Int
    public let acknowledgedThrough: Int
    public let appliedThrough: Int
    /// Lists that head office is asked for now.
    public let wants: Set<ListKind>
    /// A list is missing, whether or not it is asked for now.
    public let missesList: Bool
    /// An order waits for a decision.
    public let awaitsDecision: Bool
    /// Somebody asked for an exchange now.
    public let isAsked: Bool
    public let isForked: Bool

    public init(
        station: StationNumber, epoch: Int, hub: String, pins: [String], time: Int?, token: String?,
        lastSequence: Int, acknowledgedThrough: Int, appliedThrough: Int, wants: Set<ListKind>,
        missesList: Bool, awaitsDecision: Bool, isAsked: Bool, isForked: Bool
    ) {
        self.station = station
        self.epoch = epoch
        self.hub = hub
        self.pins = pins
        self.time = time
        self.token = token
        self.lastSequence = lastSequence
        self.acknowledgedThrough = acknowledgedThrough
        self.appliedThrough = appliedThrough
        self.wants = wants
        self.missesList = missesList
        self.awaitsDecision = awaitsDecision
        self.isAsked = isAsked
        self.isForked = isForked
    }

    var waiting: Int { max(0, lastSequence - acknowledgedThrough) }

    /// Head office is asked from time to time even when nothing is to be sent.
    var expectsNews: Bool { awaitsDecision || missesList || token != nil }
}
