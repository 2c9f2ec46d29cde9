import Cryptography
import SQLite
public import StationCore
import SyncProtocol

/// Head office's memory, one SQLite file: what came up, what goes down, what is decided. What it
/// acknowledged is on the disk.
///
/// One connection, one caller at a time: a commit takes milliseconds, so stations hardly wait for
/// each other. Several processes may have the file open (`serve` and a command line beside it).
public actor HubStore {
    let connection: Connection
    /// Milliseconds of UTC since 1970.
    let now: @Sendable () -> Int

    /// What was mended at the file when it was opened, for people; empty as a rule.
    public nonisolated let mended: [String]

    /// Opens the file, for its owner alone: it holds the server's keys.
    ///
    /// - Parameter now: Milliseconds of UTC since 1970.
    /// - Throws: `HubError.missing`, `.cannotOpen`, `.notOurs`, `.openToOthers`; `.release` for a
    ///   file of a newer release; `SQLiteError`.
    public init(
        path: String, opening: Opening = .orMade, now: @escaping @Sendable () -> Int
    ) throws {
        try Self.makeReady(path, opening)
        connection = try Connection(path: path, mode: .readWrite)
        self.now = now
        try Self.migrate(connection, path, opening)
        // Only now is it known to be ours.
        mended = try Self.close(toOthers: path)
    }
}

/// What somebody at head office asked for and cannot have.
public enum HubError: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(String)
    /// With the system's reason.
    case cannotOpen(String, String)
    /// The file is another one than head office's.
    case notOurs(String)
    /// Others may read the file, and that cannot be mended: why.
    case openToOthers(String, String)
    /// The file was written by a newer release.
    case release(Int)
    case unknownStation(String)
    case stationExists(StationNumber, epoch: Int)
    case unknownOrder(StationNumber, EntryName)
    /// The order has its decision.
    case decided(StationNumber, EntryName, String)
    /// More than the villager paid, or less than nothing.
    case cost(Fen, allowed: ClosedRange<Fen>)
    case address(String)
    /// These would trust neither of the server's keys.
    case wouldLose([StationEpoch])
    /// What is stored here cannot be read.
    case damaged(String)
    /// Nobody can be served at this address: why.
    case cannotListen(String, String)
    /// The file takes nothing now: why.
    case fileTrouble(String)

    public var description: String {
        switch self {
        case .missing(let path):
            "there is no file \(path); `serve`, `station add`, `prices set` and `articles set` "
                + "make a new one"
        case .cannotOpen(let path, let reason): "\(path) cannot be opened: \(reason)"
        case .notOurs(let path): "\(path) is no file of stationhub"
        case .openToOthers(let path, let reason):
            "others may read \(path), which holds the server's keys, and it cannot be closed to "
                + "them: \(reason)"
        case .release(let version): "the file is of a newer release (schema \(version))"
        case .unknownStation(let name): "there is no station \(name); `station add` makes one"
        case .stationExists(let station, let epoch):
            "station \(station) has epoch \(epoch) already"
        case .unknownOrder(let station, let order): "station \(station) has no order \(order)"
        case .decided(let station, let order, let verdict):
            "order \(order) of station \(station) is decided: \(verdict)"
        case .cost(let cost, let allowed):
            "a cost of \(cost.yuan) is not from \(allowed.lowerBound.yuan) to "
                + "\(allowed.upperBound.yuan) yuan"
        case .address(let address):
            "address \(address): a host and a port from 1 to 65535 are allowed, 40 bytes at the "
                + "most, such as hub.example:8443, 192.0.2.1:8443 or [2001:db8::1]:8443"
        case .wouldLose(let stations):
            "\(stations.count) stations have no code that names the next key: "
                + stations.prefix(10).map(\.description).joined(separator: ", ")
                + (stations.count > 10 ? ", ..." : "")
        case .damaged(let what): "\(what) cannot be read"
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .fileTrouble(let what): what
        }
    }
}

extension HubError {
    /// What an error of the file means to a person; nil for another error.
    public init?(ofFile error: any Error) {
        guard let error = error as? SQLiteError else { return nil }
        self = .fileTrouble(
            error.isBusy
                ? "another program keeps the file busy; nothing was changed, try again"
                : error.isFull
                    ? "the disk is full; nothing was changed"
                    : error.isReadOnly || error.isCannotOpen
                        ? "the file or its folder cannot be written; nothing was changed"
                        : "the file: \(error.message)")
    }
}

extension Fen {
    /// In yuan with two decimals.
    public var yuan: String {
        let digits = String(count.magnitude % 100 + 100).dropFirst()
        return (count < 0 ? "-" : "") + "\(count.magnitude / 100).\(digits)"
    }

    /// Yuan with at most two decimals, such as `45.6`; nil for anything else and above a billion.
    public init?(yuan text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), (1...9).contains(parts[0].utf8.count),
            parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let yuan = Int(parts[0])
        else { return nil }
        var fen = 0
        if parts.count == 2 {
            guard (1...2).contains(parts[1].utf8.count), let decimals = Int(parts[1]) else {
                return nil
            }
            fen = parts[1].utf8.count == 1 ? decimals * 10 : decimals
        }
        self.init(yuan * 100 + fen)
    }
}
