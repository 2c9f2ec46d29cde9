/// `<trade>.<past participle>`, such as `produce.bought`.
public struct EntryKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    /// Entries of the station itself may use the disk's reserve; business may not.
    public var isStation: Bool { rawValue.hasPrefix("station.") }
}

/// Six digits, given by head office.
public struct StationNumber: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init?(_ text: String) {
        guard text.utf8.count == 6, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    public var description: String { text }
}

/// An entry's name within its station, `<epoch>-<sequence>`: what orders and receivables are
/// called in accounts, messages and codes.
public struct EntryName: Hashable, Sendable, Codable, CustomStringConvertible {
    public let epoch: Int
    public let sequence: Int

    public init(epoch: Int, sequence: Int) {
        self.epoch = epoch
        self.sequence = sequence
    }

    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = Int(parts[0]), let sequence = Int(parts[1]),
            epoch >= 0, sequence > 0, "\(epoch)-\(sequence)" == text
        else { return nil }
        self.init(epoch: epoch, sequence: sequence)
    }

    public var description: String { "\(epoch)-\(sequence)" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let name = EntryName(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "an entry's name is <epoch>-<sequence>")
        }
        self = name
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// How sure a time stamp is (design of the clock: docs/architecture.md).
public enum ClockQuality: String, CaseIterable, Codable, Sendable {
    /// The kernel follows a time server, or head office answered in this boot.
    case network
    /// Set by hand at the control socket.
    case technician
    /// Not before the last entry, no more is known.
    case file
    /// The last entry's time plus the time since the start of the box.
    case unset
}

/// When something was decided.
public struct Moment: Hashable, Sendable {
    /// Milliseconds of UTC since 1970.
    public let time: Int
    public let quality: ClockQuality
    /// Milliseconds since the start of the box; differences within one boot are exact.
    public let monotonic: Int

    public init(time: Int, quality: ClockQuality, monotonic: Int) {
        self.time = time
        self.quality = quality
        self.monotonic = monotonic
    }
}

/// Who acted: 0 the station itself, 1 to 99 operators, 100 head office, 101 the technician.
public struct Actor: Hashable, Sendable {
    public let number: Int

    public static let station = Actor(known: 0)
    public static let headOffice = Actor(known: 100)
    public static let technician = Actor(known: 101)

    private init(known number: Int) { self.number = number }

    public init?(number: Int) {
        guard (0...101).contains(number) else { return nil }
        self.number = number
    }

    public static func of(_ operatorNumber: OperatorNumber) -> Actor {
        Actor(known: operatorNumber.value)
    }
}

/// 1 to 99.
public struct OperatorNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let value: Int

    public init?(_ value: Int) {
        guard (1...99).contains(value) else { return nil }
        self.value = value
    }

    public static func < (left: OperatorNumber, right: OperatorNumber) -> Bool {
        left.value < right.value
    }

    public var description: String { String(value) }
}

/// What the core decided and the journal has not numbered, stamped and hashed yet.
public struct EntryDraft: Hashable, Sendable {
    public let kind: EntryKind
    public let version: Int
    public let actor: Actor
    public let postings: Postings
    public let body: CanonicalValue

    public init(
        kind: EntryKind, version: Int, actor: Actor, postings: Postings, body: CanonicalValue
    ) {
        self.kind = kind
        self.version = version
        self.actor = actor
        self.postings = postings
        self.body = body
    }

    /// A content of one of our own structs always fits the canonical form; one that does not is
    /// refused like a wrong posting.
    public init(
        _ content: some EntryContent, by actor: Actor, _ postings: Postings = .none
    ) throws {
        self.init(
            kind: type(of: content).kind, version: type(of: content).version, actor: actor,
            postings: postings, body: try CanonicalCoding.encode(content))
    }
}

/// One entry of the journal: what is hashed, in the order of its canonical form.
public struct Entry: Hashable, Sendable {
    public let station: StationNumber
    public let epoch: Int
    /// Gapless, from 1.
    public let sequence: Int
    public let kind: EntryKind
    public let version: Int
    public let moment: Moment
    /// Identifies one start of the kernel.
    public let boot: String
    public let actor: Actor
    public let postings: Postings
    public let body: CanonicalValue

    public var name: EntryName { EntryName(epoch: epoch, sequence: sequence) }

    public init(
        station: StationNumber, epoch: Int, sequence: Int, kind: EntryKind, version: Int,
        moment: Moment, boot: String, actor: Actor, postings: Postings, body: CanonicalValue
    ) {
        self.station = station
        self.epoch = epoch
        self.sequence = sequence
        self.kind = kind
        self.version = version
        self.moment = moment
        self.boot = boot
        self.actor = actor
        self.postings = postings
        self.body = body
    }

    /// Decodes the body; nil when the entry is of another kind.
    public func content<Content: EntryContent>(_ type: Content.Type) throws -> Content? {
        kind == type.kind ? try CanonicalCoding.decode(type, from: body) : nil
    }
}

/// The body of one kind of entry: everything that is needed to print its slip again word for
/// word, and nothing about a person but an opaque number.
public protocol EntryContent: Codable, Hashable, Sendable {
    static var kind: EntryKind { get }
    /// The schema's version, from 1.
    static var version: Int { get }
}

extension EntryContent {
    public static var version: Int { 1 }
}
