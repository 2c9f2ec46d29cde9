import Cryptography
import FoundationEssentials
import StationCore
import SyncProtocol
import Testing

/// The vectors of docs/sync-protocol.md, which the tests of the hub and of the station's end read
/// too.
struct ExchangeVectors: Decodable {
    let station: String
    let epoch: Int
    /// Of the station's key, hexadecimal.
    let seed: String
    let token: String
    let entries: [String]
    /// The chain before entry 1 and after each entry.
    let heads: [String]
    let requests: [Request]
    let answers: [String]
    let problem: String
    let refusedHeaders: [RefusedHeader]

    struct Request: Decodable {
        let name: String
        let columns: String
        let signed: String
        let header: String
        let first: Int
        let count: Int
        let applied: Int
    }

    struct RefusedHeader: Decodable {
        let header: String
        let problem: String
        let detail: String
    }

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../sync-protocol/vectors.json")
        self = try CanonicalCoding.decode(
            ExchangeVectors.self,
            from: try CanonicalForm.value(parsing: [UInt8](try Data(contentsOf: file))))
    }

    var stationNumber: StationNumber {
        get throws { try #require(StationNumber(station)) }
    }
}
