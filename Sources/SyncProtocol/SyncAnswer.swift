import Cryptography
public import StationCore

/// What head office says to a batch, taken (200) or not (409) alike.
public struct SyncAnswer: Hashable, Sendable {
    /// Bytes of an answer at the most, compressed and not.
    public static let sizeMax = 1 << 20
    /// Bytes of canonical JSON that the messages of one answer fill, unless a single one is larger.
    public static let messageBudget = 8 << 10

    /// Every entry up to here is stored durably; 0 for none.
    public let acknowledgedThrough: Int
    /// Where the chain stands there. Nil with 0 alone: before entry 1 came, the key is not known.
    public let head: ChainHash?
    /// Head office's clock: milliseconds of UTC since 1970.
    public let time: Int
    /// The next messages in their order; gapless, from the one after `appliedThrough`.
    public let messages: [HeadOfficeMessage]
    /// How many more wait for the next answer.
    public let waiting: Int

    public init(
        acknowledgedThrough: Int, head: ChainHash?, time: Int, messages: [HeadOfficeMessage],
        waiting: Int
    ) {
        self.acknowledgedThrough = acknowledgedThrough
        self.head = head
        self.time = time
        self.messages = messages
        self.waiting = waiting
    }

    public var bytes: [UInt8] {
        var members: [String: CanonicalValue] = [
            "acknowledgedThrough": .integer(acknowledgedThrough),
            "messages": .array(messages.map(\.canonical)),
            "time": .integer(time),
            "waiting": .integer(waiting),
        ]
        members["head"] = head.map { .string(Base64.encode($0.bytes)) }
        return CanonicalForm.bytes(of: .object(members))
    }

    /// - Throws: `.malformed`, which names the member.
    public init(bytes: [UInt8]) throws(SyncProblem) {
        guard bytes.count <= SyncAnswer.sizeMax else { throw .malformed("answer too large") }
        guard let value = try? CanonicalForm.value(parsing: bytes),
            case .object(let members) = value
        else { throw .malformed("answer") }
        func count(_ name: String) throws(SyncProblem) -> Int {
            guard let number = members[name]?.integer, number >= 0 else {
                throw .malformed(name)
            }
            return number
        }
        acknowledgedThrough = try count("acknowledgedThrough")
        time = try count("time")
        waiting = try count("waiting")
        if let value = members["head"] {
            guard let bytes = value.string.flatMap({ Base64.decode($0) }),
                let hash = ChainHash(bytes)
            else { throw .malformed("head") }
            head = hash
        } else {
            guard acknowledgedThrough == 0 else { throw .malformed("head") }
            head = nil
        }
        guard let rows = members["messages"]?.array else { throw .malformed("messages") }
        var messages: [HeadOfficeMessage] = []
        for row in rows {
            guard let message = HeadOfficeMessage(canonical: row) else {
                throw .malformed("messages")
            }
            if let last = messages.last, message.number != last.number + 1 {
                throw .malformed("messages: number \(message.number) after \(last.number)")
            }
            messages.append(message)
        }
        self.messages = messages
    }
}

extension HeadOfficeMessage {
    public var canonical: CanonicalValue {
        .object([
            "body": body.value, "kind": .string(kind.rawValue), "number": .integer(number),
        ])
    }

    /// Nil for a value that is no message; a kind that is not known yet is none the worse.
    public init?(canonical value: CanonicalValue) {
        guard case .object(let members) = value, members.count == 3,
            let number = members["number"]?.integer, number >= 1,
            let kind = members["kind"]?.string, let body = members["body"]
        else { return nil }
        self.init(number: number, kind: Kind(rawValue: kind), body: body)
    }
}

/// Why a request was not taken, as problem details of RFC 9457. Nothing was changed.
public struct SyncProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public static let contentType = "application/problem+json"
    private static let typePrefix = "/v1/problems/"

    public enum Kind: String, CaseIterable, Sendable {
        /// The request is not as docs/sync-protocol.md has it.
        case malformed
        /// Another version of the protocol.
        case format
        /// The signature is not the one of the station's key.
        case signature
        /// The enrolment token is unknown, or was used by another key.
        case tokenRefused
        /// No such station, or not in that epoch.
        case unknownStation
        case tooLarge
        /// Head office cannot store anything just now.
        case unavailable

        public var status: Int {
            switch self {
            case .malformed, .format: 400
            case .signature: 401
            case .tokenRefused: 403
            case .unknownStation: 404
            case .tooLarge: 413
            case .unavailable: 503
            }
        }
    }

    public let kind: Kind
    /// What was wrong, in a few words for a log.
    public let detail: String

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }

    public static func malformed(_ member: String) -> SyncProblem {
        SyncProblem(.malformed, member)
    }

    public var description: String { "\(kind.rawValue): \(detail)" }

    public var bytes: [UInt8] {
        CanonicalForm.bytes(
            of: .object([
                "detail": .string(detail), "status": .integer(kind.status),
                "type": .string(SyncProblem.typePrefix + kind.rawValue),
            ]))
    }

    /// Nil for anything that is no problem of this protocol.
    public init?(bytes: [UInt8]) {
        guard bytes.count <= SyncAnswer.sizeMax,
            let value = try? CanonicalForm.value(parsing: bytes),
            let type = value["type"]?.string, type.hasPrefix(SyncProblem.typePrefix),
            let kind = Kind(rawValue: String(type.dropFirst(SyncProblem.typePrefix.count))),
            let detail = value["detail"]?.string
        else { return nil }
        self.init(kind, detail)
    }
}
