public import Cryptography
import SQLite
import StationCore

extension HubStore {
    /// The key in use and the one to come; makes both at the first call.
    public func serverIdentities() throws -> (current: ServerIdentity, next: ServerIdentity) {
        try connection.transaction {
            let current = try key("current", number: 1)
            return (current.identity, try key("next", number: current.number + 1).identity)
        }
    }

    /// Puts the next key in the place of the one in use, which is destroyed, and makes a new next
    /// one. A hub that is running goes on with the old one until it is started again.
    ///
    /// - Parameter evenIfLost: Also where stations would be left that trust neither key.
    /// - Throws: `HubError.wouldLose`.
    /// - Returns: The pin that is in use now.
    @discardableResult
    public func promoteNextKey(evenIfLost: Bool = false) throws -> ServerIdentity {
        _ = try serverIdentities()
        return try connection.transaction {
            let lost = try stationsWithoutNextKey()
            if !evenIfLost, !lost.isEmpty { throw HubError.wouldLose(lost) }
            try connection.execute("DELETE FROM server_key WHERE place = 'current'")
            try connection.execute("UPDATE server_key SET place = 'current'")
            let current = try key("current", number: 1)
            _ = try key("next", number: current.number + 1)
            return current.identity
        }
    }

    /// Stations whose last enrolment code did not name the next key. Boxes that were replaced do
    /// not count.
    public func stationsWithoutNextKey() throws -> [StationEpoch] {
        var list = try connection.prepare(
            """
            SELECT station, max(epoch), newest_key FROM station GROUP BY station
            HAVING newest_key < (SELECT number FROM server_key WHERE place = 'next')
            """)
        return try list.all { try Self.station($0) }
    }

    /// Takes note that this station's code names both keys. Within a transaction, or by itself.
    func noteKeys(of id: StationEpoch) throws {
        var update = try connection.prepare(
            """
            UPDATE station SET newest_key = (SELECT number FROM server_key WHERE place = 'next')
            WHERE station = ? AND epoch = ?
            """)
        try update.run(.text(id.station.text), .integer(id.epoch))
    }

    private func key(
        _ place: String, number: Int
    ) throws -> (identity: ServerIdentity, number: Int) {
        var find = try connection.prepare(
            "SELECT private_key, number FROM server_key WHERE place = ?")
        if let (key, number) = try find.first(
            .text(place), read: { ($0.blob(0), $0.integer(1)) })
        {
            return (try ServerIdentity(privateKey: key), number)
        }
        let identity = try ServerIdentity()
        var insert = try connection.prepare(
            "INSERT INTO server_key (place, private_key, number) VALUES (?, ?, ?)")
        try insert.run(.text(place), .blob(identity.privateKey), .integer(number))
        return (identity, number)
    }
}
