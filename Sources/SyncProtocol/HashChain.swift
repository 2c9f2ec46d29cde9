public import Cryptography
public import StationCore

/// Where the chain stands after an entry: SHA-256 over all that went before.
public struct ChainHash: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == SHA256.size else { return nil }
        self.bytes = bytes
    }

    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    init(digest: [UInt8]) { bytes = digest }

    public var hex: String { Hex.encode(bytes) }
    public var description: String { hex }

    /// Eight digits for slips: the first 8 bytes, big-endian, modulo 10^8.
    public var mark: String {
        let number = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let digits = String(number % 100_000_000)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    /// The first four digits of the mark, for codes that have no room for eight.
    public var halfMark: String { String(mark.prefix(4)) }
}

/// Each entry's hash covers the one before it, so that the last one vouches for all.
public enum HashChain {
    /// Version of the canonical form and of the chain's rule.
    public static let format = 1

    /// What stands before entry 1: it binds the chain to a station, its epoch and its key.
    public static func genesis(
        epoch: Int, format: Int = format, key: Ed25519.PublicKey, station: StationNumber
    ) -> ChainHash {
        ChainHash(
            digest: SHA256.digest(
                CanonicalForm.bytes(
                    of: .object([
                        "epoch": .integer(epoch), "format": .integer(format),
                        "key": .string(Base64.encode(key.raw)),
                        "station": .string(station.text),
                    ]))))
    }

    /// - Parameter canonical: The entry's canonical bytes.
    public static func next(after previous: ChainHash, canonical: [UInt8]) -> ChainHash {
        var hash = SHA256()
        hash.update(previous.bytes)
        hash.update(canonical)
        return ChainHash(digest: hash.finish())
    }
}
