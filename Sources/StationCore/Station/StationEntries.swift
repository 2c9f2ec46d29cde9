extension EntryKind {
    public static let enrolled = EntryKind(rawValue: "station.enrolled")
    public static let started = EntryKind(rawValue: "station.started")
    public static let clockCorrected = EntryKind(rawValue: "station.clockCorrected")
    public static let configured = EntryKind(rawValue: "station.configured")
    public static let messageRefused = EntryKind(rawValue: "station.messageRefused")
    public static let moved = EntryKind(rawValue: "station.moved")
}

/// Entry 1. Station and epoch stand in the entry's head.
public struct StationEnrolled: EntryContent {
    public static let kind = EntryKind.enrolled
    /// `host:port` of head office.
    public let hub: String
    /// The station's Ed25519 public key, base64 of 32 bytes.
    public let key: String

    public init(hub: String, key: String) {
        self.hub = hub
        self.key = key
    }
}

/// The daemon began to run; its boot and clock quality stand in the head.
public struct StationStarted: EntryContent {
    public static let kind = EntryKind.started
    public let release: String
    /// Whether the run before it ended in an orderly way.
    public let clean: Bool

    enum CodingKeys: String, CodingKey {
        case release = "version"
        case clean
    }

    public init(release: String, clean: Bool) {
        self.release = release
        self.clean = clean
    }
}

/// The station's idea of the time moved.
public struct ClockCorrected: EntryContent {
    public static let kind = EntryKind.clockCorrected
    /// Milliseconds, positive when the clock was slow.
    public let by: Int
    public let quality: ClockQuality

    public init(by: Int, quality: ClockQuality) {
        self.by = by
        self.quality = quality
    }
}

/// The configuration is another one than at the start before.
public struct StationConfigured: EntryContent {
    public static let kind = EntryKind.configured
    /// SHA-256 of the variables and values, hexadecimal; secrets are not among them.
    public let digest: String

    public init(digest: String) { self.digest = digest }
}

/// A message of head office that could not be applied.
public struct MessageRefused: EntryContent {
    public static let kind = EntryKind.messageRefused
    public let number: Int
    public let reason: MessageRefusal

    public init(number: Int, reason: MessageRefusal) {
        self.number = number
        self.reason = reason
    }
}

public enum MessageRefusal: String, Codable, Sendable {
    /// The body is not what its kind asks for.
    case malformed
    case unknownKind
    case unknownOrder
    /// The order's state does not allow it.
    case wrongState
    /// The decision was applied before, under another number.
    case repeated
    /// The ledger refuses: more than was prepaid, or a balance would leave its side.
    case ledger
    /// The list does not have the digest that it was announced with.
    case digest
    /// A list with a higher number is in force.
    case olderList
}

/// Head office moved: the same station and epoch, another address or key.
public struct StationMoved: EntryContent {
    public static let kind = EntryKind.moved
    public let hub: String

    public init(hub: String) { self.hub = hub }
}
