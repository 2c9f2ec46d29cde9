/// What head office gives a new station, as a QR code (kind 09) or as the same text typed in:
/// where to call, who it is, a token good for one use, and the keys to trust.
///
/// In the code the fields stand joined by one space, as UTF-8 bytes, three digits each.
public struct Enrolment: Hashable, Sendable, CustomStringConvertible {
    /// Of this layout; a station refuses one that it does not know.
    public static let version = "1"
    /// Bytes; the code has to stay one that a cheap scanner reads from a screen.
    public static let addressLengthMax = 40

    /// Of the hub, `host:port`: a name, an IPv4 address or an IPv6 address in brackets; a port from
    /// 1 to 65535; `addressLengthMax` bytes at the most.
    public let address: String
    public let station: Digits<6>
    /// One or two digits, as they stood in the code.
    public let epochDigits: String
    /// 22 characters of base64url.
    public let token: String
    /// Two SHA-256 of public keys (SPKI), 43 characters of base64url each: the one in use, and the
    /// one to come.
    public let pins: [String]

    public var epoch: Int { Int(epochDigits) ?? 0 }

    /// Nil where a field is not as described.
    public init?(address: String, station: Digits<6>, epoch: Int, token: String, pins: [String]) {
        self.init(
            fields: [Enrolment.version, address, station.text, String(epoch), token] + pins)
    }

    /// Reads the plain text, fields joined by one space; nil where it is not as described.
    public init?(plainText: String) {
        self.init(
            fields: plainText.split(separator: " ", omittingEmptySubsequences: false)
                .map(String.init))
    }

    private init?(fields: [String]) {
        guard fields.count == 7, fields[0] == Enrolment.version,
            Enrolment.isAddress(fields[1]),
            let station = Digits<6>(fields[2]),
            (1...2).contains(fields[3].utf8.count), fields[3].utf8.allSatisfy(isDigit),
            Enrolment.isBase64URL(fields[4], length: 22),
            fields[5...].allSatisfy({ Enrolment.isBase64URL($0, length: 43) })
        else { return nil }
        address = fields[1]
        self.station = station
        epochDigits = fields[3]
        token = fields[4]
        pins = Array(fields[5...])
    }

    /// The text that a technician types where there is no scanner.
    public var plainText: String {
        ([Enrolment.version, address, station.text, epochDigits, token] + pins)
            .joined(separator: " ")
    }

    /// Says nothing of the token: it is worth a station's identity until it is used.
    public var description: String { "enrolment" }

    /// Nil where `content` is not groups of three digits up to 255 that make such a text.
    init?(content: some StringProtocol) {
        let digits = content.utf8.map { Int($0) - 0x30 }
        guard digits.count.isMultiple(of: 3) else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 3) {
            let value = digits[start] * 100 + digits[start + 1] * 10 + digits[start + 2]
            guard let byte = UInt8(exactly: value) else { return nil }
            bytes.append(byte)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        self.init(plainText: text)
    }

    var content: String {
        plainText.utf8.map { String(String(1_000 + Int($0)).dropFirst()) }.joined()
    }

    private static func isAddress(_ text: String) -> Bool {
        guard text.utf8.count <= addressLengthMax,
            let colon = text.utf8.lastIndex(of: UInt8(ascii: ":"))
        else { return false }
        let port = text.utf8[colon...].dropFirst()
        guard (1...5).contains(port.count), port.allSatisfy(isDigit),
            let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number)
        else { return false }
        let host = text[..<colon]
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.utf8.count > 2
                && host.utf8.dropFirst().dropLast().allSatisfy { byte in
                    isDigit(byte) || [UInt8(ascii: ":"), UInt8(ascii: ".")].contains(byte)
                        || (0x61...0x66).contains(byte | 0x20)
                }
        }
        return !host.isEmpty
            && host.utf8.allSatisfy { byte in
                isDigit(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")]
                        .contains(byte)
                    || (0x61...0x7a).contains(byte | 0x20)
            }
    }

    private static func isBase64URL(_ text: String, length: Int) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: isDigit(byte)
                }
            }
    }
}
