import Cryptography
import SQLite
public import StationCore
import SyncProtocol

/// A station in one of its epochs.
public struct StationEpoch: Hashable, Sendable, CustomStringConvertible {
    public let station: StationNumber
    public let epoch: Int

    public init(station: StationNumber, epoch: Int) {
        self.station = station
        self.epoch = epoch
    }

    public var description: String { "\(station)/\(epoch)" }
}

/// What head office knows of a station.
public struct StationStatus: Hashable, Sendable {
    public let id: StationEpoch
    /// Whether the enrolment's token was redeemed.
    public let isEnrolled: Bool
    /// Last entry that is stored.
    public let acknowledgedThrough: Int
    /// Last entry that was unpacked from its batch and checked.
    public let unpackedThrough: Int
    /// Milliseconds of UTC since 1970; nil before the first signed request.
    public let lastSeen: Int?
    public let appliedThrough: Int
    public let lastMessage: Int
    /// Why its batches are no longer unpacked.
    public let stopped: String?
    public let waitingOrders: Int
    /// When somebody last signed for another journal than the one here, milliseconds of UTC since
    /// 1970; nil where the chain went on since.
    public let forked: Int?

    public var state: State {
        if stopped != nil { return .stopped }
        if forked != nil { return .forked }
        if !isEnrolled { return .waitsForEnrolment }
        return unpackedThrough < acknowledgedThrough ? .unpacking : .well
    }

    public enum State: String, Sendable {
        case waitsForEnrolment, well, unpacking, forked, stopped
    }
}

extension HubStore {
    /// Adds a station, or the next box of one that stands, and makes its enrolment code.
    ///
    /// - Parameter address: `host:port` under which stations reach this hub.
    /// - Throws: `HubError.stationExists`, `.address`.
    public func addStation(_ id: StationEpoch, address: String) throws -> Enrolment {
        let token = Base64URL.encode(try randomBytes(16))
        let enrolment = try enrolment(id, token: token, address: address)
        try connection.transaction {
            guard try binding(id) == nil else {
                throw HubError.stationExists(id.station, epoch: id.epoch)
            }
            var insert = try connection.prepare(
                "INSERT INTO station (station, epoch, added, token) VALUES (?, ?, ?, ?)")
            try insert.run(
                .text(id.station.text), .integer(id.epoch), .integer(now()), .text(token))
            try noteKeys(of: id)
        }
        return enrolment
    }

    /// The enrolment code of a station that was added before; after a move of the hub, with the
    /// new address and pins.
    ///
    /// - Throws: `HubError.unknownStation`, `.address`.
    public func enrolment(of id: StationEpoch, address: String) throws -> Enrolment {
        guard let binding = try binding(id) else { throw HubError.unknownStation("\(id)") }
        let enrolment = try enrolment(id, token: binding.token, address: address)
        try noteKeys(of: id)
        return enrolment
    }

    private func enrolment(
        _ id: StationEpoch, token: String, address: String
    ) throws -> Enrolment {
        let keys = try serverIdentities()
        guard let digits = Digits<6>(id.station.text),
            let enrolment = Enrolment(
                address: address, station: digits, epoch: id.epoch, token: token,
                pins: [keys.current, keys.next].map { Base64URL.encode($0.pin) })
        else { throw HubError.address(address) }
        return enrolment
    }

    /// The newest epoch of a station.
    public func newestEpoch(of station: StationNumber) throws -> Int? {
        var find = try connection.prepare("SELECT max(epoch) FROM station WHERE station = ?")
        return try find.first(.text(station.text)) { $0.isNull(0) ? nil : $0.integer(0) } ?? nil
    }

    public func stations() throws -> [StationStatus] {
        var list = try connection.prepare(Self.statusQuery + " ORDER BY station, epoch")
        return try list.all { try Self.status($0) }
    }

    /// Nil where there is no such station, or not in that epoch.
    public func status(of id: StationEpoch) throws -> StationStatus? {
        var find = try connection.prepare(
            Self.statusQuery + " WHERE station.station = ? AND station.epoch = ?")
        return try find.all(.text(id.station.text), .integer(id.epoch)) { try Self.status($0) }
            .first
    }

    private static let statusQuery = """
        SELECT station, epoch, key IS NOT NULL, cursor, unpacked, last_seen, applied,
            last_message, stopped,
            (SELECT count(*) FROM customer_order AS o WHERE o.station = station.station
                AND o.epoch = station.epoch AND verdict IS NULL), forked
        FROM station
        """

    private static func status(_ row: borrowing Row) throws -> StationStatus {
        StationStatus(
            id: try station(row), isEnrolled: row.integer(2) == 1,
            acknowledgedThrough: row.integer(3), unpackedThrough: row.integer(4),
            lastSeen: row.isNull(5) ? nil : row.integer(5), appliedThrough: row.integer(6),
            lastMessage: row.integer(7), stopped: row.isNull(8) ? nil : row.text(8),
            waitingOrders: row.integer(9), forked: row.isNull(10) ? nil : row.integer(10))
    }

    /// Of a row that begins with station and epoch.
    static func station(_ row: borrowing Row) throws -> StationEpoch {
        guard let station = StationNumber(row.text(0)) else {
            throw HubError.damaged("station \(row.text(0))")
        }
        return StationEpoch(station: station, epoch: row.integer(1))
    }
}
