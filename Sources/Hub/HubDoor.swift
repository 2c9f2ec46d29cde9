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
        let key: Ed25519.PublicKey
    }

    enum Outcome {
        case taken(SyncAnswer)
        /// Not the batch that comes next; nothing was changed but when the station was seen.
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
            "UPDATE station SET cursor = ?, head = ?, key = ? WHERE station = ? AND epoch = ?")
        try move.run(
            .integer(head.first + head.count - 1), .blob(head.after.bytes),
            .blob(delivery.key.raw), .text(id.station.text), .integer(id.epoch))
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
