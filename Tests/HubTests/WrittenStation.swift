import Cryptography
import FoundationEssentials
import StationCore
import SyncProtocol
import Testing

@testable import Hub

/// A station as far as head office sees one: a key, entries, and requests made of them.
struct WrittenStation {
    let id: StationEpoch
    let key: Ed25519.PrivateKey
    let token: String
    private(set) var entries: [Entry] = []
    private(set) var heads: [ChainHash]

    init(_ enrolment: Enrolment) throws {
        let station = try #require(StationNumber(enrolment.station.text))
        id = StationEpoch(station: station, epoch: enrolment.epoch)
        key = try Ed25519.PrivateKey()
        token = enrolment.token
        heads = [HashChain.genesis(epoch: id.epoch, key: key.publicKey, station: station)]
        try append(
            EntryDraft(
                StationEnrolled(
                    hub: enrolment.address, key: Base64.encode(key.publicKey.raw)), by: .station))
    }

    mutating func append(_ draft: EntryDraft) throws {
        let entry = Entry(
            station: id.station, epoch: id.epoch, sequence: entries.count + 1, kind: draft.kind,
            version: draft.version,
            moment: Moment(
                time: 1_767_225_600_000 + entries.count, quality: .network,
                monotonic: entries.count),
            boot: "boot", actor: draft.actor, postings: draft.postings, body: draft.body)
        entries.append(entry)
        let last = heads[heads.count - 1]
        heads.append(HashChain.next(after: last, canonical: CanonicalForm.bytes(of: entry)))
    }

    /// Cash put in, so that there is a balance to add up.
    mutating func putIn(_ amount: Int) throws {
        try append(
            EntryDraft(
                kind: EntryKind(rawValue: "day.putIn"), version: 1, actor: .station,
                postings: try Postings([
                    Posting(.drawer, amount), Posting(.operatorEquity, -amount),
                ]),
                body: .object(["amount": .integer(amount)])))
    }

    /// - Returns: The order's name.
    @discardableResult
    mutating func sell(_ total: Int) throws -> EntryName {
        let name = EntryName(epoch: id.epoch, sequence: entries.count + 1)
        let article = try #require(ArticleCode("6901234567892"))
        try append(
            EntryDraft(
                OrderPaid(
                    language: .english, villager: nil,
                    lines: [
                        OrderLine(article: article, name: "pot", quantity: 1, price: Fen(total))
                    ], total: Fen(total), cash: Fen(total), tendered: Fen(total), list: 1),
                by: .station,
                Postings([Posting(.drawer, total), Posting(.prepaid(name), -total)])))
        return name
    }

    func head(
        _ range: ClosedRange<Int>, applied: Int = 0, wants: Set<ListKind> = [],
        token: String? = nil, after: ChainHash? = nil
    ) -> SyncHead {
        SyncHead(
            station: id.station, epoch: id.epoch, first: range.lowerBound, count: range.count,
            before: heads[range.lowerBound - 1], after: after ?? heads[range.upperBound],
            appliedThrough: applied, wants: wants, token: token)
    }

    /// An empty batch after that entry.
    func empty(
        after sequence: Int, applied: Int = 0, wants: Set<ListKind> = [], token: String? = nil
    ) throws -> Door.Request {
        try request(
            SyncHead(
                station: id.station, epoch: id.epoch, first: sequence + 1, count: 0,
                before: heads[sequence], after: heads[sequence], appliedThrough: applied,
                wants: wants, token: token))
    }

    func request(
        _ range: ClosedRange<Int>, applied: Int = 0, wants: Set<ListKind> = [],
        token: String? = nil
    ) throws -> Door.Request {
        try request(head(range, applied: applied, wants: wants, token: token))
    }

    func request(
        _ head: SyncHead, columns: [UInt8]? = nil, signedBy other: Ed25519.PrivateKey? = nil
    ) throws -> Door.Request {
        let sent = entries.dropFirst(head.first - 1).prefix(head.count)
        let columns = columns ?? Batch.columns(of: Array(sent))
        let signature = try (other ?? key).signature(of: head.signedBytes(columns: columns))
        return Door.Request(
            station: id.station.text, header: head.headerValue(signature: signature),
            encoding: head.count > 0 ? "zstd" : nil,
            body: head.count > 0 ? Zstandard.compress(columns) : [])
    }
}

/// A hub's file that is gone after the test.
final class HubFile {
    let path = FileManager.default.temporaryDirectory.appending(path: "hub-\(UUID()).db").path

    func open(_ opening: HubStore.Opening = .orMade) throws -> HubStore {
        try HubStore(path: path, opening: opening) { 1_767_229_200_000 }
    }

    func station(
        _ number: String = "990001", in store: HubStore
    ) async throws -> WrittenStation {
        let station = try #require(StationNumber(number))
        return try WrittenStation(
            try await store.addStation(
                StationEpoch(station: station, epoch: 1), address: "hub.example:8443"))
    }

    deinit {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}

extension Door.Answer {
    var taken: SyncAnswer? { if case .taken(_, let answer) = self { answer } else { nil } }
    var other: SyncAnswer? { if case .other(_, let answer) = self { answer } else { nil } }
    var problem: SyncProblem? { if case .refused(let problem) = self { problem } else { nil } }
}
