import Cryptography
import SQLite
public import StationCore
public import SyncProtocol

/// What the box keeps for itself: never uploaded, never exported, not part of the books.
public struct LocalState: Equatable, Sendable {
    /// What head office has for certain; nil before its first answer.
    public var acknowledged: Acknowledgement?
    /// Number of the last message of head office that was taken in.
    public var appliedThrough = 0
    /// The enrolment token, until the first acknowledgement.
    public var token: String?
    /// SHA-256 of the hub's public key, current and next, base64url.
    public var pins: [String] = []
    /// Five digits on the command sheet of this station.
    public var stationSecret: String?
    public var clock: ClockSetting?
    /// Head office knows another journal of this station: no trade until a person has looked.
    public var isForked = false
    /// The slip that a copy was made of last, and how many copies of it there are.
    public var copied: CopiedSlip?
    /// Whether the last run ended in an orderly way; false while one goes on.
    public var wasShutCleanly = false

    public init() {}
}

/// Head office has every entry up to here, and the chain there ends in `hash`.
public struct Acknowledgement: Hashable, Sendable {
    public let through: Int
    public let hash: ChainHash

    public init(through: Int, hash: ChainHash) {
        self.through = through
        self.hash = hash
    }
}

public struct CopiedSlip: Hashable, Sendable {
    public let slip: Int
    public let count: Int

    public init(slip: Int, count: Int) {
        self.slip = slip
        self.count = count
    }
}

/// What the station adds to the system's clock, which it does not set.
public struct ClockSetting: Hashable, Sendable {
    /// Milliseconds.
    public let offset: Int
    public let quality: ClockQuality
    /// The start of the kernel in which it was set; in another one it means nothing.
    public let boot: String

    public init(offset: Int, quality: ClockQuality, boot: String) {
        self.offset = offset
        self.quality = quality
        self.boot = boot
    }
}

/// What lets an operator in.
public struct OperatorSecret: Hashable, Sendable {
    public let number: OperatorNumber
    /// By `JournalReader.hash(ofCode:)`.
    public let badge: [UInt8]
    /// Text of a `Scrypt.Verifier`; nil until the PIN is chosen at the first sign-in.
    public let verifier: String?
    /// Wrong tries since the last right one.
    public let wrongTries: Int

    public init(number: OperatorNumber, badge: [UInt8], verifier: String?, wrongTries: Int) {
        self.number = number
        self.badge = badge
        self.verifier = verifier
        self.wrongTries = wrongTries
    }
}

/// A change of what is not an entry: committed with one, or alone.
public enum LocalChange: Hashable, Sendable {
    case acknowledged(Acknowledgement)
    case appliedThrough(Int)
    case token(String?)
    case pins([String])
    case stationSecret(String)
    case clock(ClockSetting?)
    case cleanShutdown(Bool)
    case forked(Bool)
    case copied(CopiedSlip)
    /// Replaces what stood for this operator: a new badge, a chosen PIN, a counted try.
    case operatorSecret(OperatorSecret)
    /// A card of a villager; by `JournalReader.hash(ofCode:)`.
    case card(hash: [UInt8], VillagerNumber)
    /// One chunk of a list, kept until its list is whole. Chunks of another version of the same
    /// kind of list are dropped.
    case stageChunk(HeadOfficeMessage.Kind, list: Int, chunk: Int, value: CanonicalValue)
    /// The whole list replaces the one that was in force, and what was staged is dropped.
    case adoptList(HeadOfficeMessage.Kind, AdoptedList, items: [CopiedItem])
    /// What was staged is of no use: its digest was wrong.
    case dropChunks(HeadOfficeMessage.Kind)
}

/// One article or price of the downlink copy.
public struct CopiedItem: Hashable, Sendable {
    public let key: String
    public let value: CanonicalValue

    public init(key: String, value: CanonicalValue) {
        self.key = key
        self.value = value
    }

    public init(_ item: some ListItem) throws {
        self.init(key: item.key, value: try CanonicalCoding.encode(item))
    }
}

/// Rows of the table `local`.
enum LocalKey: String {
    case salt, projectionVersion
    case acknowledgedThrough, acknowledgedHash
    case appliedThrough, token, pins, stationSecret
    case clockOffset, clockQuality, clockBoot
    case cleanShutdown, forked
    case copiedSlip, copyCount

    /// What is over with an enrolment.
    static let ofEnrolment: [LocalKey] = [
        .acknowledgedThrough, .acknowledgedHash, .appliedThrough, .token, .pins, .forked,
    ]
}

extension LocalState {
    init(_ connection: borrowing Connection) throws {
        self.init()
        var select = try connection.prepare("SELECT key, value FROM local")
        var acknowledgedThrough: Int?
        var acknowledgedHash: ChainHash?
        var clockOffset: Int?
        var clockQuality: ClockQuality?
        var copiedSlip: Int?
        var copyCount: Int?
        var clockBoot: String?
        try select.forEach { row in
            switch LocalKey(rawValue: row.text(0)) {
            case .acknowledgedThrough: acknowledgedThrough = row.integer(1)
            case .acknowledgedHash: acknowledgedHash = ChainHash(row.blob(1))
            case .appliedThrough: appliedThrough = row.integer(1)
            case .token: token = row.text(1)
            case .pins: pins = row.text(1).split(separator: " ").map(String.init)
            case .stationSecret: stationSecret = row.text(1)
            case .clockOffset: clockOffset = row.integer(1)
            case .clockQuality: clockQuality = ClockQuality(rawValue: row.text(1))
            case .clockBoot: clockBoot = row.text(1)
            case .cleanShutdown: wasShutCleanly = row.integer(1) == 1
            case .forked: isForked = row.integer(1) == 1
            case .copiedSlip: copiedSlip = row.integer(1)
            case .copyCount: copyCount = row.integer(1)
            case .salt, .projectionVersion, nil: break
            }
            return true
        }
        if let through = acknowledgedThrough, let hash = acknowledgedHash {
            acknowledged = Acknowledgement(through: through, hash: hash)
        }
        if let clockOffset, let clockQuality, let clockBoot {
            clock = ClockSetting(offset: clockOffset, quality: clockQuality, boot: clockBoot)
        }
        if let copiedSlip, let copyCount {
            copied = CopiedSlip(slip: copiedSlip, count: copyCount)
        }
    }
}

/// Writes local changes within a transaction of the writer.
struct LocalWriter: ~Copyable {
    private var set: Statement
    private var remove: Statement

    init(_ connection: borrowing Connection) throws {
        let set = try connection.prepare(
            """
            INSERT INTO local (key, value) VALUES (?, ?)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value
            """)
        let remove = try connection.prepare("DELETE FROM local WHERE key = ?")
        self.set = set
        self.remove = remove
    }

    private mutating func set(_ key: LocalKey, _ value: Value) throws {
        if value == .null {
            try remove.run(.text(key.rawValue))
        } else {
            try set.run(.text(key.rawValue), value)
        }
    }

    mutating func write(_ change: LocalChange, _ connection: borrowing Connection) throws {
        switch change {
        case .acknowledged(let acknowledgement):
            try set(.acknowledgedThrough, .integer(acknowledgement.through))
            try set(.acknowledgedHash, .blob(acknowledgement.hash.bytes))
        case .appliedThrough(let number): try set(.appliedThrough, .integer(number))
        case .token(let token): try set(.token, Value(token))
        case .pins(let pins):
            try set(.pins, pins.isEmpty ? .null : .text(pins.joined(separator: " ")))
        case .stationSecret(let digits): try set(.stationSecret, .text(digits))
        case .clock(let setting):
            try set(.clockOffset, Value(setting?.offset))
            try set(.clockQuality, Value(setting?.quality.rawValue))
            try set(.clockBoot, Value(setting?.boot))
        case .cleanShutdown(let clean): try set(.cleanShutdown, .integer(clean ? 1 : 0))
        case .forked(let forked): try set(.forked, .integer(forked ? 1 : 0))
        case .copied(let copied):
            try set(.copiedSlip, .integer(copied.slip))
            try set(.copyCount, .integer(copied.count))
        case .operatorSecret(let secret): try write(secret, connection)
        case .card(let hash, let villager):
            var insert = try connection.prepare(
                "INSERT INTO card (hash, villager) VALUES (?, ?) ON CONFLICT DO NOTHING")
            try insert.run(.blob(hash), .integer(villager.value))
        case .stageChunk(let kind, let list, let chunk, let value):
            try ListCopy.stage(kind, list: list, chunk: chunk, value, connection)
        case .adoptList(let kind, let list, let items):
            try ListCopy.adopt(kind, list, items, connection)
        case .dropChunks(let kind): try ListCopy.dropChunks(kind, connection)
        }
    }

    private func write(_ secret: OperatorSecret, _ connection: borrowing Connection) throws {
        var insert = try connection.prepare(
            """
            INSERT INTO operator_secret (operator, badge, verifier, wrong) VALUES (?, ?, ?, ?)
            ON CONFLICT (operator) DO UPDATE SET
                badge = excluded.badge, verifier = excluded.verifier, wrong = excluded.wrong
            """)
        try insert.run(
            .integer(secret.number.value), .blob(secret.badge), Value(secret.verifier),
            .integer(secret.wrongTries))
    }
}
