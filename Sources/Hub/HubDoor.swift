import Cryptography
import SQLite
import StationCore
import SyncProtocol

extension HubStore {
    /// What a request is checked against.
    struct Binding {
        let token: String
        /// The station's key, once it came with entry 1.
        let key: Ed25519.PublicKey?
    }

    func binding(_ id: StationEpoch) throws -> Binding? {
        var find = try connection.prepare(
            "SELECT token, key FROM station WHERE station = ? AND epoch = ?")
        let row = try find.first(.text(id.station.text), .integer(id.epoch)) {
            ($0.text(0), $0.isNull(1) ? nil : $0.blob(1))
        }
        guard let (token, key) = row else { return nil }
        return Binding(token: token, key: try key.map { try Ed25519.PublicKey(raw: $0) })
    }

    /// A request whose signature was found right.
    struct Delivery {
        let head: SyncHead
        /// As they came, so that the proof is kept.
        let header: String
        let compressed: [UInt8]
        let columns: [UInt8]
        let key: Ed25519.PublicKey
    }

    enum Outcome {
        case taken(SyncAnswer)
        /// Not the batch that comes next; nothing was changed but when the station was seen, and
        /// whether it has another journal.
        case other(SyncAnswer)
    }

    /// Stores a batch, moves the cursor and takes note of what the station applied and wants, all
    /// in one transaction, and answers after the commit.
    func take(_ delivery: Delivery) throws -> Outcome {
        let head = delivery.head
        let id = StationEpoch(station: head.station, epoch: head.epoch)
        let (isTaken, cursor, chain) = try connection.transaction {
            let place = try place(id)
            let genesis = HashChain.genesis(
                epoch: id.epoch, key: delivery.key, station: id.station)
            // Two boxes with one enrolment code: the first key stays.
            if let key = place.key, key != delivery.key {
                throw SyncProblem(.tokenRefused, "enrolled with another key")
            }
            try note(id, seen: now())
            guard head.first == place.cursor + 1, head.before == place.chain ?? genesis else {
                if try contradicts(delivery, place, genesis, id) { try note(id, forked: now()) }
                return (false, place.cursor, place.chain)
            }
            if head.count > 0 { try store(delivery, id) }
            try note(id, applied: head.appliedThrough)
            for kind in head.wants { try sendList(kind, to: id, after: head.appliedThrough) }
            return (true, place.cursor + head.count, head.count > 0 ? head.after : place.chain)
        }
        let (messages, waiting) = try messages(
            for: id, after: head.appliedThrough, budget: SyncAnswer.messageBudget)
        let answer = SyncAnswer(
            acknowledgedThrough: cursor, head: chain, time: now(), messages: messages,
            waiting: waiting)
        return isTaken ? .taken(answer) : .other(answer)
    }

    private struct Place {
        let cursor: Int
        let chain: ChainHash?
        let key: Ed25519.PublicKey?
    }

    private func place(_ id: StationEpoch) throws -> Place {
        var find = try connection.prepare(
            "SELECT cursor, head, key FROM station WHERE station = ? AND epoch = ?")
        let place = try find.first(.text(id.station.text), .integer(id.epoch)) { row in
            (row.integer(0), row.blob(1), row.isNull(2) ? nil : row.blob(2))
        }
        guard let (cursor, chain, key) = place else {
            throw SyncProblem(.unknownStation, "\(id)")
        }
        return Place(
            cursor: cursor, chain: ChainHash(chain),
            key: try key.map { try Ed25519.PublicKey(raw: $0) })
    }

    private func store(_ delivery: Delivery, _ id: StationEpoch) throws {
        let head = delivery.head
        var batch = try connection.prepare("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)")
        try batch.run(
            .text(id.station.text), .integer(id.epoch), .integer(head.first),
            .integer(head.count), .integer(now()), .text(delivery.header),
            .blob(delivery.compressed))
        var move = try connection.prepare(
            """
            UPDATE station SET cursor = ?, head = ?, key = ?, forked = NULL
            WHERE station = ? AND epoch = ?
            """)
        try move.run(
            .integer(head.first + head.count - 1), .blob(head.after.bytes),
            .blob(delivery.key.raw), .text(id.station.text), .integer(id.epoch))
    }

    /// Whether who signed this has another journal of this station than the one here. What cannot
    /// be told by what was unpacked is none.
    private func contradicts(
        _ delivery: Delivery, _ place: Place, _ genesis: ChainHash, _ id: StationEpoch
    ) throws -> Bool {
        let head = delivery.head
        func chain(at sequence: Int) throws -> ChainHash? {
            if sequence == 0 { return genesis }
            if sequence == place.cursor { return place.chain }
            return try hash(of: sequence, id)
        }
        if let known = try chain(at: head.first - 1), known != head.before { return true }
        // A question that agrees up to there may have been overtaken by what came after it.
        let last = min(place.cursor, head.first + head.count - 1)
        guard last >= head.first, let known = try chain(at: last),
            let entries = try? Batch.entries(
                fromColumns: delivery.columns, station: id.station, epoch: id.epoch,
                first: head.first, count: head.count)
        else { return false }
        let own = entries.prefix(last - head.first + 1).reduce(head.before) { chain, entry in
            HashChain.next(after: chain, canonical: CanonicalForm.bytes(of: entry))
        }
        return own != known
    }

    private func hash(of sequence: Int, _ id: StationEpoch) throws -> ChainHash? {
        var find = try connection.prepare(
            "SELECT hash FROM entry WHERE station = ? AND epoch = ? AND sequence = ?")
        let bytes = try find.first(
            .text(id.station.text), .integer(id.epoch), .integer(sequence)
        ) { $0.blob(0) }
        return bytes.flatMap { ChainHash($0) }
    }

    private func note(_ id: StationEpoch, forked: Int) throws {
        var update = try connection.prepare(
            "UPDATE station SET forked = ? WHERE station = ? AND epoch = ?")
        try update.run(.integer(forked), .text(id.station.text), .integer(id.epoch))
    }

    private func note(_ id: StationEpoch, seen: Int) throws {
        var update = try connection.prepare(
            "UPDATE station SET last_seen = ? WHERE station = ? AND epoch = ?")
        try update.run(.integer(seen), .text(id.station.text), .integer(id.epoch))
    }

    /// A station that applied more than was ever numbered here met an older copy of this file:
    /// numbers go on above what it has.
    private func note(_ id: StationEpoch, applied: Int) throws {
        var update = try connection.prepare(
            """
            UPDATE station SET applied = max(applied, ?1), last_message = max(last_message, ?1)
            WHERE station = ?2 AND epoch = ?3
            """)
        try update.run(.integer(applied), .text(id.station.text), .integer(id.epoch))
    }
}
