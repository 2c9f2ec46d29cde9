public import Cryptography
public import StationCore

/// A list that a station may ask for whole.
public enum ListKind: String, CaseIterable, Sendable {
    case articles, prices

    public var message: HeadOfficeMessage.Kind {
        switch self {
        case .articles: .articles
        case .prices: .prices
        }
    }
}

/// What one request says beside its entries. `station` stands in the path, all else in one header.
public struct SyncHead: Hashable, Sendable {
    /// Version of batch, head and answer.
    public static let format = 1
    public static let headerName = "Station-Sync"
    /// Bytes of the header's value at the most.
    public static let headerSizeMax = 1_024
    /// Characters of a token at the most.
    public static let tokenLengthMax = 64

    public let station: StationNumber
    public let epoch: Int
    /// Sequence of the first entry; for an empty batch the one that would come next.
    public let first: Int
    /// 0 for an empty batch.
    public let count: Int
    /// Where the chain stands before the first and after the last entry.
    public let before: ChainHash
    public let after: ChainHash
    /// Number of the last message from head office that was applied; 0 for none.
    public let appliedThrough: Int
    /// Lists that are missing here: head office sends them whole, under new numbers.
    public let wants: Set<ListKind>
    /// One-time token of the enrolment, until the first acknowledgement.
    public let token: String?

    public init(
        station: StationNumber, epoch: Int, first: Int, count: Int, before: ChainHash,
        after: ChainHash, appliedThrough: Int, wants: Set<ListKind>, token: String?
    ) {
        self.station = station
        self.epoch = epoch
        self.first = first
        self.count = count
        self.before = before
        self.after = after
        self.appliedThrough = appliedThrough
        self.wants = wants
        self.token = token
    }

    /// What the station's key signs: the head and the SHA-256 of the columns before compression,
    /// in canonical form.
    public func signedBytes(columns: [UInt8]) -> [UInt8] {
        var members: [String: CanonicalValue] = [
            "after": .string(Base64.encode(after.bytes)),
            "applied": .integer(appliedThrough),
            "before": .string(Base64.encode(before.bytes)),
            "columns": .string(Base64.encode(SHA256.digest(columns))),
            "count": .integer(count),
            "epoch": .integer(epoch),
            "first": .integer(first),
            "format": .integer(SyncHead.format),
            "purpose": .string("sync"),
            "station": .string(station.text),
            "wants": .array(wants.map(\.rawValue).sorted().map { .string($0) }),
        ]
        members["token"] = token.map { .string($0) }
        return CanonicalForm.bytes(of: .object(members))
    }

    /// The header's value: a dictionary of RFC 8941.
    public func headerValue(signature: [UInt8]) -> String {
        var items = [
            "format=\(SyncHead.format)", "epoch=\(epoch)", "first=\(first)", "count=\(count)",
            "before=:\(Base64.encode(before.bytes)):",
        ]
        // An empty batch leaves the chain where it is: no need to say it twice.
        if count > 0 { items.append("after=:\(Base64.encode(after.bytes)):") }
        items.append("applied=\(appliedThrough)")
        if !wants.isEmpty {
            items.append("wants=(\(wants.map(\.rawValue).sorted().joined(separator: " ")))")
        }
        if let token { items.append("token=\"\(token)\"") }
        items.append("signature=:\(Base64.encode(signature)):")
        return items.joined(separator: ", ")
    }
}

/// A head as it was read, with the signature that is still to be checked.
public struct SignedHead: Hashable, Sendable {
    public let head: SyncHead
    public let signature: [UInt8]

    public init(head: SyncHead, signature: [UInt8]) {
        self.head = head
        self.signature = signature
    }

    public func isSigned(by key: Ed25519.PublicKey, columns: [UInt8]) -> Bool {
        key.isSignature(signature, of: head.signedBytes(columns: columns))
    }

    /// Reads the header of a request for `station`.
    ///
    /// - Throws: `.malformed`, which names the member.
    public init(header value: String, station: StationNumber) throws(SyncProblem) {
        guard value.utf8.count <= SyncHead.headerSizeMax,
            let members = StructuredDictionary(value)
        else { throw .malformed("header \(SyncHead.headerName)") }
        let names: Set = [
            "after", "applied", "before", "count", "epoch", "first", "format", "signature",
            "token", "wants",
        ]
        if let unknown = members.names.first(where: { !names.contains($0) }) {
            throw .malformed("unknown member \(unknown)")
        }
        func integer(_ name: String, from bound: Int) throws(SyncProblem) -> Int {
            guard case .integer(let number) = members[name], number >= bound else {
                throw .malformed(name)
            }
            return number
        }
        func hash(_ name: String) throws(SyncProblem) -> ChainHash {
            guard case .bytes(let bytes) = members[name], let hash = ChainHash(bytes) else {
                throw .malformed(name)
            }
            return hash
        }
        guard try integer("format", from: 0) == SyncHead.format else {
            throw SyncProblem(.format, "this end speaks format \(SyncHead.format)")
        }
        let count = try integer("count", from: 0)
        guard count <= Batch.countMax else { throw .malformed("count") }
        guard (members["after"] != nil) == (count > 0) else { throw .malformed("after") }
        let before = try hash("before")
        guard case .bytes(let signature) = members["signature"],
            signature.count == Ed25519.signatureSize
        else { throw .malformed("signature") }
        self.signature = signature
        head = SyncHead(
            station: station, epoch: try integer("epoch", from: 0),
            first: try integer("first", from: 1), count: count, before: before,
            after: count > 0 ? try hash("after") : before,
            appliedThrough: try integer("applied", from: 0),
            wants: try SignedHead.wants(members["wants"]),
            token: try SignedHead.token(members["token"]))
    }

    private static func wants(
        _ item: StructuredDictionary.Item?
    ) throws(SyncProblem) -> Set<ListKind> {
        guard let item else { return [] }
        guard case .words(let words) = item, !words.isEmpty else { throw .malformed("wants") }
        let kinds = words.compactMap { ListKind(rawValue: $0) }
        guard kinds.count == words.count, Set(kinds).count == kinds.count else {
            throw .malformed("wants")
        }
        return Set(kinds)
    }

    private static func token(
        _ item: StructuredDictionary.Item?
    ) throws(SyncProblem) -> String? {
        guard let item else { return nil }
        guard case .text(let token) = item,
            (1...SyncHead.tokenLengthMax).contains(token.utf8.count)
        else { throw .malformed("token") }
        return token
    }
}
