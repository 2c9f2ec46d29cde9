import Cryptography
import SQLite
public import StationCore
import SyncProtocol

extension HubStore {
    /// Unpacks the next batch of a station into entries and checks the chain. Where it does not
    /// lead to the signed head, unpacking of that station stops, and the reason is kept; what was
    /// acknowledged stays so.
    ///
    /// - Returns: The entries; nil when nothing waits.
    @discardableResult
    public func unpackNext(_ id: StationEpoch) throws -> [Entry]? {
        try connection.transaction {
            guard let waiting = try nextBatch(id) else { return nil }
            do {
                let (entries, hashes) = try read(waiting, id)
                try insert(entries, hashes, id)
                return entries
            } catch let reason as UnpackingStop {
                var stop = try connection.prepare(
                    "UPDATE station SET stopped = ? WHERE station = ? AND epoch = ?")
                try stop.run(
                    .text(reason.description), .text(id.station.text), .integer(id.epoch))
                return nil
            }
        }
    }

    /// Stations whose batches wait to be unpacked.
    public func stationsToUnpack() throws -> [StationEpoch] {
        try stations().filter { $0.stopped == nil && $0.unpackedThrough < $0.acknowledgedThrough }
            .map(\.id)
    }

    private struct WaitingBatch {
        let first: Int
        let header: String
        let body: [UInt8]
        let key: Ed25519.PublicKey
        let before: ChainHash
    }

    private func nextBatch(_ id: StationEpoch) throws -> WaitingBatch? {
        var find = try connection.prepare(
            """
            SELECT b.first, b.header, b.body, s.key, e.hash FROM station AS s
            JOIN batch AS b
                ON b.station = s.station AND b.epoch = s.epoch AND b.first = s.unpacked + 1
            LEFT JOIN entry AS e
                ON e.station = s.station AND e.epoch = s.epoch AND e.sequence = s.unpacked
            WHERE s.station = ? AND s.epoch = ? AND s.stopped IS NULL
            """)
        let row = try find.first(.text(id.station.text), .integer(id.epoch)) {
            ($0.integer(0), $0.text(1), $0.blob(2), $0.blob(3), $0.blob(4))
        }
        guard let (first, header, body, rawKey, hash) = row else { return nil }
        let key = try Ed25519.PublicKey(raw: rawKey)
        return WaitingBatch(
            first: first, header: header, body: body, key: key,
            before: ChainHash(hash)
                ?? HashChain.genesis(epoch: id.epoch, key: key, station: id.station))
    }

    private func read(
        _ batch: WaitingBatch, _ id: StationEpoch
    ) throws(UnpackingStop) -> ([Entry], [ChainHash]) {
        let entries: [Entry]
        let head: SyncHead
        do {
            head = try SignedHead(header: batch.header, station: id.station).head
            entries = try Batch.entries(
                fromColumns: try Zstandard.decompress(batch.body, limit: Batch.sizeMax),
                station: id.station, epoch: id.epoch, first: head.first, count: head.count)
        } catch {
            throw UnpackingStop(first: batch.first, reason: "\(error)")
        }
        var hashes: [ChainHash] = []
        var chain = batch.before
        for entry in entries {
            chain = HashChain.next(after: chain, canonical: CanonicalForm.bytes(of: entry))
            hashes.append(chain)
        }
        guard chain == head.after else {
            throw UnpackingStop(
                first: batch.first, reason: "the entries do not lead to the head that is signed")
        }
        for entry in entries where entry.kind == .orderPaid {
            guard (try? entry.content(OrderPaid.self)) != nil else {
                throw UnpackingStop(first: batch.first, reason: "order \(entry.name) is unreadable")
            }
        }
        return (entries, hashes)
    }

    private func insert(_ entries: [Entry], _ hashes: [ChainHash], _ id: StationEpoch) throws {
        var insert = try connection.prepare("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)")
        for (entry, hash) in zip(entries, hashes) {
            try insert.run(
                .text(id.station.text), .integer(id.epoch), .integer(entry.sequence),
                .text(entry.kind.rawValue), .blob(CanonicalForm.bytes(of: entry)),
                .blob(hash.bytes))
            if entry.kind == .orderPaid { try insertOrder(entry, id) }
        }
        guard let last = entries.last else { return }
        var move = try connection.prepare(
            "UPDATE station SET unpacked = ? WHERE station = ? AND epoch = ?")
        try move.run(.integer(last.sequence), .text(id.station.text), .integer(id.epoch))
    }

    private func insertOrder(_ entry: Entry, _ id: StationEpoch) throws {
        var insert = try connection.prepare(
            "INSERT INTO customer_order (station, epoch, sequence, body) VALUES (?, ?, ?, ?)")
        try insert.run(
            .text(id.station.text), .integer(id.epoch), .integer(entry.sequence),
            .blob(CanonicalForm.bytes(of: entry.body)))
    }

    // MARK: - What was unpacked

    /// Entries in their order, a page at a time.
    ///
    /// - Parameter count: Of the page.
    public func entries(
        of id: StationEpoch, after sequence: Int, count: Int
    ) throws -> [Entry] {
        var list = try connection.prepare(
            """
            SELECT canonical FROM entry WHERE station = ? AND epoch = ? AND sequence > ?
            ORDER BY sequence LIMIT ?
            """)
        return try list.all(
            .text(id.station.text), .integer(id.epoch), .integer(sequence), .integer(count)
        ) { try Entry(canonical: $0.blob(0)) }
    }

    /// Every balance, added up from the entries by the same rules as at the station.
    public func ledger(of id: StationEpoch) throws -> Ledger {
        var ledger = Ledger()
        var sequence = 0
        while true {
            let page = try entries(of: id, after: sequence, count: 1_000)
            guard let last = page.last else { return ledger }
            for entry in page { try ledger.post(entry.postings) }
            sequence = last.sequence
        }
    }
}

/// Why a station's batches cannot be unpacked any further. A person has to look.
struct UnpackingStop: Error, CustomStringConvertible {
    let first: Int
    let reason: String

    var description: String { "batch of entry \(first): \(reason)" }
}
