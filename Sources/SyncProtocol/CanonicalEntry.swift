public import StationCore

/// Why bytes are no entry.
public enum EntryFormError: Error, Equatable, Sendable, CustomStringConvertible {
    case json(CanonicalRefusal)
    /// A member is missing, of another type or out of its bounds.
    case member(String)
    /// A member that no entry has.
    case unknownMember(String)
    case ledger(LedgerError)
    /// The content is right, but not the one spelling of RFC 8785.
    case notCanonical

    public var description: String {
        switch self {
        case .json(let refusal): "not JSON as the journal has it: \(refusal)"
        case .member(let name): "member \(name) is missing or wrong"
        case .unknownMember(let name): "unknown member \(name)"
        case .ledger(let error): "postings: \(error)"
        case .notCanonical: "not in canonical spelling"
        }
    }
}

extension Entry {
    /// Reads an entry back, and holds that `bytes` are its one spelling.
    public init(canonical bytes: [UInt8]) throws(EntryFormError) {
        let value: CanonicalValue
        do { value = try CanonicalForm.value(parsing: bytes) } catch { throw .json(error) }
        try self.init(value)
        guard CanonicalForm.bytes(of: self) == bytes else { throw .notCanonical }
    }

    private static let memberNames: Set<String> = [
        "body", "boot", "epoch", "kind", "monotonic", "operator", "postings", "quality",
        "sequence", "station", "time", "version",
    ]

    init(_ value: CanonicalValue) throws(EntryFormError) {
        guard case .object(let members) = value else { throw .member("entry") }
        if let name = members.keys.sorted().first(where: { !Entry.memberNames.contains($0) }) {
            throw .unknownMember(name)
        }
        func member<Value>(
            _ name: String, _ read: (CanonicalValue) -> Value?
        ) throws(EntryFormError) -> Value {
            guard let found = members[name], let value = read(found) else {
                throw .member(name)
            }
            return value
        }
        func count(_ name: String, from bound: Int) throws(EntryFormError) -> Int {
            let number = try member(name, \.integer)
            guard number >= bound else { throw .member(name) }
            return number
        }
        let body = try member("body") { $0 }
        guard case .object = body else { throw .member("body") }
        self.init(
            station: try member("station") { $0.string.flatMap { StationNumber($0) } },
            epoch: try count("epoch", from: 0),
            sequence: try count("sequence", from: 1),
            kind: EntryKind(rawValue: try member("kind", \.string)),
            version: try count("version", from: 1),
            moment: Moment(
                time: try member("time", \.integer),
                quality: try member("quality") {
                    $0.string.flatMap { ClockQuality(rawValue: $0) }
                },
                monotonic: try count("monotonic", from: 0)),
            boot: try member("boot", \.string),
            actor: try member("operator") { $0.integer.flatMap { Actor(number: $0) } },
            postings: try Entry.postings(try member("postings", \.array)),
            body: body)
    }

    private static func postings(
        _ rows: [CanonicalValue]
    ) throws(EntryFormError) -> Postings {
        var lines: [Posting] = []
        for row in rows {
            guard let parts = row.array, parts.count == 3,
                let account = parts[0].string.flatMap({ Account(path: $0) }),
                let amount = parts[1].integer,
                let unit = parts[2].string.flatMap({ LedgerUnit(name: $0) })
            else { throw .member("postings") }
            lines.append(Posting(account, amount, unit))
        }
        do { return try Postings(stored: lines) } catch { throw .ledger(error) }
    }
}
