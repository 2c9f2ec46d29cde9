import Cryptography
import SQLite
public import StationCore
import SyncProtocol

extension HubStore {
    /// Unpacks the next batch of a station into entries and checks the chain. Where that is not
    /// possible, unpacking of that station stops, and the reason is kept; what was acknowledged
    /// stays so.
    ///
    /// - Returns: The entries; nil when nothing waits, or nothing more can be unpacked.
    /// - Throws: `SQLiteError` of a file that takes nothing from anybody now.
    @discardableResult
    public func unpackNext(_ id: StationEpoch) throws -> [Entry]? {
        do {
            return try connection.transaction {
                guard let waiting = try nextBatch(id) else { return nil }
                let (entries, hashes) = try read(waiting, id)
                try insert(entries, hashes, id)
                return entries
            }
        } catch let error as SQLiteError where error.isBusy || error.isFull || error.isReadOnly {
            throw error
        } catch {
            // Of this station alone: where even that cannot be written, it is the file after all.
            try stop(id, because: error)
            return nil
        }
    }

    private func stop(_ id: StationEpoch, because error: any Error) throws {
        let reason = (error as? SQLiteError)?.message ?? "\(error)"
        var stop = try connection.prepare(
            """
            UPDATE station SET stopped = 'batch of entry ' || (unpacked + 1) || ': ' || ?
            WHERE station = ? AND epoch = ?
            """)
        try stop.run(.text(reason), .text(id.station.text), .integer(id.epoch))
    }

    /// Has a station that stopped tried again, after somebody has looked.
    ///
    /// - Throws: `HubError.unknownStation`.
    public func resume(_ id: StationEpoch) throws {
        var resume = try connection.prepare(
            "UPDATE station SET stopped = NULL WHERE station = ? AND epoch = ?")
        try resume.run(.text(id.station.text), .integer(id.epoch))
        guard connection.changes == 1 else { throw HubError.unknownStation("\(id)") }
    }

    /// The next stations whose batches wait to be unpacked, in their order; what it costs does not
    /// depend on how many stations there are.
    ///
    /// - Parameter last: Only those after this one.
    public func stationsToUnpack(
        after last: StationEpoch? = nil, count: Int
    ) throws -> [StationEpoch] {
        var list = try connection.prepare(Self.toUnpackQuery)
        return try list.all(
            .text(last?.station.text ?? ""), .integer(last?.epoch ?? 0), .integer(count)
        ) { try Self.station($0) }
    }

    /// Its conditions are those of the index.
    static let toUnpackQuery = """
        SELECT station, epoch FROM station INDEXED BY station_to_unpack
        WHERE stopped IS NULL AND unpacked < cursor AND (station, epoch) > (?, ?)
        ORDER BY station, epoch LIMIT ?
        """

    private struct WaitingBatch {
        let header: String
        let body: [UInt8]
        let key: Ed25519.PublicKey
        let before: ChainHash
    }

    /// Nil when nothing waits.
    private func nextBatch(_ id: StationEpoch) throws -> WaitingBatch? {
        var find = try connection.prepare(
            """
            SELECT b.first, b.header, b.body, s.key, e.hash FROM station AS s
            LEFT JOIN batch AS b
                ON b.station = s.station AND b.epoch = s.epoch AND b.first = s.unpacked + 1
            LEFT JOIN entry AS e
                ON e.station = s.station AND e.epoch = s.epoch AND e.sequence = s.unpacked
            WHERE s.station = ? AND s.epoch = ? AND s.stopped IS NULL AND s.unpacked < s.cursor
            """)
        let row = try find.first(.text(id.station.text), .integer(id.epoch)) {
            ($0.integer(0), $0.text(1), $0.blob(2), $0.blob(3), $0.blob(4))
        }
        guard let (first, header, body, rawKey, hash) = row else { return nil }
        guard first > 0 else { throw UnpackingStop("it is missing") }
        let key = try Ed25519.PublicKey(raw: rawKey)
        return WaitingBatch(
            header: header, body: body, key: key,
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
            throw UnpackingStop("\(error)")
        }
        var hashes: [ChainHash] = []
        var chain = batch.before
        for entry in entries {
            chain = HashChain.next(after: chain, canonical: CanonicalForm.bytes(of: entry))
            hashes.append(chain)
        }
        guard chain == head.after else {
            throw UnpackingStop("the entries do not lead to the head that is signed")
        }
        for entry in entries where entry.kind == .orderPaid {
            guard (try? entry.content(OrderPaid.self)) != nil else {
                throw UnpackingStop("order \(entry.name) is unreadable")
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
    let description: String

    init(_ description: String) { self.description = description }
}
